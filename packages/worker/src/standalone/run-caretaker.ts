import { type Plan, statefulStages } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, consumerGroupOf, messageOf, type RunEvent, repartitionTopicOf } from '@penstock/model';
import { wait } from '../task/wait.ts';
import type { TaskPlace } from './thread-messages.ts';

/** What the care for a run needs of Kafka. */
export type CaretakerAdmin = Pick<TopicAdmin, 'partitionCount' | 'committedOffsets' | 'deleteRecordsBefore'>;

export interface CaretakerDeps {
  readonly plan: Plan;
  readonly sourcePartitions: number;
  readonly admin: CaretakerAdmin;
  /** Time between two looks; 15 s where it is not given. */
  readonly lookMs?: number;
  onEvent(event: RunEvent): void;
  onPlaces(places: readonly TaskPlace[]): void;
}

const LOOK_MS = 15_000;
const LOOKS_PER_PURGE = 4;

/**
 * What a run needs now and then, done by one thread: looks for new partitions of the source topic, and deletes from
 * the repartition topics what all tasks behind them have committed. Resolves when the signal comes; rejects with
 * `STATE_PARTITIONS_CHANGED` when new partitions would separate keys from their state.
 */
export const careForRun = async (deps: CaretakerDeps, signal: AbortSignal): Promise<void> => {
  let partitions = deps.sourcePartitions;
  for (let look = 1; ; look++) {
    await wait(deps.lookMs ?? LOOK_MS, signal);
    if (signal.aborted) return;
    try {
      partitions = await lookForPartitions(deps, partitions);
      if (look % LOOKS_PER_PURGE === 0) await purgeProcessed(deps.plan, deps.admin);
    } catch (error) {
      if (error instanceof AppError && error.code === 'STATE_PARTITIONS_CHANGED') throw error;
      const message = `Looking after the topics of the run: ${messageOf(error)}`;
      deps.onEvent({ at: Date.now(), code: 'RUN_CARE_FAILED', severity: 'warning', message });
    }
  }
};

const lookForPartitions = async ({ plan, admin, onEvent, onPlaces }: CaretakerDeps, known: number): Promise<number> => {
  const source = plan.source.spec;
  const found = source.kind === 'topic' ? await admin.partitionCount(source.topic) : undefined;
  if (source.kind !== 'topic' || found === undefined || found <= known) return known;
  const change = `Topic "${source.topic}" now has ${found} partitions instead of ${known}`;
  if (statefulStages(plan).length > 0)
    throw new AppError(
      'STATE_PARTITIONS_CHANGED',
      `${change}, and the state of the pipeline was kept by the old number. Stop the pipeline, which clears its state, and start it again.`,
      { domain: 'user' },
    );
  onEvent({
    at: Date.now(),
    code: 'SOURCE_PARTITIONS_ADDED',
    severity: 'info',
    message: `${change}; the new ones are read too.`,
  });
  onPlaces(Array.from({ length: found - known }, (_, index) => ({ part: 0, partition: known + index })));
  return found;
};

/** Deletes from the repartition topics what the tasks behind them have committed. */
export const purgeProcessed = async (
  plan: Plan,
  admin: Pick<CaretakerAdmin, 'committedOffsets' | 'deleteRecordsBefore'>,
): Promise<void> => {
  const { pipelineId } = plan.facts;
  for (const cut of plan.cuts) {
    const topic = repartitionTopicOf(pipelineId, cut.index);
    await admin.deleteRecordsBefore(topic, await admin.committedOffsets(consumerGroupOf(pipelineId), topic));
  }
};
