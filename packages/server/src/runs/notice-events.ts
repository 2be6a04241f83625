import type { Supervision } from '@penstock/modes';
import { CLUSTER_UNREACHABLE, WAITING_FOR_CLUSTER } from '@penstock/modes';
import type { Database } from '../store/open-store.ts';
import { recordEvent } from '../use-case/record-event.ts';
import type { OpenRun } from './run-store.ts';

/** Notices of what every start goes through: shown while they last, but no event. */
const ROUTINE: ReadonlySet<string> = new Set(['SUBMITTING', 'DRIVER_STARTING']);

/** Writes down that a notice of another kind has come up, or that the cluster can be asked again. */
export const tellNotice = async (db: Database, run: OpenRun, next: Supervision, now: number): Promise<void> => {
  const before = run.supervision.notice?.code;
  const { notice } = next;
  if (notice?.code === before) return;
  const event = { pipelineId: run.pipelineId, runId: run.runId, at: now };
  if (before === CLUSTER_UNREACHABLE) {
    const message = 'The cluster can be asked again.';
    await recordEvent(db, { ...event, code: 'CLUSTER_REACHABLE', message, severity: 'info' });
  }
  if (notice === undefined || ROUTINE.has(notice.code)) return;
  const severity = notice.code === WAITING_FOR_CLUSTER ? 'info' : 'warning';
  await recordEvent(db, { ...event, code: notice.code, message: notice.message, severity });
};
