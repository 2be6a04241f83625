import type { RunView } from '@penstock/client/session';

export type StageFigures = RunView['stages'][string];

const NONE: StageFigures = { input: 0, output: 0, errors: {}, dropped: {} };

/** What the worker has counted for a stage; undefined where it has not told of it. */
export const figuresOf = (run: RunView | null, stage: string): StageFigures | undefined =>
  run === null ? undefined : (run.stages[stage] ?? (Object.keys(run.stages).length > 0 ? NONE : undefined));

export const totalOf = (counters: Readonly<Record<string, number>>): number =>
  Object.values(counters).reduce((sum, count) => sum + count, 0);

/** One kind of what did not go on, at one stage. */
export interface Kind {
  readonly stage: string;
  readonly kind: 'error' | 'drop';
  readonly code: string;
  readonly count: number;
}

/** Errors and drops by stage and code, the most frequent first; drops by how many, errors before drops where equal. */
export const kindsOf = (run: RunView): readonly Kind[] =>
  Object.entries(run.stages)
    .flatMap(([stage, { errors, dropped }]) => [
      ...Object.entries(errors).map(([code, count]): Kind => ({ stage, kind: 'error', code, count })),
      ...Object.entries(dropped).map(([code, count]): Kind => ({ stage, kind: 'drop', code, count })),
    ])
    .sort(
      (a, b) => b.count - a.count || (a.kind === b.kind ? a.code.localeCompare(b.code) : a.kind === 'error' ? -1 : 1),
    );

/** Counters of a run at some time. */
export interface Look {
  readonly at: number;
  readonly workerId: string | undefined;
  readonly stages: RunView['stages'];
}

/** Looks that rates are made from: the newest, and the oldest that is not older than this. */
export const RATE_WINDOW_MS = 10_000;

/** Adds a look. Counters of another worker begin again, so looks before it say nothing about rates. */
export const withLook = (looks: readonly Look[], look: Look): readonly Look[] => {
  const last = looks.at(-1);
  if (last !== undefined && last.at === look.at) return looks;
  const kept = looks.filter(({ at, workerId }) => workerId === look.workerId && look.at - at <= RATE_WINDOW_MS);
  return [...kept, look];
};

/** A second's worth of something that is counted, as the page has seen it; undefined before two looks. */
export const rateOf = (
  looks: readonly Look[],
  count: (stages: RunView['stages']) => number | undefined,
): number | undefined => {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return undefined;
  const [before, now] = [count(first.stages), count(last.stages)];
  return before === undefined || now === undefined
    ? undefined
    : Math.max(0, ((now - before) / (last.at - first.at)) * 1000);
};
