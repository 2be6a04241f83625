import type { RunView } from '@penstock/client/session';

/** How far the task that is behind most is behind in event time, in ms; undefined where none has told. */
export const eventLagOf = (run: Pick<RunView, 'tasks'> | null): number | undefined => {
  const known = (run?.tasks ?? []).flatMap(({ eventLagMs }) => (eventLagMs === null ? [] : [eventLagMs]));
  return known.length === 0 ? undefined : Math.max(...known);
};
