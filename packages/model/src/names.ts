/** Names in Kafka that belong to a pipeline or an organisation. Fixed: other programs rely on them. */

/** Consumer group whose committed offsets are the pipeline's position. */
export const consumerGroupOf = (pipelineId: string): string => `penstock-${pipelineId}`;

/** One transactional id per task; a newer owner of the task fences the older one by it (KIP-98). */
export const transactionalIdOf = (pipelineId: string, part: number, partition: number): string =>
  `penstock-${pipelineId}-${part}-${partition}`;

/** Compacted topic with the state of all stateful stages of a pipeline. */
export const stateTopicOf = (pipelineId: string): string => `penstock-state-${pipelineId}`;

/** Internal topic behind the n-th cut of a plan. */
export const repartitionTopicOf = (pipelineId: string, cut: number): string =>
  `penstock-repartition-${pipelineId}-${cut}`;

export const deadLetterTopicOf = (orgId: string): string => `PENSTOCK_DEAD_LETTERS_${orgId}`;

export const internalTopicOf = (orgId: string, messageChannel: 0 | 1): string =>
  `MEASURE_POINT_INTERNAL_${messageChannel === 1 ? 'OFFLINE_' : ''}${orgId}`;

/** The six topics every organisation has (contract G.2). */
export const systemTopicsOf = (orgId: string): readonly string[] =>
  ['ORIGIN', 'ORIGIN_OFFLINE', 'INTERNAL', 'INTERNAL_OFFLINE', 'CAL', 'CAL_OFFLINE'].map(
    (name) => `MEASURE_POINT_${name}_${orgId}`,
  );
