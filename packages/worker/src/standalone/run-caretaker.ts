import type { Plan } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import {
  AppError,
  consumerGroupOf,
  messageOf,
  type RunEvent,
  type RunLayout,
  sourceTasksOf,
  type TaskPlace,
} from '@penstock/model';
import type { Assignment } from '../plan/assignment.ts';
import { wait } from '../task/wait.ts';

/** What the care for a run needs of Kafka. */
export type CaretakerAdmin = Pick<TopicAdmin, 'partitionCount' | 'committedOffsets' | 'deleteRecordsBefore'>;

export interface CaretakerDeps {
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly admin: CaretakerAdmin;
  /** Prepares the run once more, for a source with new partitions: `prepareRun`. */
  prepare(): Promise<Assignment>;
  /** Time between two looks; 15 s where it is not given. */
  readonly lookMs?: number;
  onEvent(event: RunEvent): void;
  onPlaces(places: readonly TaskPlace[]): void;
}

const LOOK_MS = 15_000;
const LOOKS_PER_PURGE = 4;

/**
 * What a run needs now and then, done by one thread: looks for new partitions of the source topics, and deletes from
 * the repartition topics what all tasks behind them have committed. Resolves when the signal comes; rejects with what
 * cannot be helped under way, and with `PLAN_CHANGED` when new partitions would separate keys from their state.
 */
export const careForRun = async (deps: CaretakerDeps, signal: AbortSignal): Promise<void> => {
  let partitions = sourceTasksOf(deps.layout);
  for (let look = 1; ; look++) {
    await wait(deps.lookMs ?? LOOK_MS, signal);
    if (signal.aborted) return;
    try {
      partitions = await lookForPartitions(deps, partitions);
      if (look % LOOKS_PER_PURGE === 0) await purgeProcessed(deps.plan, deps.layout, deps.admin);
    } catch (error) {
      if (error instanceof AppError && (error.domain === 'user' || error.code === 'PLAN_CHANGED')) throw error;
      const message = `Looking after the topics of the run: ${messageOf(error)}`;
      deps.onEvent({ at: Date.now(), code: 'RUN_CARE_FAILED', severity: 'warning', message });
    }
  }
};

const lookForPartitions = async (
  { plan, admin, prepare, onPlaces }: CaretakerDeps,
  known: readonly number[],
): Promise<readonly number[]> => {
  let hasGrown = false;
  for (const [source, { spec }] of plan.sources.entries()) {
    const found = spec.kind === 'topic' ? await admin.partitionCount(spec.topic) : undefined;
    hasGrown ||= found !== undefined && found > (known[source] ?? 0);
  }
  if (!hasGrown) return known;
  const { layout, places } = await prepare();
  // Of the other parts' topics nothing changes under way.
  onPlaces(places.filter(({ part, partition }) => partition >= (known[part] ?? Number.POSITIVE_INFINITY)));
  return sourceTasksOf(layout);
};

/** Deletes from the repartition topics what the tasks behind them have committed. */
export const purgeProcessed = async (
  plan: Plan,
  { topics }: RunLayout,
  admin: Pick<CaretakerAdmin, 'committedOffsets' | 'deleteRecordsBefore'>,
): Promise<void> => {
  const group = consumerGroupOf(plan.facts.pipelineId);
  for (const topic of topics.cuts) await admin.deleteRecordsBefore(topic, await admin.committedOffsets(group, topic));
};
