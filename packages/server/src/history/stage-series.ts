import type { SeriesRange } from './series.ts';
import type { StageSample } from './stage-sample.ts';

/** One value per time; null where it is not known. */
export type Column = (number | null)[];

/** Counts per step of time, in columns: value `i` of each is of the step that begins at `times[i]`. */
export interface StageSeries {
  readonly times: number[];
  readonly stages: {
    readonly stage: string;
    readonly recordsIn: Column;
    readonly recordsOut: Column;
    readonly errors: Column;
    readonly dropped: Column;
    readonly busyMs: Column;
  }[];
  readonly edges: { readonly from: string; readonly to: string; readonly records: Column }[];
  readonly parts: {
    readonly part: number;
    readonly openMs: Column;
    readonly idleMs: Column;
    readonly rateMs: Column;
    readonly commitMs: Column;
    readonly commits: Column;
  }[];
}

const STAGE = ['recordsIn', 'recordsOut', 'errors', 'dropped', 'busyMs'] as const;
const PART = ['openMs', 'idleMs', 'rateMs', 'commitMs', 'commits'] as const;

/** A counter by what it counts: `["stage", name, what]`, `["edge", from, to]` or `["part", index, what]`. */
type Counter = string;
const counterOf = (...path: readonly (string | number)[]): Counter => JSON.stringify(path);

/**
 * Steps of series from cumulative samples, in the order of their times. As in `seriesOf`: what a worker counted between
 * two of its samples belongs to the step of the later one, its first sample counts from 0 where it was taken within the
 * range, and what nothing is known of is null, never 0.
 */
export const stageSeriesOf = (
  samples: readonly StageSample[],
  before: StageSample | undefined,
  { from, to, stepMs }: SeriesRange,
): StageSeries => {
  const last = new Map<string, CountedSample>();
  if (before !== undefined) last.set(before.workerId, { sample: before, counters: countersIn(before) });
  const times: number[] = [];
  const columns = new Map<Counter, (number | null)[]>();
  for (const sample of samples) {
    if (sample.at < from || sample.at >= to) continue;
    const at = Math.floor(sample.at / stepMs) * stepMs;
    if (times.at(-1) !== at) times.push(at);
    const current = { sample, counters: countersIn(sample) };
    const counted = countedIn(current, last.get(sample.workerId), from);
    last.set(sample.workerId, current);
    for (const [counter, value] of counted) {
      let column = columns.get(counter);
      if (column === undefined) {
        column = [];
        columns.set(counter, column);
      }
      const step = times.length - 1;
      while (column.length <= step) column.push(null);
      column[step] = (column[step] ?? 0) + value;
    }
  }
  return arranged(times, columns);
};

/** A sample with its counters, which the next one of its worker is compared with. */
interface CountedSample {
  readonly sample: StageSample;
  readonly counters: ReadonlyMap<Counter, number>;
}

const countedIn = (
  { sample, counters: now }: CountedSample,
  earlier: CountedSample | undefined,
  from: number,
): ReadonlyMap<Counter, number> => {
  if (earlier === undefined)
    return sample.countedSince !== null && sample.countedSince >= from ? now : new Map<Counter, number>();
  const then = earlier.counters;
  // A worker measures time or does not: whoever did not before has nothing to be compared with.
  const isComparable = (counter: Counter): boolean => earlier.sample.parts !== undefined || !isOfTime(counter);
  return new Map(
    [...now]
      .filter(([counter]) => isComparable(counter))
      .map(([counter, value]) => [counter, Math.max(0, value - (then.get(counter) ?? 0))]),
  );
};

const isOfTime = (counter: Counter): boolean => !counter.startsWith('["stage"') || counter.endsWith('"busyMs"]');

const countersIn = ({ stages, parts }: StageSample): Map<Counter, number> => {
  const all = new Map<Counter, number>();
  const add = (counter: Counter, value: number): void => void all.set(counter, (all.get(counter) ?? 0) + value);
  for (const [name, { input, output, errors, dropped }] of stages) {
    add(counterOf('stage', name, 'recordsIn'), input);
    add(counterOf('stage', name, 'recordsOut'), output);
    add(counterOf('stage', name, 'errors'), errors);
    add(counterOf('stage', name, 'dropped'), dropped);
  }
  for (const [part, spent] of parts ?? []) {
    for (const what of PART) add(counterOf('part', part, what), spent[what]);
    for (const [name, { busyMs, from }] of spent.stages) {
      add(counterOf('stage', name, 'busyMs'), busyMs);
      for (const [other, records] of from) add(counterOf('edge', other, name), records);
    }
  }
  return all;
};

const arranged = (times: number[], columns: ReadonlyMap<Counter, (number | null)[]>): StageSeries => {
  const column = (...path: readonly (string | number)[]): Column => {
    const values = columns.get(counterOf(...path)) ?? [];
    return times.map((_, index) => values[index] ?? null);
  };
  const named = <K extends string>(kind: string, name: string | number, what: readonly K[]): Record<K, Column> =>
    Object.fromEntries(what.map((each) => [each, column(kind, name, each)])) as Record<K, Column>;
  const paths = [...columns.keys()].map((counter) => JSON.parse(counter) as readonly (string | number)[]);
  const namesOf = (kind: string): (string | number)[] => [
    ...new Set(paths.flatMap(([own, name]) => (own === kind && name !== undefined ? [name] : []))),
  ];
  return {
    times,
    stages: namesOf('stage').map((name) => ({ stage: String(name), ...named('stage', name, STAGE) })),
    edges: paths.flatMap(([kind, from, to]) =>
      kind === 'edge' && from !== undefined && to !== undefined
        ? [{ from: String(from), to: String(to), records: column('edge', from, to) }]
        : [],
    ),
    parts: namesOf('part').map((part) => ({ part: Number(part), ...named('part', part, PART) })),
  };
};
