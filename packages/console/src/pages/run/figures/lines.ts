import type { Series, StageSeries } from '@penstock/client/session';

type Values = readonly (number | null)[];

/** Lines over the same time: a gap where nothing is known. */
export interface Timeline {
  /** Unix seconds. */
  readonly seconds: readonly number[];
  readonly columns: readonly Values[];
}

/** Columns by step of time as lines: they break off where steps are missing. `times`: Unix ms. */
export const timeline = (times: readonly number[], stepMs: number, columns: readonly Values[]): Timeline => {
  const places = times.flatMap((at, index) => {
    const before = times[index - 1];
    const isBehindGap = before !== undefined && at - before > stepMs;
    return isBehindGap
      ? [
          { at: before + stepMs, index: undefined },
          { at, index },
        ]
      : [{ at, index }];
  });
  return {
    seconds: places.map(({ at }) => at / 1000),
    columns: columns.map((values) => places.map(({ index }) => (index === undefined ? null : (values[index] ?? null)))),
  };
};

/** So many a second, of what was counted in each step. */
export const perSecond = (counts: Values, stepMs: number): Values =>
  counts.map((count) => (count === null ? null : (count / stepMs) * 1000));

const isAny = (values: Values): boolean => values.some((value) => value !== null && value > 0);

/** Whether any of these counted something: lines of nothing at all are not drawn. */
export const hasAny = (...all: readonly Values[]): boolean => all.some(isAny);

/** What the whole pipeline did: rates per second, lag in records, what it is behind in event time in seconds. */
export interface WholeLines {
  readonly read: Values;
  readonly written: Values;
  readonly errors: Values;
  readonly dropped: Values;
  readonly lag: Values;
  readonly behind: Values;
}

export const wholeLinesOf = ({ points, stepMs }: Pick<Series, 'points' | 'stepMs'>): WholeLines => ({
  read: perSecond(
    points.map(({ recordsIn }) => recordsIn),
    stepMs,
  ),
  written: perSecond(
    points.map(({ recordsOut }) => recordsOut),
    stepMs,
  ),
  errors: perSecond(
    points.map(({ errors }) => errors),
    stepMs,
  ),
  dropped: perSecond(
    points.map(({ dropped }) => dropped),
    stepMs,
  ),
  lag: points.map(({ lag }) => lag),
  behind: points.map(({ eventLagMs }) => (eventLagMs === null ? null : eventLagMs / 1000)),
});

/** What the tasks of a part of the plan spent their time on, in percent of it. */
export interface TimeLines {
  readonly work: Values;
  readonly idle: Values;
  readonly rateWait: Values;
  readonly commit: Values;
}

/** The rest of their time, tasks work or wait until other tasks of their thread have worked. */
export const timeLinesOf = (part: StageSeries['parts'][number]): TimeLines => {
  const share = (index: number, of: (open: number) => number | null): number | null => {
    const open = part.openMs[index] ?? null;
    const value = open === null || open <= 0 ? null : of(open);
    // Counters are told of at different moments of a batch.
    return value === null || open === null ? null : Math.min(100, Math.max(0, (value / open) * 100));
  };
  const of = (values: Values): Values => values.map((value, index) => share(index, () => value));
  return {
    idle: of(part.idleMs),
    rateWait: of(part.rateMs),
    commit: of(part.commitMs),
    work: part.openMs.map((_, index) => {
      const spent = [part.idleMs[index], part.rateMs[index], part.commitMs[index]];
      if (spent.some((each) => each == null)) return null;
      return share(index, (open) => spent.reduce<number>((left, each) => left - (each ?? 0), open));
    }),
  };
};
