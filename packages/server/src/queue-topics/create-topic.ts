import type { TopicAdmin } from '@penstock/kafka';
import { AppError } from '@penstock/model';
import { eq } from 'drizzle-orm';
import { queueNameProblem, queueTopicConfig } from '../resources/queue-size.ts';
import { queueTopics } from '../store/schema-resources.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid } from '../use-case/use-case.ts';
import { requireQueueRoom } from './queue-room.ts';
import {
  findQueueTopic,
  type QueueTarget,
  type QueueTopicDeps,
  type QueueTopicShape,
  type QueueTopicView,
  queueTopicExists,
  requireShape,
  settle,
  sizeText,
  viewOf,
} from './queue-topic.ts';

/**
 * Makes a topic in Kafka that is the organisation's own: its pipelines may read and write it. Written down before Kafka
 * is asked, so that nothing is made that nobody knows of; where Kafka does not answer, the same call once more goes on.
 * Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`, `QUEUE_TOPIC_EXISTS` (also where the topic is of somebody else),
 * `RESOURCE_NOT_REQUESTED`, `RESOURCE_NOT_ENOUGH`, and those of Kafka.
 */
export const createQueueTopic = async (
  deps: QueueTopicDeps,
  { orgId, topic, actor, ...shape }: QueueTarget & QueueTopicShape,
): Promise<QueueTopicView> => {
  const problem = queueNameProblem(topic);
  if (problem !== undefined) throw fieldInvalid('/topic', `"topic" ${problem}.`);
  requireShape(shape);
  await requireOrganization(deps.store.db, orgId);
  const admin = await deps.topics();
  const isThere = (await admin.partitionCount(topic)) !== undefined;
  const isAgain = await writeDown(deps, { orgId, topic, actor }, shape, isThere);
  const config = queueTopicConfig(shape);
  try {
    const { created } = await admin.ensureTopic(topic, { partitions: shape.partitions, config });
    // Somebody made it between the look and the request: it is theirs.
    if (!created && !isAgain) throw queueTopicExists(topic);
    if (!created) {
      await admin.addPartitions(topic, shape.partitions);
      await admin.setTopicConfig(topic, config);
    }
  } catch (error) {
    if (isFinal(error)) await forgetUnlessThere(deps, admin, topic, isAgain);
    if (error instanceof AppError && error.code === 'KAFKA_TOPIC_INVALID') throw fieldInvalid('/topic', error.message);
    throw error;
  }
  await settle(deps, topic, 'creating');
  return viewOf(await findQueueTopic(deps.store.db, { orgId, topic }, { lock: false }));
};

/** Answers whether this goes on with what was written down before. */
const writeDown = (
  deps: QueueTopicDeps,
  { orgId, topic, actor }: QueueTarget,
  shape: QueueTopicShape,
  isThere: boolean,
): Promise<boolean> =>
  deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const [known] = await tx.select().from(queueTopics).where(eq(queueTopics.topic, topic)).for('update');
    const isAgain = known?.orgId === orgId && known.state === 'creating';
    if (!isAgain && (isThere || known !== undefined)) throw queueTopicExists(topic);
    await requireQueueRoom(tx, orgId, { topic, ...shape });
    const at = deps.clock.now();
    const values = { ...shape, state: 'creating' as const, updatedAt: at, updatedBy: actor };
    const written = await tx
      .insert(queueTopics)
      .values({ orgId, topic, ...values, createdAt: at, createdBy: actor })
      .onConflictDoUpdate({ target: queueTopics.topic, set: values, setWhere: eq(queueTopics.orgId, orgId) })
      .returning({ topic: queueTopics.topic });
    // Another organisation has written it down at the same time.
    if (written.length === 0) throw queueTopicExists(topic);
    await recordAudit(tx, { at, orgId, actor, action: 'queue-topic.create', target: topic, detail: sizeText(shape) });
    return isAgain;
  });

/** Kafka will not say anything else the next time. */
const isFinal = (error: unknown): boolean =>
  error instanceof AppError &&
  ['QUEUE_TOPIC_EXISTS', 'KAFKA_TOPIC_INVALID', 'KAFKA_NOT_AUTHORIZED'].includes(error.code);

/** What came to nothing takes no CU. What was there when it was asked for is not the organisation's. */
const forgetUnlessThere = async (
  { store }: QueueTopicDeps,
  admin: TopicAdmin,
  topic: string,
  isAgain: boolean,
): Promise<void> => {
  if (isAgain && (await admin.partitionCount(topic)) !== undefined) return;
  await store.db.delete(queueTopics).where(eq(queueTopics.topic, topic));
};
