import { and, eq } from 'drizzle-orm';
import { topicGrants } from '../store/schema.ts';
import { queueTopics } from '../store/schema-resources.ts';
import { pipelinesOf } from '../use-case/document-users.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { findQueueTopic, type QueueTarget, type QueueTopicDeps, sizeText } from './queue-topic.ts';
import { usersOfTopic, usersText } from './topic-users.ts';

/**
 * Deletes a topic with its records, and every grant that names it. From the moment it is written down no pipeline is
 * started on it; where Kafka does not answer, the same call once more goes on. Errors: `QUEUE_TOPIC_UNKNOWN`,
 * `QUEUE_TOPIC_IN_USE` while a pipeline reads or writes it, and those of Kafka.
 */
export const deleteQueueTopic = async (deps: QueueTopicDeps, target: QueueTarget): Promise<void> => {
  const { orgId, topic, actor } = target;
  const admin = await deps.topics();
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const row = await findQueueTopic(tx, target, { lock: true });
    const users = await usersOfTopic(deps, tx, topic);
    if (users.length > 0)
      throw new UseCaseError(
        'QUEUE_TOPIC_IN_USE',
        'conflict',
        `Stages read or write this topic: ${usersText(users, orgId)}. Have them name another one first.`,
        { params: { topic, pipelines: pipelinesOf(users) } },
      );
    if (row.state === 'deleting') return;
    const at = deps.clock.now();
    await tx
      .update(queueTopics)
      .set({ state: 'deleting', updatedAt: at, updatedBy: actor })
      .where(eq(queueTopics.topic, topic));
    // Whoever makes a topic by this name later gives nothing to those who had this one.
    await tx.delete(topicGrants).where(eq(topicGrants.pattern, topic));
    await recordAudit(tx, { at, orgId, actor, action: 'queue-topic.delete', target: topic, detail: sizeText(row) });
  });
  await admin.deleteTopics([topic]);
  await deps.store.db.delete(queueTopics).where(and(eq(queueTopics.topic, topic), eq(queueTopics.state, 'deleting')));
};
