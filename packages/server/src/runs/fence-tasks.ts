import { type KafkaCluster, openTaskLog } from '@penstock/kafka';
import { consumerGroupOf, DeliveryGuarantee, type TaskProgress, transactionalIdOf } from '@penstock/model';

/**
 * Takes the transactional ids of a pipeline's tasks, so that whoever had them can commit nothing any more (KIP-98).
 * Of no use against a worker that runs at least once: that one can only be waited for.
 */
export const fenceTasks = async (
  cluster: KafkaCluster,
  pipelineId: string,
  tasks: readonly TaskProgress[],
): Promise<void> => {
  for (const { part, partition } of tasks) {
    const log = await openTaskLog(cluster, {
      transactionalId: transactionalIdOf(pipelineId, part, partition),
      groupId: consumerGroupOf(pipelineId),
      guarantee: DeliveryGuarantee.ExactlyOnce,
      topics: [],
    });
    await log.close();
  }
};
