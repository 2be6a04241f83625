import { type Plan, type SourceFacts, sourceFactsOf } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { compileRun, type PlanOptions, type RunDocument } from './compile-run.ts';
import { cutTopicConfig, topicsOf } from './run-topics.ts';

/** What is known of all sources of a plan, in their order, and of its cuts. */
export const optionsOf = (sources: readonly SourceFacts[], keptCuts?: PlanOptions['keptCuts']): PlanOptions => {
  const [first = {}, ...otherSources] = sources;
  return {
    ...first,
    ...(otherSources.length === 0 ? {} : { otherSources }),
    ...(keptCuts === undefined ? {} : { keptCuts }),
  };
};

/** What is asked of Kafka. */
export type PartitioningAdmin = Pick<TopicAdmin, 'partitionCount' | 'ensureTopic'>;

/**
 * Whether records have shown before that the topic of a source is not partitioned as the plan believes. What was found
 * out is kept as the topic of the cut that is made then: it lives as long as the pipeline's state, every worker sees it,
 * and a stop clears both. `source`: index in the plan.
 */
export const isRefuted = async (
  spec: RunDocument,
  plan: Plan,
  options: PlanOptions,
  admin: PartitioningAdmin,
  source = 0,
): Promise<boolean> => {
  if (plan.sources[source]?.check === undefined) return false;
  const facts = sourceFactsOf(options, plan.sources.length).map((known, index) =>
    index === source ? { ...known, isPartitioningRefuted: true } : known,
  );
  const careful = compileRun(spec, optionsOf(facts, options.keptCuts));
  const topics = topicsOf(careful, options.keptCuts).cuts.filter((topic) => !isKept(topic, options));
  const found = await Promise.all(topics.map((topic) => admin.partitionCount(topic)));
  return found.some((partitions) => partitions !== undefined);
};

const isKept = (topic: string, { keptCuts = [] }: PlanOptions): boolean => keptCuts.some((cut) => cut.topic === topic);

/**
 * Keeps that a source is not partitioned as the plan believes. The cut gets as many partitions as the source has:
 * up to here every record was where the belief puts it, so what state there is lies where the cut will look for it.
 * `sourcePartitions`: of all sources.
 */
export const keepRefutation = async (
  spec: RunDocument,
  plan: Plan,
  keptCuts: PlanOptions['keptCuts'],
  admin: PartitioningAdmin,
  { source, sourcePartitions }: { readonly source: number; readonly sourcePartitions: readonly number[] },
): Promise<void> => {
  const partitions = plan.sources[source]?.check?.partitions;
  if (partitions === undefined) return;
  const facts = sourcePartitions.map((count, index) =>
    index === source ? { sourcePartitions: partitions, isPartitioningRefuted: true } : { sourcePartitions: count },
  );
  const careful = compileRun(spec, optionsOf(facts, keptCuts));
  for (const topic of topicsOf(careful, keptCuts).cuts)
    await admin.ensureTopic(topic, { partitions, config: cutTopicConfig });
};
