/** Names in Kafka that belong to a pipeline or an organisation. Fixed: other programs rely on them. */

/** Consumer group whose committed offsets are the pipeline's position. */
export const consumerGroupOf = (pipelineId: string): string => `penstock-${pipelineId}`;

/** One transactional id per task; a newer owner of the task fences the older one by it (KIP-98). */
export const transactionalIdOf = (pipelineId: string, part: number, partition: number): string =>
  `penstock-${pipelineId}-${part}-${partition}`;

/** Of who prepares a run of the pipeline. */
export const preparationIdOf = (pipelineId: string): string => `${consumerGroupOf(pipelineId)}-manifest`;

/** Whether a transactional id is one of the pipeline's, whatever version of its document had the task. */
export const isTransactionalIdOf = (pipelineId: string, id: string): boolean =>
  id === preparationIdOf(pipelineId) ||
  (id.startsWith(`penstock-${pipelineId}-`) && /^\d+-\d+$/.test(id.slice(`penstock-${pipelineId}-`.length)));

/** Compacted topic with the state of all stateful stages of a pipeline. */
export const stateTopicOf = (pipelineId: string): string => `penstock-state-${pipelineId}`;

/**
 * Compacted topic that says what the pipeline keeps in Kafka: the state manifest (partition 0) and the positions
 * (partition 1), which outlast the offsets of the consumer group.
 */
export const manifestTopicOf = (pipelineId: string): string => `penstock-manifest-${pipelineId}`;

/** Internal topic behind a cut of a plan. `cut` names it: by the stage behind it and what distributes its records. */
export const repartitionTopicOf = (pipelineId: string, cut: string): string => `${REPARTITION}${pipelineId}-${cut}`;
const REPARTITION = 'penstock-repartition-';

/** Whether a task, by the topic it reads, is one of a source: none behind a cut. A source without a topic reads ''. */
export const isOfSource = ({ topic }: { readonly topic: string }): boolean => !topic.startsWith(REPARTITION);

/** Whether a topic lies behind a cut of the pipeline, whatever version of its document made the cut. */
export const isRepartitionTopicOf = (pipelineId: string, topic: string): boolean =>
  topic.startsWith(`${REPARTITION}${pipelineId}-`);

/** Between the topics of several sources in one text; names of topics have none. */
export const TOPIC_SEPARATOR = ',';

/** The topics of all sources as one text. */
export const topicsText = (topics: readonly string[]): string =>
  [...new Set(topics)].filter((topic) => topic !== '').join(TOPIC_SEPARATOR);

export const deadLetterTopicOf = (orgId: string): string => `PENSTOCK_DEAD_LETTERS_${orgId}`;

/** How long dead letters are kept where nobody has said otherwise. */
export const DEAD_LETTER_RETENTION_MS = 30 * 24 * 3600_000;

/** Settings of a dead-letter topic: room for a large message with the headers that say why it failed. */
export const deadLetterTopicConfig: Readonly<Record<string, string>> = {
  'max.message.bytes': String(16 * 1024 * 1024),
  'retention.ms': String(DEAD_LETTER_RETENTION_MS),
};

export const internalTopicOf = (orgId: string, messageChannel: 0 | 1): string =>
  `MEASURE_POINT_INTERNAL_${messageChannel === 1 ? 'OFFLINE_' : ''}${orgId}`;

/** The six topics every organisation has (contract G.2). */
export const systemTopicsOf = (orgId: string): readonly string[] =>
  ['ORIGIN', 'ORIGIN_OFFLINE', 'INTERNAL', 'INTERNAL_OFFLINE', 'CAL', 'CAL_OFFLINE'].map(
    (name) => `MEASURE_POINT_${name}_${orgId}`,
  );
