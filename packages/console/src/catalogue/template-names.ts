/** What a new pipeline may begin with: operators by their ids, one behind the other. */
export const TEMPLATES = {
  empty: [],
  points: ['edh-kafka-consumer', 'point-selector', 'edh-kafka-producer'],
  limits: ['edh-kafka-consumer', 'off-limit-tagger', 'edh-kafka-producer'],
  averages: ['edh-kafka-consumer', 'fixed-time-window-aggregator', 'edh-kafka-producer'],
  script: ['edh-kafka-consumer', 'javascript', 'edh-kafka-producer'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Template = keyof typeof TEMPLATES;
export const TEMPLATE_NAMES = Object.keys(TEMPLATES) as readonly Template[];
