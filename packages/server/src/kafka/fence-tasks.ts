import { createTopicAdmin, fenceTransactionalIds, type KafkaClient, readManifest } from '@penstock/kafka';
import {
  isRepartitionTopicOf,
  manifestTopicOf,
  stateTopicOf,
  type TaskProgress,
  transactionalIdOf,
} from '@penstock/model';

type Place = Pick<TaskProgress, 'part' | 'partition'>;

/** Takes the transactional ids of a pipeline's tasks from whoever has them: see `fenceTransactionalIds`. */
export const fenceTasks = (client: KafkaClient, pipelineId: string, tasks: readonly Place[]): Promise<void> =>
  fenceTransactionalIds(
    client,
    tasks.map(({ part, partition }) => transactionalIdOf(pipelineId, part, partition)),
  );

/**
 * The tasks a pipeline can have had, by the topics there are: for a worker nobody ever heard naming its own. A part of a
 * source has a task per partition of its topic, `sourcePartitions` at most, each other one per partition of the
 * repartition topic it reads; the state topic may have been made for more. An id that no task ever had does no harm.
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
  const hasManifest = partitions.has(manifestTopicOf(pipelineId));
  const sources = (hasManifest ? (await readManifest(client, pipelineId))?.sources : undefined) ?? 1;
  const widest = Math.max(1, stateful, sourcePartitions ?? 0);
  return [
    ...Array.from({ length: sources }, (_, part) => placesOfPart(part, widest)),
    ...behind.map((_, cut) => placesOfPart(sources + cut, Math.max(...behind))),
  ].flat();
};

const placesOfPart = (part: number, partitions: number): Place[] =>
  Array.from({ length: partitions }, (_, partition) => ({ part, partition }));
