import { type Heartbeat, isJsonObject, isOfSource, type JsonValue } from '@penstock/model';

/** Records of a stage since its worker started; errors and dropped ones over all reasons. */
export interface StageCounts {
  readonly input: number;
  readonly output: number;
  readonly errors: number;
  readonly dropped: number;
}

/** What a part of the plan did with the time of its tasks since the worker started, and where it stood. */
export interface PartCounts {
  readonly openMs: number;
  readonly idleMs: number;
  readonly rateMs: number;
  readonly commitMs: number;
  readonly commits: number;
  /** Sums over its partitions; null where not all are known. */
  readonly offset: number | null;
  readonly lag: number | null;
  /** Whether it reads a source, and so is under the rate. */
  readonly isOfSource: boolean;
  readonly stages: ReadonlyMap<string, { readonly busyMs: number; readonly from: ReadonlyMap<string, number> }>;
}

/** A sample of all stages: counters of one worker from its start. Times in Unix ms. */
export interface StageSample {
  readonly at: number;
  readonly workerId: string;
  /** When its worker was first sampled; null where that was not noted. */
  readonly countedSince: number | null;
  /** Messages of the source, which the rate counts. */
  readonly recordsRead: number;
  readonly stages: ReadonlyMap<string, StageCounts>;
  /** By index; undefined where the worker does not measure time. */
  readonly parts: ReadonlyMap<number, PartCounts> | undefined;
}

export type StageCounters = Pick<StageSample, 'recordsRead' | 'stages' | 'parts'>;

/** Of the text below. It counts up when the text is to be read otherwise. */
const VERSION = 1;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What a heartbeat says of the stages. */
export const stageCountersOf = ({
  recordsRead,
  stages,
  work,
  tasks,
}: Pick<Heartbeat, 'recordsRead' | 'stages' | 'work' | 'tasks'>): StageCounters => ({
  recordsRead,
  stages: new Map(
    Object.entries(stages).map(([name, { input, output, errors, dropped }]) => [
      name,
      { input, output, errors: sum(Object.values(errors)), dropped: sum(Object.values(dropped)) },
    ]),
  ),
  parts:
    work === undefined
      ? undefined
      : new Map(
          Object.entries(work).map(([part, { stages: own, ...times }]) => [
            Number(part),
            {
              ...times,
              ...standingOf(tasks.filter((task) => task.part === Number(part))),
              isOfSource: isFirst(part) || tasks.some((task) => task.part === Number(part) && isOfSource(task)),
              stages: new Map(
                Object.entries(own).map(([name, { busyMs, from }]) => [
                  name,
                  { busyMs, from: new Map(Object.entries(from)) },
                ]),
              ),
            },
          ]),
        ),
});

/** The first part is always that of a source. */
const isFirst = (part: string | number): boolean => Number(part) === 0;

const standingOf = (tasks: Heartbeat['tasks']): Pick<PartCounts, 'offset' | 'lag'> => {
  // A source that is in the document itself has no position, and nothing waits in it.
  if (tasks.length > 0 && tasks.every(({ topic }) => topic === '')) return { offset: null, lag: 0 };
  const isKnown =
    tasks.length > 0 && tasks.every(({ committedOffset, endOffset }) => committedOffset >= 0 && endOffset >= 0);
  if (!isKnown) return { offset: null, lag: null };
  return { offset: sum(tasks.map((task) => task.committedOffset)), lag: sum(tasks.map((task) => task.lag)) };
};

/**
 * The counters as they are kept: JSON without names, since a row is written per pipeline and minute.
 * `{v, r: records read, s: [[stage, input, output, errors, dropped]], w: [[part, openMs, idleMs, rateMs, commitMs, commits, offset, lag,
 * [[stage, busyMs, [[from, records]]]]]] or null}`, and behind the stages of a part 1 where it reads a source that is
 * not the first.
 */
export const encodeStageCounters = ({ recordsRead, stages, parts }: StageCounters): string =>
  JSON.stringify({
    v: VERSION,
    r: recordsRead,
    s: [...stages].map(([name, { input, output, errors, dropped }]) => [name, input, output, errors, dropped]),
    w:
      parts === undefined
        ? null
        : [...parts].map(([part, { openMs, idleMs, rateMs, commitMs, commits, offset, lag, stages: own, ...is }]) => [
            part,
            openMs,
            idleMs,
            rateMs,
            commitMs,
            commits,
            offset,
            lag,
            [...own].map(([name, { busyMs, from }]) => [name, busyMs, [...from]]),
            ...(is.isOfSource && !isFirst(part) ? [1] : []),
          ]),
  });

/** Undefined: it was written by another version, which knows what it says. */
export const decodeStageCounters = (text: string): StageCounters | undefined => {
  const read = JSON.parse(text) as JsonValue;
  if (!isJsonObject(read) || read.v !== VERSION) return undefined;
  const { r, s, w } = read as unknown as Encoded;
  return {
    recordsRead: r,
    stages: new Map(s.map(([name, input, output, errors, dropped]) => [name, { input, output, errors, dropped }])),
    parts:
      w === null
        ? undefined
        : new Map(
            w.map(([part, openMs, idleMs, rateMs, commitMs, commits, offset, lag, own, isOther]) => [
              part,
              {
                openMs,
                idleMs,
                rateMs,
                commitMs,
                commits,
                offset,
                lag,
                isOfSource: isFirst(part) || isOther === 1,
                stages: new Map(own.map(([name, busyMs, from]) => [name, { busyMs, from: new Map(from) }])),
              },
            ]),
          ),
  };
};

interface Encoded {
  readonly r: number;
  readonly s: readonly (readonly [string, number, number, number, number])[];
  readonly w:
    | readonly (readonly [
        number,
        number,
        number,
        number,
        number,
        number,
        number | null,
        number | null,
        readonly (readonly [string, number, readonly (readonly [string, number])[]])[],
        1?,
      ])[]
    | null;
}
