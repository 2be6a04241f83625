import type { StageCounters } from '@penstock/model';

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
