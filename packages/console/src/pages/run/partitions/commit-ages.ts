/** A partition that a task reads: which one it is. */
export interface PartitionTask {
  readonly part: number;
  readonly topic: string;
  readonly partition: number;
  readonly lastCommitAgeMs: number | null;
}

export const keyOf = ({ part, topic, partition }: PartitionTask): string => `${part} ${topic} ${partition}`;

/** How old the last commit of each partition was at a moment. */
export interface AgeSample {
  /** Unix ms. */
  readonly at: number;
  /** In ms, by partition. A partition that had not committed is not in it. */
  readonly ages: ReadonlyMap<string, number>;
}

/** How far back a page remembers, and how far apart what it remembers is. */
export const KEPT_MS = 15 * 60_000;
const STEP_MS = 5000;

/** What is remembered with one more sample: those that are too old go, and so does what comes too soon after another. */
export const remember = (
  before: readonly AgeSample[],
  at: number,
  tasks: readonly PartitionTask[],
): readonly AgeSample[] => {
  const last = before.at(-1);
  if (last !== undefined && at - last.at < STEP_MS) return before;
  const ages = new Map(
    tasks.flatMap((task) => (task.lastCommitAgeMs === null ? [] : [[keyOf(task), task.lastCommitAgeMs] as const])),
  );
  return [...before.filter((sample) => sample.at > at - KEPT_MS), { at, ages }];
};

/** The longest gap between samples that is drawn through: the page was not told in a longer one. */
const GAP_MS = 3 * STEP_MS;

export interface Traced {
  /** Runs of points without a gap, each in [0, 1]: time from left to right, age from bottom to top. */
  readonly lines: readonly (readonly (readonly [number, number])[])[];
  readonly maxMs: number;
}

/** The line of a partition. `floorMs`: what the top stands for at least, so that small ages look small. */
export const trace = (samples: readonly AgeSample[], key: string, floorMs: number): Traced => {
  const own = samples.flatMap(({ at, ages }) => {
    const age = ages.get(key);
    return age === undefined ? [] : [{ at, age }];
  });
  const maxMs = own.reduce((max, { age }) => Math.max(max, age), 0);
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  const span = Math.max(1, last - first);
  const top = Math.max(floorMs, maxMs);
  const lines: (readonly [number, number])[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { at, age } of own) {
    if (at - before > GAP_MS) lines.push([]);
    lines.at(-1)?.push([(at - first) / span, age / top]);
    before = at;
  }
  return { lines, maxMs };
};
