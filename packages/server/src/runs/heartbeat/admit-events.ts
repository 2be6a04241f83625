import type { RunEvent } from '@penstock/model';

/** A script may log with every record; people read a list. */
export const EVENTS_PER_MINUTE = 30;
const MINUTE_MS = 60_000;

/** Where the count of a run's events stands. */
export interface EventWindow {
  /** Unix ms: begin of the minute that is counted. */
  readonly eventsSince: number;
  readonly eventsTaken: number;
  readonly eventsLeftOut: number;
}

export const NO_EVENTS: EventWindow = { eventsSince: 0, eventsTaken: 0, eventsLeftOut: 0 };

/**
 * The events of a worker that are written down: at most `perMinute` in a minute. What is left out is counted, and told
 * as one event with the first heartbeat of a later minute, so that nothing is lost in silence. Errors come first.
 */
export const admitEvents = (
  events: readonly RunEvent[],
  before: EventWindow,
  now: number,
  perMinute: number,
): { readonly events: readonly RunEvent[]; readonly window: EventWindow } => {
  const { eventsSince, eventsTaken, eventsLeftOut } = before;
  const isOver = now - eventsSince >= MINUTE_MS || now < eventsSince;
  const taken = isOver ? 0 : eventsTaken;
  const room = Math.max(0, perMinute - taken);
  const chosen = new Set([...events].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, room));
  const admitted = events.filter((event) => chosen.has(event));
  const told = isOver && eventsLeftOut > 0 ? [leftOut(eventsLeftOut, perMinute, now)] : [];
  return {
    events: [...told, ...admitted],
    window: {
      eventsSince: isOver ? now : eventsSince,
      eventsTaken: taken + admitted.length,
      eventsLeftOut: (isOver ? 0 : eventsLeftOut) + events.length - admitted.length,
    },
  };
};

const weightOf = ({ severity }: RunEvent): number => (severity === 'error' ? 2 : severity === 'warning' ? 1 : 0);

const leftOut = (count: number, perMinute: number, at: number): RunEvent => ({
  at,
  code: 'EVENTS_LEFT_OUT',
  message:
    `${count} more events of the worker were left out: at most ${perMinute} a minute are kept ` +
    '(PENSTOCK_MAX_EVENTS_PER_MINUTE). They are in the log of the worker.',
  severity: 'warning',
});
