import type { Heartbeat, Waiting } from '@penstock/model';
import type { NoticeEvent } from '../mode.ts';
import type { SupervisionPolicy } from './policy.ts';
import type { Notice, Supervision } from './supervision.ts';

/** Waiting for what comes back by itself, and how late a start is that gets on: neither ends a run. */

export const WAITING_FOR_KAFKA = 'WAITING_FOR_KAFKA';
export const WAITING_FOR_TARGET = 'WAITING_FOR_TARGET';
export const WAITING_FOR_REFERENCE = 'WAITING_FOR_REFERENCE';

/** What is waited for by the code of what failed; Kafka otherwise. */
const AWAITED: Readonly<Record<string, { readonly notice: string; readonly what: string }>> = {
  TARGET_UNREACHABLE: { notice: WAITING_FOR_TARGET, what: 'a destination' },
  REFERENCE_UNREACHABLE: { notice: WAITING_FOR_REFERENCE, what: 'reference data' },
};
const KAFKA = { notice: WAITING_FOR_KAFKA, what: 'Kafka' };

/** Says since when rather than for how long, so that what is stored does not change with every look. */
export const noticeOfWaiting = ({ code, message, since }: Waiting): Notice => {
  const { notice, what } = AWAITED[code] ?? KAFKA;
  return { code: notice, message: `Waiting for ${what} since ${new Date(since).toISOString()}: ${message}` };
};

/** What is worth an event when a run has ceased to wait. */
export const waitingEvents = (before: Notice | undefined, next: Notice | undefined): readonly NoticeEvent[] => {
  if (before === undefined || before.code === next?.code) return [];
  const severity = 'info';
  if (before.code === WAITING_FOR_KAFKA)
    return [{ code: 'KAFKA_REACHABLE', message: 'The run no longer waits for Kafka.', severity }];
  if (before.code === WAITING_FOR_TARGET)
    return [{ code: 'TARGET_REACHABLE', message: 'The run no longer waits for a destination.', severity }];
  if (before.code === WAITING_FOR_REFERENCE)
    return [{ code: 'REFERENCE_REACHABLE', message: 'The run no longer waits for reference data.', severity }];
  return [];
};

/** Progress is noted no more often than this: what is noted is written to the database. */
export const START_NOTED_MS = 30_000;

/**
 * What to remember of a start that is under way, and whether it is late: only a start that has stood still for the
 * whole limit is. `attempt` as in `Supervision.startup`.
 */
export const judgeStart = (
  known: Supervision['startup'],
  heartbeat: Heartbeat,
  attempt: number | undefined,
  now: number,
  policy: SupervisionPolicy,
): { readonly startup: NonNullable<Supervision['startup']>; readonly isLate: boolean } => {
  const progress = heartbeat.startProgress ?? 0;
  const isSame = known !== undefined && known.attempt === attempt;
  const isNews = !isSame || (progress !== known.progress && now - known.since >= START_NOTED_MS);
  const startup = isNews ? { since: now, progress, ...(attempt === undefined ? {} : { attempt }) } : known;
  const stoodStill = isSame && progress === known.progress && now - known.since > policy.startupLimitMs;
  return { startup, isLate: stoodStill };
};
