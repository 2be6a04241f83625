/**
 * What a pipeline of stages may begin with: operators by their ids, one behind the other. Whole pipelines that are
 * filled in as a form are templates, which the service tells of.
 */
export const BEGINNINGS = {
  empty: [],
  points: ['edh-kafka-consumer', 'point-selector', 'edh-kafka-producer'],
  limits: ['edh-kafka-consumer', 'off-limit-tagger', 'edh-kafka-producer'],
  script: ['edh-kafka-consumer', 'javascript', 'edh-kafka-producer'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Beginning = keyof typeof BEGINNINGS;
export const BEGINNING_NAMES = Object.keys(BEGINNINGS) as readonly Beginning[];
