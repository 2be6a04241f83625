import { type CheckedPipeline, type Plan, planPipeline } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { cutTopicConfig, topicsOf } from './run-topics.ts';

/** What is asked of Kafka. */
export type PartitioningAdmin = Pick<TopicAdmin, 'partitionCount' | 'ensureTopic'>;

/**
 * The plan of a run. Where it rests on a belief about how the source topic is partitioned, and records have shown
 * before that it does not hold, the plan that is cut instead. What was found out is kept as the topic of that cut:
 * it lives as long as the pipeline's state, every worker sees it, and a stop clears both.
 */
export const planOfRun = async (
  pipeline: CheckedPipeline,
  admin: PartitioningAdmin,
  sourcePartitions: number,
): Promise<Plan> => {
  const plan = planPipeline(pipeline, { sourcePartitions });
  if (plan.source.check === undefined) return plan;
  const careful = planPipeline(pipeline, { sourcePartitions, isPartitioningRefuted: true });
  const found = await Promise.all(topicsOf(careful).cuts.map((topic) => admin.partitionCount(topic)));
  return found.some((partitions) => partitions !== undefined) ? careful : plan;
};

/**
 * Keeps that the source is not partitioned as the plan believes. The cut gets as many partitions as the source has:
 * up to here every record was where the belief puts it, so what state there is lies where the cut will look for it.
 */
export const keepRefutation = async (
  pipeline: CheckedPipeline,
  plan: Plan,
  admin: PartitioningAdmin,
): Promise<void> => {
  const partitions = plan.source.check?.partitions;
  if (partitions === undefined) return;
  const careful = planPipeline(pipeline, { sourcePartitions: partitions, isPartitioningRefuted: true });
  for (const topic of topicsOf(careful).cuts) await admin.ensureTopic(topic, { partitions, config: cutTopicConfig });
};
