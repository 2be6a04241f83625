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

/** Reports of progress (each a message and a marker) of this many rounds of four tasks: windows wait for no one then. */
const REPORTED = 4 * 2 * 5;

/**
 * A question to be asked again and again: whether a pipeline has committed all there is. Asked from the source onwards,
 * since each part feeds the next. What the plan is cut by never ends, since tasks report there how far they are: it is
 * done when all records and several reports behind them have been worked off; none with `reported` 0.
 */
export const settling = (
  access: TopicAccess,
  pipelineId: string,
  topics: readonly string[],
  reported = REPORTED,
): (() => Promise<boolean>) => {
  let done = 0;
  let wanted: ReadonlyMap<number, number> | undefined;
  return async () => {
    for (; done < topics.length; done++) {
      const topic = topics[done] as string;
      if (wanted === undefined) {
        const ends = await access.ends(topic);
        wanted = new Map([...ends].map(([partition, end]) => [partition, done === 0 ? end : end + reported]));
      }
      const committed = await access.admin.committedOffsets(consumerGroupOf(pipelineId), topic);
      for (const [partition, offset] of wanted) if (Math.max(0, committed.get(partition) ?? 0) < offset) return false;
      wanted = undefined;
    }
    return true;
  };
};
