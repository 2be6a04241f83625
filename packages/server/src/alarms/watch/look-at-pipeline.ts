import { eq } from 'drizzle-orm';
import type { Store } from '../../store/open-store.ts';
import { pipelines } from '../../store/schema.ts';
import { readAlarmConfig } from '../settings/alarm-config.ts';
import { dropAlarm, type MoveDeps, moveAlarm } from './move-alarm.ts';
import { type AlarmRow, readAlarmRows, readWatched, type WatchedPipeline, type Watcher } from './read-watched.ts';
import { type AlarmChange, stepPipeline } from './step-pipeline.ts';

export interface LookDeps extends MoveDeps {
  readonly store: Store;
}

/** Nobody's name is needed to know what is watched. */
const NOBODY: ReadonlySet<string> = new Set();

/** What would change by what was read; mostly nothing, and then nothing is locked or written. */
export const changesOf = (watched: WatchedPipeline, rows: readonly AlarmRow[], now: number): readonly AlarmChange[] =>
  stepPipeline(watched, readAlarmConfig(watched.alarmConfig, NOBODY).settings, rows, now);

/**
 * Looks at a pipeline's alarms and writes what has changed, what happened, and what is to be told to whom, in one
 * transaction that holds the pipeline's row: of two instances the second sees what the first has done. Answers how many
 * deliveries were written.
 */
export const lookAtPipeline = (deps: LookDeps, watcher: Watcher, pipelineId: string, now: number): Promise<number> =>
  deps.store.db.transaction(async (tx) => {
    // Holds up whoever changes the pipeline and others that look, but not the reports of its worker.
    await tx
      .select({ pipelineId: pipelines.pipelineId })
      .from(pipelines)
      .where(eq(pipelines.pipelineId, pipelineId))
      .for('no key update');
    const [watched] = await readWatched(tx, watcher, now, pipelineId);
    if (watched === undefined) return 0;
    const rows = (await readAlarmRows(tx, [pipelineId])).get(pipelineId) ?? [];
    let told = 0;
    for (const change of changesOf(watched, rows, now)) {
      if (change.kind === 'dropped') await dropAlarm(tx, pipelineId, change.rule, now);
      else told += await moveAlarm(deps, tx, watched, change, rows, now);
    }
    return told;
  });
