import type { Mode, Supervision } from '@penstock/modes';
import type { Database } from '../store/open-store.ts';
import { recordEvent } from '../use-case/record-event.ts';
import type { OpenRun } from './run-store.ts';

/** Writes down what a change of the notice is worth to the run's mode. */
export const tellNotice = async (
  db: Database,
  run: OpenRun,
  mode: Mode,
  next: Supervision,
  now: number,
): Promise<void> => {
  for (const event of mode.noticeEvents(run.supervision.notice, next.notice))
    await recordEvent(db, { ...event, pipelineId: run.pipelineId, runId: run.runId, at: now });
};
