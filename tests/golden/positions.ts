import { inputTopicOf, type Plan, planPipeline } from '@penstock/engine';
import { consumerGroupOf, isRepartitionTopicOf } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { checkRun, type RunDocument, topicsOf } from '@penstock/worker/run-plan';

/** The topics a run reads, those of sources first and then what the plan is cut by. */
export const inputTopicsOf = (run: RunDocument, sourcePartitions: number): string[] => {
  const plan: Plan = planPipeline(checkRun(run), { sourcePartitions });
  const { cuts } = topicsOf(plan);
  return plan.parts.flatMap((part) => inputTopicOf(plan, part, cuts) ?? []);
};

/** Reports of progress (each a message and a marker) of this many rounds of all tasks: windows wait for no one then. */
const ROUNDS = 5;
const MESSAGES_OF_REPORT = 2;

/**
 * A question to be asked again and again: whether a pipeline has committed all there is. Asked from the source onwards,
 * since each part feeds the next. What the plan is cut by never ends, since tasks report there how far they are: it is
 * done when all records and several rounds of reports behind them have been worked off.
 */
export const settling = (
  access: TopicAccess,
  pipelineId: string,
  topics: readonly string[],
  rounds = ROUNDS,
): (() => Promise<boolean>) => {
  let done = 0;
  let sourceTasks = 0;
  let wanted: ReadonlyMap<number, number> | undefined;
  return async () => {
    for (; done < topics.length; done++) {
      const topic = topics[done] as string;
      if (wanted === undefined) {
        const ends = await access.ends(topic);
        const isCut = isRepartitionTopicOf(pipelineId, topic);
        if (!isCut) sourceTasks += ends.size;
        const reported = isCut ? rounds * MESSAGES_OF_REPORT * sourceTasks : 0;
        wanted = new Map([...ends].map(([partition, end]) => [partition, end + reported]));
      }
      const committed = await access.admin.committedOffsets(consumerGroupOf(pipelineId), topic);
      for (const [partition, offset] of wanted) if (Math.max(0, committed.get(partition) ?? 0) < offset) return false;
      wanted = undefined;
    }
    return true;
  };
};
