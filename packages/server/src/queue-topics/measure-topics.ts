import type { TopicAdmin } from '@penstock/kafka';
import { AppError } from '@penstock/model';
import type { QueueTopicDeps } from './queue-topic.ts';

/** What lies in a topic now. */
export interface StoredRecords {
  /** On one replica; null: Kafka does not let the service see sizes. */
  readonly bytes: number | null;
  /** Offsets from the first that is left to the end: a few more than records, since transactions have marks. */
  readonly offsets: number;
}

/** Null: not known, since Kafka did not answer. `missing`: there is no such topic in Kafka (any more). */
export type Stored = StoredRecords | 'missing' | null;

/** What lies in some topics; of none of them anything where Kafka cannot be reached. */
export const measureTopics = async (
  { topics }: Pick<QueueTopicDeps, 'topics'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, Stored>> => {
  const unknown = new Map<string, Stored>(names.map((name) => [name, null]));
  if (names.length === 0) return unknown;
  try {
    const admin = await topics();
    const bytes = await sizesOf(admin, names);
    const found = new Map<string, Stored>();
    for (const name of names) found.set(name, await storedIn(admin, name, bytes));
    return found;
  } catch (error) {
    // What is asked for is in the database; how full it is can be asked again.
    if (error instanceof AppError && error.domain === 'external') return unknown;
    throw error;
  }
};

/** Undefined: the service's user may not see sizes. */
const sizesOf = async (
  admin: TopicAdmin,
  names: readonly string[],
): Promise<ReadonlyMap<string, number> | undefined> => {
  try {
    return await admin.topicSizes(names);
  } catch (error) {
    if (error instanceof AppError && error.code === 'KAFKA_NOT_AUTHORIZED') return undefined;
    throw error;
  }
};

const storedIn = async (
  admin: TopicAdmin,
  name: string,
  bytes: ReadonlyMap<string, number> | undefined,
): Promise<Stored> => {
  if ((await admin.partitionCount(name)) === undefined) return 'missing';
  const first = await admin.earliestOffsets(name);
  const end = await admin.latestOffsets(name, 'read-uncommitted', [...first.keys()]);
  const offsets = [...first].reduce((sum, [partition, offset]) => sum + (end.get(partition) ?? offset) - offset, 0);
  return { bytes: bytes?.get(name) ?? null, offsets };
};
