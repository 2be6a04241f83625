import type { Plan } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { compileRun, type PlanOptions, type RunDocument } from './compile-run.ts';
import { cutTopicConfig, topicsOf } from './run-topics.ts';

/** What is asked of Kafka. */
export type PartitioningAdmin = Pick<TopicAdmin, 'partitionCount' | 'ensureTopic'>;

/**
 * Whether records have shown before that the source topic is not partitioned as the plan believes. What was found out
 * is kept as the topic of the cut that is made then: it lives as long as the pipeline's state, every worker sees it, and
 * a stop clears both.
 */
export const isRefuted = async (
  spec: RunDocument,
  plan: Plan,
  options: PlanOptions,
  admin: PartitioningAdmin,
): Promise<boolean> => {
  if (plan.source.check === undefined) return false;
  const careful = compileRun(spec, { ...options, isPartitioningRefuted: true });
  const topics = topicsOf(careful, options.keptCuts).cuts.filter((topic) => !isKept(topic, options));
  const found = await Promise.all(topics.map((topic) => admin.partitionCount(topic)));
  return found.some((partitions) => partitions !== undefined);
};

const isKept = (topic: string, { keptCuts = [] }: PlanOptions): boolean => keptCuts.some((cut) => cut.topic === topic);

/**
 * Keeps that the source is not partitioned as the plan believes. The cut gets as many partitions as the source has:
 * up to here every record was where the belief puts it, so what state there is lies where the cut will look for it.
 */
export const keepRefutation = async (
  spec: RunDocument,
  plan: Plan,
  keptCuts: PlanOptions['keptCuts'],
  admin: PartitioningAdmin,
): Promise<void> => {
  const partitions = plan.source.check?.partitions;
  if (partitions === undefined) return;
  const kept = keptCuts === undefined ? {} : { keptCuts };
  const careful = compileRun(spec, { sourcePartitions: partitions, isPartitioningRefuted: true, ...kept });
  for (const topic of topicsOf(careful, keptCuts).cuts)
    await admin.ensureTopic(topic, { partitions, config: cutTopicConfig });
};
