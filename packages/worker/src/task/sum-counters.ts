import type { PartWork, StageCounters, Work } from '@penstock/model';

/** Adds the counters of one task, or of one thread, to a sum by stage. */
export const addCounters = (
  sum: Record<string, StageCounters>,
  counters: Readonly<Record<string, StageCounters>>,
): void => {
  for (const [name, stage] of Object.entries(counters)) {
    sum[name] ??= { input: 0, output: 0, errors: {}, dropped: {} };
    addStage(sum[name], stage);
  }
};

/** Adds what one stage has counted to a total. */
export const addStage = (total: StageCounters, stage: StageCounters): void => {
  total.input += stage.input;
  total.output += stage.output;
  for (const kind of ['errors', 'dropped'] as const)
    for (const [key, value] of Object.entries(stage[kind])) total[kind][key] = (total[kind][key] ?? 0) + value;
  for (const [name, added] of Object.entries(stage.lookUps ?? {})) {
    total.lookUps ??= {};
    total.lookUps[name] ??= { hits: 0, misses: 0, failures: 0, requests: 0, requestMs: 0 };
    const sum = total.lookUps[name];
    for (const what of ['hits', 'misses', 'failures', 'requests', 'requestMs'] as const) sum[what] += added[what];
  }
};

/** Adds how the time of tasks of a part was spent to the sums of all parts. */
export const addWork = (sum: Work, part: number | string, work: PartWork): void => {
  sum[part] ??= { openMs: 0, idleMs: 0, rateMs: 0, commitMs: 0, commits: 0, stages: {} };
  const total = sum[part];
  for (const what of ['openMs', 'idleMs', 'rateMs', 'commitMs', 'commits'] as const) total[what] += work[what];
  for (const [name, { busyMs, from }] of Object.entries(work.stages)) {
    total.stages[name] ??= { busyMs: 0, from: {} };
    const stage = total.stages[name];
    stage.busyMs += busyMs;
    for (const [other, records] of Object.entries(from)) stage.from[other] = (stage.from[other] ?? 0) + records;
  }
};

/** The same of all parts. */
export const addAllWork = (sum: Work, work: Work): void => {
  for (const [part, each] of Object.entries(work)) addWork(sum, part, each);
};

/** In whole milliseconds, rounded down, so that what counts up still does. */
export const wholeWork = (work: Work): Work =>
  Object.fromEntries(
    Object.entries(work).map(([part, { openMs, idleMs, rateMs, commitMs, commits, stages }]) => [
      part,
      {
        openMs: Math.floor(openMs),
        idleMs: Math.floor(idleMs),
        rateMs: Math.floor(rateMs),
        commitMs: Math.floor(commitMs),
        commits,
        stages: Object.fromEntries(
          Object.entries(stages).map(([name, stage]) => [name, { ...stage, busyMs: Math.floor(stage.busyMs) }]),
        ),
      },
    ]),
  );
