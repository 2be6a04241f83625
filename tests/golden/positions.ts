import { type Plan, planPipeline } from '@penstock/engine';
import { consumerGroupOf } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { checkRun, type RunDocument, topicsOf } from '@penstock/worker/run-plan';

/** The topics a run reads, the source first and then what the plan is cut by. */
export const inputTopicsOf = (run: RunDocument, sourcePartitions: number): string[] => {
  const plan: Plan = planPipeline(checkRun(run), { sourcePartitions });
  const { source } = plan;
  return [...(source.spec.kind === 'topic' ? [source.spec.topic] : []), ...topicsOf(plan).cuts];
};

/** Whether a pipeline has committed everything there is; asked from the source onwards, since each part feeds the next. */
export const isDone = async (access: TopicAccess, pipelineId: string, topics: readonly string[]): Promise<boolean> => {
  for (const topic of topics) {
    const ends = await access.ends(topic);
    const committed = await access.admin.committedOffsets(consumerGroupOf(pipelineId), topic);
    for (const [partition, end] of ends) if (Math.max(0, committed.get(partition) ?? 0) < end) return false;
  }
  return true;
};
