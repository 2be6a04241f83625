import { createTopicAdmin, type KafkaClient, openTaskLog } from '@penstock/kafka';
import {
  consumerGroupOf,
  DeliveryGuarantee,
  repartitionTopicOf,
  stateTopicOf,
  type TaskProgress,
  transactionalIdOf,
} from '@penstock/model';

type Place = Pick<TaskProgress, 'part' | 'partition'>;

/** Transactional ids taken at a time: each waits for its coordinator. */
const AT_ONCE = 8;

/**
 * Takes the transactional ids of a pipeline's tasks, so that whoever had them can commit nothing any more (KIP-98).
 * Of no use against a worker that runs at least once: that one can only be waited for.
 */
export const fenceTasks = async (cluster: KafkaClient, pipelineId: string, tasks: readonly Place[]): Promise<void> => {
  const waiting = [...tasks];
  const takeNext = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const log = await openTaskLog(cluster, {
        transactionalId: transactionalIdOf(pipelineId, task.part, task.partition),
        groupId: consumerGroupOf(pipelineId),
        guarantee: DeliveryGuarantee.ExactlyOnce,
        topics: [],
      });
      await log.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, tasks.length) }, takeNext));
};

/**
 * The tasks a pipeline can have had, by the topics there are: for a worker nobody ever heard naming its own. Part 0
 * has a task per partition of the source, each other one per partition of the repartition topic it reads; the state
 * topic has as many as the widest of them. An id that no task ever had does no harm.
 */
export const placesOf = async (
  cluster: KafkaClient,
  pipelineId: string,
  sourcePartitions: number | undefined,
): Promise<readonly Place[]> => {
  const partitions = new Map(
    (await createTopicAdmin(cluster).listTopics()).map((topic) => [topic.name, topic.partitions]),
  );
  const stateful = partitions.get(stateTopicOf(pipelineId)) ?? 0;
  const places = placesOfPart(0, Math.max(1, stateful, sourcePartitions ?? 0));
  for (let part = 1; ; part += 1) {
    const behind = partitions.get(repartitionTopicOf(pipelineId, part - 1));
    if (behind === undefined) return places;
    places.push(...placesOfPart(part, behind));
  }
};

const placesOfPart = (part: number, partitions: number): Place[] =>
  Array.from({ length: partitions }, (_, partition) => ({ part, partition }));
