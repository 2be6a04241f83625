/** A sample of a pipeline: counters of one worker, from its start. Times in Unix ms. */
export interface CounterSample {
  readonly at: number;
  /** Null where it was not noted. */
  readonly workerId: string | null;
  /** When its worker was first sampled; null where it was not noted. */
  readonly countedSince: number | null;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly errors: number;
  readonly dropped: number | null;
  readonly lag: number;
  readonly offset: number;
  readonly rssMb: number;
  /** How far event time lay behind, ms; null where it is not known. */
  readonly eventLagMs: number | null;
  /** Commits of all tasks, and time these took; null where it was not measured. */
  readonly commits: number | null;
  readonly commitMs: number | null;
}

/** One step of a series. */
export interface SeriesPoint {
  /** Begin of the step. */
  readonly at: number;
  /** Counted within the step; null where nothing says how much of it was. */
  readonly recordsIn: number | null;
  readonly recordsOut: number | null;
  readonly errors: number | null;
  readonly dropped: number | null;
  readonly commits: number | null;
  readonly commitMs: number | null;
  /** As of the last sample of the step. */
  readonly lag: number;
  readonly offset: number;
  readonly rssMb: number;
  readonly eventLagMs: number | null;
  /** Workers that were sampled in the step: several where one was replaced. */
  readonly workers: number;
}

export interface SeriesRange {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly stepMs: number;
}

const COUNTERS = ['recordsIn', 'recordsOut', 'errors', 'dropped', 'commits', 'commitMs'] as const;
type Counter = (typeof COUNTERS)[number];

/**
 * Steps of a series from cumulative samples, in the order of their times. What a worker counted between two of its
 * samples belongs to the step of the later one; a worker's first counts from 0 where it was first sampled within the
 * range. `before`: the last sample in front of the range, which the first one in it may go on from. Steps without a
 * sample are left out: nothing is known of them.
 */
export const seriesOf = (
  samples: readonly CounterSample[],
  before: CounterSample | undefined,
  { from, to, stepMs }: SeriesRange,
): SeriesPoint[] => {
  const last = new Map<string | null, CounterSample>();
  if (before !== undefined) last.set(before.workerId, before);
  const points: (SeriesPoint & { readonly seen: Set<string | null> })[] = [];
  for (const sample of samples) {
    if (sample.at < from || sample.at >= to) continue;
    const at = Math.floor(sample.at / stepMs) * stepMs;
    const counted = countedIn(sample, last.get(sample.workerId), from);
    last.set(sample.workerId, sample);
    const open = points.at(-1);
    const isSame = open !== undefined && open.at === at;
    const seen = isSame ? open.seen.add(sample.workerId) : new Set([sample.workerId]);
    const { lag, offset, rssMb, eventLagMs } = sample;
    const sums = isSame ? addCounts(open, counted) : counted;
    if (isSame) points.pop();
    points.push({ at, ...sums, lag, offset, rssMb, eventLagMs, workers: seen.size, seen });
  }
  return points.map(({ seen: _, ...point }) => point);
};

type Counts = Readonly<Record<Counter, number | null>>;

const countsBy = (of: (counter: Counter) => number | null): Counts => ({
  recordsIn: of('recordsIn'),
  recordsOut: of('recordsOut'),
  errors: of('errors'),
  dropped: of('dropped'),
  commits: of('commits'),
  commitMs: of('commitMs'),
});

const countedIn = (sample: CounterSample, earlier: CounterSample | undefined, from: number): Counts => {
  // Counters that were not noted whose they are may be of another worker each: smaller ones begin anew.
  const isKnown = sample.workerId !== null || (earlier !== undefined && earlier.recordsIn <= sample.recordsIn);
  if (earlier !== undefined && isKnown)
    return countsBy((counter) => {
      const [now, then] = [sample[counter], earlier[counter]];
      return now === null || then === null ? null : Math.max(0, now - then);
    });
  const isFromTheStart = sample.countedSince !== null && sample.countedSince >= from;
  return countsBy((counter) => (isFromTheStart ? sample[counter] : null));
};

/** What is not known adds nothing to what is. */
const addCounts = (a: Counts, b: Counts): Counts =>
  countsBy((counter) => {
    const [x, y] = [a[counter], b[counter]];
    return x === null ? y : y === null ? x : x + y;
  });

/** Lengths of steps, ms. */
export const STEPS: readonly number[] = [15_000, 60_000, 600_000, 3600_000, 6 * 3600_000, 24 * 3600_000];

/**
 * The shortest step by which a range has at most so many points, and which its oldest samples still are apart:
 * `keptAt` says how far apart samples of an age are. Undefined: the range is too long.
 */
export const stepOf = (
  range: { readonly from: number; readonly to: number },
  points: number,
  apartMs: number,
): number | undefined => STEPS.find((step) => step >= apartMs && (range.to - range.from) / step <= points);
