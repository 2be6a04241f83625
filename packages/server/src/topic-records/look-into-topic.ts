import { createTopicAdmin, type KafkaClient, openFeeds, type PartitionFeeds } from '@penstock/kafka';
import { fieldInvalid, UseCaseError } from '../use-case/use-case.ts';
import { MergedWalks } from './merge-walks.ts';
import type { SampledRecord } from './sampled-record.ts';
import { type Direction, type Range, walkPartition } from './walk-partition.ts';

/** Partitions looked at together; of a topic with more somebody has to say which. */
export const MAX_PARTITIONS = 64;
/** Partitions read at the same time. */
const AT_ONCE = 8;
/** Of keys, values and headers in one answer. */
const MAX_BYTES = 1024 * 1024;
/** Read for one answer over all partitions, also of what is not shown. */
const MAX_READ_BYTES = 64 * 1024 * 1024;
const FETCH_BYTES = 256 * 1024;
const LIMIT_MS = 10_000;

/** Where to look: the newest records, those from an offset of one partition, or from a time; or where a page ended. */
export type Beginning =
  | { readonly kind: 'newest' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly since: number }
  | ({ readonly kind: 'page' } & Page);

/** Where a page ended and the next begins. `since`: records of an earlier time are passed over. */
export interface Page {
  readonly direction: Direction;
  readonly positions: ReadonlyMap<number, number>;
  readonly since?: number | undefined;
}

export interface LookOrder {
  readonly topic: string;
  readonly partition?: number | undefined;
  readonly from: Beginning;
  /** Records at most. */
  readonly limit: number;
}

export interface PartitionStanding {
  readonly partition: number;
  /** The first offset that is left. */
  readonly firstOffset: number;
  /** Where committed records end. */
  readonly endOffset: number;
  /** Offsets behind that end: of transactions that are open. */
  readonly heldBack: number;
}

export interface TopicLook {
  readonly records: readonly SampledRecord[];
  readonly partitions: readonly PartitionStanding[];
  readonly next: Page | undefined;
  /** Time, or what may be read for one answer, was up before all partitions had been looked at. */
  readonly isCutShort: boolean;
}

/**
 * Records of a topic as they lie there, committed ones only, a bounded number of them: newest first, or from a place on.
 * Over several partitions they are ordered by their times. `signal`: whoever asked has gone away. Errors: `TOPIC_UNKNOWN`
 * where Kafka has no such topic, `FIELD_INVALID` (no such partition, or none was said of very many), and those of Kafka.
 */
export const lookIntoTopic = async (client: KafkaClient, order: LookOrder, signal: AbortSignal): Promise<TopicLook> => {
  const standings = await standingsOf(client, order);
  const ranges = await rangesOf(client, order, standings);
  const direction = directionOf(order.from);
  // An offset of a time is that of the first record as late, and a transaction's mark counts as one: older ones follow.
  const since = sinceOf(order.from);
  const merged = new MergedWalks(direction, { records: order.limit, bytes: MAX_BYTES });
  const until = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const limits = { records: order.limit, bytes: MAX_BYTES, readBytes: MAX_READ_BYTES / Math.max(1, ranges.length) };
  const feeds = openFeeds(client, { isolation: 'read-committed', maxBytesPerPartition: FETCH_BYTES });
  let isCutShort = false;
  try {
    for (let at = 0; at < ranges.length; at += AT_ONCE) {
      const walks = await Promise.all(
        ranges
          .slice(at, at + AT_ONCE)
          .map((range) => walk(feeds, order.topic, range, { direction, limits, since, signal: until })),
      );
      for (const found of walks) {
        const kept = found.records.reduce((sum, record) => sum + record.kept, 0);
        isCutShort ||= !found.isDone && found.records.length < limits.records && kept < limits.bytes;
        merged.add(found);
      }
    }
  } finally {
    await feeds.close();
  }
  const positions = merged.next();
  return {
    records: merged.records,
    partitions: standings,
    next: positions === undefined ? undefined : { direction, positions, since },
    isCutShort,
  };
};

const walk: typeof walkPartition = async (feeds: PartitionFeeds, topic, range, options) =>
  range.from >= range.until
    ? {
        partition: range.partition,
        records: [],
        reached: options.direction === 'older' ? range.from : range.until,
        isDone: true,
      }
    : walkPartition(feeds, topic, range, options);

const sinceOf = (from: Beginning): number | undefined =>
  from.kind === 'time' || from.kind === 'page' ? from.since : undefined;

const directionOf = (from: Beginning): Direction => {
  if (from.kind === 'page') return from.direction;
  return from.kind === 'newest' ? 'older' : 'newer';
};

const standingsOf = async (client: KafkaClient, { topic, partition }: LookOrder): Promise<PartitionStanding[]> => {
  const admin = createTopicAdmin(client);
  const count = await admin.partitionCount(topic);
  if (count === undefined)
    throw new UseCaseError('TOPIC_UNKNOWN', 'not-found', `Kafka has no topic "${topic}".`, { params: { topic } });
  if (partition !== undefined && partition >= count)
    throw fieldInvalid('/partition', `"${topic}" has the partitions 0 to ${count - 1}.`);
  if (partition === undefined && count > MAX_PARTITIONS)
    throw fieldInvalid(
      '/partition',
      `"${topic}" has ${count} partitions, more than are looked at together: say which one you mean with "partition".`,
    );
  const wanted = partition === undefined ? [...Array(count).keys()] : [partition];
  const [first, stable, high] = await Promise.all([
    admin.earliestOffsets(topic, wanted),
    admin.latestOffsets(topic, 'read-committed', wanted),
    admin.latestOffsets(topic, 'read-uncommitted', wanted),
  ]);
  return wanted.map((each) => {
    const endOffset = stable.get(each) ?? 0;
    return {
      partition: each,
      firstOffset: Math.min(first.get(each) ?? 0, endOffset),
      endOffset,
      heldBack: Math.max(0, (high.get(each) ?? 0) - endOffset),
    };
  });
};

const rangesOf = async (
  client: KafkaClient,
  { topic, from }: LookOrder,
  standings: readonly PartitionStanding[],
): Promise<Range[]> => {
  const since =
    from.kind === 'time'
      ? await createTopicAdmin(client).offsetsSince(
          topic,
          from.since,
          standings.map(({ partition }) => partition),
        )
      : undefined;
  return standings.map(({ partition, firstOffset, endOffset }) => {
    const within = (offset: number): number => Math.min(endOffset, Math.max(firstOffset, offset));
    const whole = { partition, from: firstOffset, until: endOffset };
    if (from.kind === 'offset') return { ...whole, from: within(from.offset) };
    if (from.kind === 'time') return { ...whole, from: within(since?.get(partition) ?? endOffset) };
    if (from.kind === 'newest') return whole;
    const position = from.positions.get(partition);
    // A partition that was added since the first page has no place in it.
    if (position === undefined) return { ...whole, from: endOffset };
    return from.direction === 'older' ? { ...whole, until: within(position) } : { ...whole, from: within(position) };
  });
};
