import type { OperatorRegistry } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { and, asc, eq } from 'drizzle-orm';
import {
  MAX_QUEUE_BYTES,
  MAX_QUEUE_PARTITIONS,
  MAX_QUEUE_RETENTION_HOURS,
  MIN_PARTITION_BYTES,
  type QueueSize,
  queueMilliOf,
} from '../resources/queue-size.ts';
import type { Database } from '../store/open-store.ts';
import { queueTopics } from '../store/schema-resources.ts';
import { textProblem } from '../store/storable-text.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

export interface QueueTopicDeps extends UseCaseDeps {
  readonly registry: OperatorRegistry;
  /** Kafka as the service reaches it. Errors: `KAFKA_NOT_CONFIGURED`, `KAFKA_UNREACHABLE`. */
  readonly topics: () => Promise<TopicAdmin>;
}

export type QueueTopicRow = typeof queueTopics.$inferSelect;

/** What may be asked of a topic. */
export interface QueueTopicShape extends QueueSize {
  readonly description: string;
  readonly retentionHours: number;
}

/** The topic somebody wants something of. */
export interface QueueTarget {
  readonly orgId: string;
  readonly topic: string;
  readonly actor: string;
}

/** The topics an organisation has made, by name. */
export const queueTopicsOf = (db: Database, orgId: string): Promise<QueueTopicRow[]> =>
  db.select().from(queueTopics).where(eq(queueTopics.orgId, orgId)).orderBy(asc(queueTopics.topic));

/** Errors: `QUEUE_TOPIC_UNKNOWN`, also for the topics of other organisations. `lock`: holds the row. */
export const findQueueTopic = async (
  db: Database,
  { orgId, topic }: Omit<QueueTarget, 'actor'>,
  { lock }: { readonly lock: boolean },
): Promise<QueueTopicRow> => {
  const unknown = new UseCaseError(
    'QUEUE_TOPIC_UNKNOWN',
    'not-found',
    'The organisation has not made a topic by this name.',
  );
  if (textProblem(topic, 249) !== undefined) throw unknown;
  const query = db
    .select()
    .from(queueTopics)
    .where(and(eq(queueTopics.topic, topic), eq(queueTopics.orgId, orgId)));
  const [row] = lock ? await query.for('update') : await query;
  if (row === undefined) throw unknown;
  return row;
};

export const queueTopicExists = (topic: string): UseCaseError =>
  new UseCaseError(
    'QUEUE_TOPIC_EXISTS',
    'conflict',
    `There is a topic "${topic}" already. Topic names are of all organisations: choose another one.`,
  );

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Errors: `FIELD_INVALID`, with the field. */
export const requireShape = ({ partitions, retentionHours, maxBytes, description }: QueueTopicShape): void => {
  if (!isWhole(partitions, 1, MAX_QUEUE_PARTITIONS))
    throw fieldInvalid('/partitions', `"partitions" must be a whole number from 1 to ${MAX_QUEUE_PARTITIONS}.`);
  if (!isWhole(retentionHours, 1, MAX_QUEUE_RETENTION_HOURS))
    throw fieldInvalid(
      '/retentionHours',
      `"retentionHours" must be a whole number from 1 to ${MAX_QUEUE_RETENTION_HOURS}.`,
    );
  const least = partitions * MIN_PARTITION_BYTES;
  if (!isWhole(maxBytes, least, MAX_QUEUE_BYTES))
    throw fieldInvalid(
      '/maxBytes',
      `"maxBytes" must be a whole number from ${least} (16 MiB for each partition) to ${MAX_QUEUE_BYTES}.`,
    );
  const problem = textProblem(description, 1000);
  if (problem !== undefined) throw fieldInvalid('/description', `"description" ${problem}.`);
};

/** Kafka has done it; what somebody else has asked for meanwhile goes on. */
export const settle = async (
  { store }: Pick<QueueTopicDeps, 'store'>,
  topic: string,
  state: 'creating' | 'changing',
): Promise<void> => {
  await store.db
    .update(queueTopics)
    .set({ state: 'ready' })
    .where(and(eq(queueTopics.topic, topic), eq(queueTopics.state, state)));
};

/** How a size reads in the audit. */
export const sizeText = ({ partitions, maxBytes, retentionHours }: QueueTopicShape): string =>
  `${partitions} partitions, ${maxBytes} bytes, ${retentionHours} h`;

/** A topic as an organisation sees it. */
export interface QueueTopicView extends QueueTopicShape {
  readonly topic: string;
  readonly state: QueueTopicRow['state'];
  /** What it would take by itself, in CU. */
  readonly cu: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

export const viewOf = ({ orgId: _orgId, ...row }: QueueTopicRow): QueueTopicView => ({
  ...row,
  cu: queueMilliOf([row]) / 1000,
});
