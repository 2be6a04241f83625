import { eq, inArray } from 'drizzle-orm';
import { queueTopicConfig } from '../resources/queue-size.ts';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { queueTopics } from '../store/schema-resources.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, UseCaseError } from '../use-case/use-case.ts';
import { requireQueueRoom } from './queue-room.ts';
import {
  findQueueTopic,
  type QueueTarget,
  type QueueTopicDeps,
  type QueueTopicShape,
  type QueueTopicView,
  requireShape,
  settle,
  sizeText,
  viewOf,
} from './queue-topic.ts';
import { usersOfTopic, usersText } from './topic-users.ts';

/** What of a topic is to become something else; what is not named stays. */
export type QueueTopicChange = { readonly [K in keyof QueueTopicShape]?: QueueTopicShape[K] | undefined };

/**
 * Changes how large a topic may be and how long it keeps records. Where Kafka does not answer, the topic is `changing`
 * and the same call once more goes on. Errors: `QUEUE_TOPIC_UNKNOWN`, `FIELD_INVALID` (fewer partitions: Kafka cannot),
 * `QUEUE_TOPIC_IN_USE` (more partitions, while a pipeline has a position or state by them), `QUEUE_TOPIC_BUSY` (it is
 * being made or deleted), those of the grant, and of Kafka.
 */
export const changeQueueTopic = async (
  deps: QueueTopicDeps,
  { orgId, topic, actor, ...change }: QueueTarget & QueueTopicChange,
): Promise<QueueTopicView> => {
  const admin = await deps.topics();
  const next = await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const row = await findQueueTopic(tx, { orgId, topic }, { lock: true });
    if (row.state === 'creating' || row.state === 'deleting')
      throw new UseCaseError(
        'QUEUE_TOPIC_BUSY',
        'conflict',
        `The topic is ${row.state === 'creating' ? 'being made: create it once more' : 'being deleted'}.`,
      );
    const shape: QueueTopicShape = {
      description: change.description ?? row.description,
      partitions: change.partitions ?? row.partitions,
      retentionHours: change.retentionHours ?? row.retentionHours,
      maxBytes: change.maxBytes ?? row.maxBytes,
    };
    requireShape(shape);
    if (shape.partitions < row.partitions)
      throw fieldInvalid('/partitions', `The topic has ${row.partitions} partitions, and Kafka takes none away.`);
    if (shape.partitions > row.partitions) await requireNobodyCounting(deps, tx, { orgId, topic });
    await requireQueueRoom(tx, orgId, { topic, ...shape });
    const at = deps.clock.now();
    await tx
      .update(queueTopics)
      .set({ ...shape, state: 'changing', updatedAt: at, updatedBy: actor })
      .where(eq(queueTopics.topic, topic));
    await recordAudit(tx, { at, orgId, actor, action: 'queue-topic.change', target: topic, detail: sizeText(shape) });
    return shape;
  });
  await admin.addPartitions(topic, next.partitions);
  await admin.setTopicConfig(topic, queueTopicConfig(next));
  await settle(deps, topic, 'changing');
  return viewOf(await findQueueTopic(deps.store.db, { orgId, topic }, { lock: false }));
};

/** Keys go to other partitions where there are more of them: who has begun by the old ones ends first. */
const requireNobodyCounting = async (
  deps: QueueTopicDeps,
  tx: Database,
  { orgId, topic }: Omit<QueueTarget, 'actor'>,
): Promise<void> => {
  const users = await usersOfTopic(deps, tx, topic);
  const ids = [...new Set(users.map(({ pipelineId }) => pipelineId))];
  if (ids.length === 0) return;
  const rows = await tx
    .select({ pipelineId: pipelines.pipelineId, keepsState: pipelines.keepsState })
    .from(pipelines)
    .where(inArray(pipelines.pipelineId, ids));
  const counting = new Set(rows.filter(({ keepsState }) => keepsState).map(({ pipelineId }) => pipelineId));
  const busy = users.filter(({ pipelineId }) => counting.has(pipelineId));
  if (busy.length > 0)
    throw new UseCaseError(
      'QUEUE_TOPIC_IN_USE',
      'conflict',
      `Records of a key go to other partitions when there are more of them, and pipelines have begun by those there are: ${usersText(busy, orgId)}. Stop them first.`,
      { params: { topic } },
    );
};
