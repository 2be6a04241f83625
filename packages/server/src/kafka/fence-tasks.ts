import { createTopicAdmin, type KafkaClient, openTaskLog } from '@penstock/kafka';
import {
  consumerGroupOf,
  DeliveryGuarantee,
  isRepartitionTopicOf,
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
export const fenceTasks = async (client: KafkaClient, pipelineId: string, tasks: readonly Place[]): Promise<void> => {
  const waiting = [...tasks];
  const takeNext = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const log = await openTaskLog(client, {
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
 * topic may have been made for more. An id that no task ever had does no harm.
 */
export const placesOf = async (
  client: KafkaClient,
  pipelineId: string,
  sourcePartitions: number | undefined,
): Promise<readonly Place[]> => {
  const partitions = new Map(
    (await createTopicAdmin(client).listTopics()).map((topic) => [topic.name, topic.partitions]),
  );
  const stateful = partitions.get(stateTopicOf(pipelineId)) ?? 0;
  const behind = [...partitions].flatMap(([name, count]) => (isRepartitionTopicOf(pipelineId, name) ? [count] : []));
  // Which of them is read by which part the names do not say: every part as wide as the widest.
  const parts = behind.flatMap((_, index) => placesOfPart(index + 1, Math.max(...behind)));
  return [...placesOfPart(0, Math.max(1, stateful, sourcePartitions ?? 0)), ...parts];
};

const placesOfPart = (part: number, partitions: number): Place[] =>
  Array.from({ length: partitions }, (_, partition) => ({ part, partition }));
