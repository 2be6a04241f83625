import type { Position } from '@penstock/engine';
import { AppError, type RunEvent } from '@penstock/model';

/** What is known of a topic that tasks read, before they do. */
export interface InputFacts {
  readonly topic: string;
  readonly partitions: number;
  /** Where a pipeline begins that has never had a position in the topic. */
  readonly firstStart: 'earliest' | 'latest';
  /**
   * What the state manifest says of the topic: the pipeline has had a position in each of so many partitions (0: in
   * some, it is not known in how many). Undefined: it says nothing.
   */
  readonly known: { readonly partitions: number } | undefined;
  /** The topic was deleted and made anew since: old offsets mean nothing in it. */
  readonly isReplaced: boolean;
  /** The service knows that the pipeline has run and was not stopped since. */
  readonly isContinued: boolean;
}

/** What settling positions asks of Kafka; each answer is complete for the partitions asked for. */
export interface PositionPort {
  /** Offsets of the consumer group. */
  committed(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Positions as recorded with the state. */
  recorded(topic: string): Promise<ReadonlyMap<number, number>>;
  earliest(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>>;
  latest(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

/**
 * Positions to commit before the tasks of an input begin, so that each of them finds one. Only a pipeline that never
 * had a position in the topic starts by `auto.offset.reset`, all partitions at once. Everything else has a reason:
 *
 * - the group has it: nothing to do
 * - the group has lost it, the records have not: restored
 * - a partition that was added: its first record
 * - a topic that was made anew: its first records, and the loss is told
 *
 * Errors: `POSITION_LOST` where there was a position once and nobody knows it any more.
 */
export const settlePositions = async (
  input: InputFacts,
  kafka: PositionPort,
  tell: (event: Pick<RunEvent, 'code' | 'severity' | 'message'>) => void,
): Promise<Position[]> => {
  const { topic } = input;
  const all = Array.from({ length: input.partitions }, (_, partition) => partition);
  const at = (offsets: ReadonlyMap<number, number>, partitions: readonly number[]): Position[] =>
    partitions.map((partition) => ({ topic, partition, offset: offsetIn(offsets, topic, partition) }));
  const atEarliest = async (partitions: readonly number[]): Promise<Position[]> =>
    partitions.length === 0 ? [] : at(await kafka.earliest(topic, partitions), partitions);

  if (input.isReplaced) {
    tell({
      code: 'TOPIC_REPLACED',
      severity: 'error',
      message: `Topic "${topic}" was deleted and made anew since the pipeline last read it; what it held unread is gone. Reading goes on at the first records of the new one.`,
    });
    return atEarliest(all);
  }
  const committed = await kafka.committed(topic, all);
  const missing = all.filter((partition) => !committed.has(partition));
  if (missing.length === 0) return [];
  const recorded = input.known === undefined ? new Map<number, number>() : await kafka.recorded(topic);
  const restored = missing.filter((partition) => recorded.has(partition));
  const added = missing.filter((partition) => !recorded.has(partition));

  if (input.known === undefined && committed.size === 0) {
    if (input.isContinued) throw lost(topic, all);
    const { firstStart } = input;
    return at(firstStart === 'latest' ? await kafka.latest(topic, all) : await kafka.earliest(topic, all), all);
  }
  // Of no partition is anything known: then none of them is only new.
  const isAllGone = committed.size + recorded.size === 0;
  const gone = added.filter((partition) => isAllGone || partition < (input.known?.partitions ?? 0));
  if (gone.length > 0) throw lost(topic, gone);
  if (restored.length > 0)
    tell({
      code: 'POSITION_RESTORED',
      severity: 'warning',
      message: `Kafka no longer has the consumer group's offsets of ${partitionsText(restored)} of "${topic}" (offsets.retention.minutes); they were restored from the records kept with the state.`,
    });
  if (added.length > 0)
    tell({
      code: 'SOURCE_PARTITIONS_ADDED',
      severity: 'info',
      message: `${partitionsText(added, true)} of "${topic}" ${added.length === 1 ? 'is' : 'are'} new to the pipeline and read from the first record.`,
    });
  return [...at(recorded, restored), ...(await atEarliest(added))];
};

const lost = (topic: string, partitions: readonly number[]): AppError =>
  new AppError(
    'POSITION_LOST',
    `The pipeline has read ${partitionsText(partitions)} of "${topic}" before, and neither the consumer group nor the records kept with the state say how far. It is not started, since it could read everything twice or skip what is unread. Reset the offset to go on with the newest records, or stop the pipeline, which clears its state, to begin anew.`,
    { domain: 'user', params: { topic, partitions: partitions.slice(0, 20) } },
  );

const offsetIn = (offsets: ReadonlyMap<number, number>, topic: string, partition: number): number => {
  const offset = offsets.get(partition);
  if (offset !== undefined) return offset;
  throw new AppError(
    'POSITION_UNKNOWN',
    `Kafka did not say where partition ${partition} of "${topic}" begins or ends.`,
    {
      domain: 'external',
      retryable: true,
      params: { topic, partition },
    },
  );
};

const partitionsText = (partitions: readonly number[], isFirst = false): string => {
  const shown = partitions.slice(0, 10).join(', ') + (partitions.length > 10 ? ', …' : '');
  const word = isFirst ? 'Partition' : 'partition';
  return `${word}${partitions.length === 1 ? '' : 's'} ${shown}`;
};
