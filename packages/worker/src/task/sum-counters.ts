import type { StageCounters } from '@penstock/model';

/** Adds the counters of one task, or of one thread, to a sum by stage. */
export const addCounters = (
  sum: Record<string, StageCounters>,
  counters: Readonly<Record<string, StageCounters>>,
): void => {
  for (const [name, stage] of Object.entries(counters)) {
    sum[name] ??= { input: 0, output: 0, errors: {}, dropped: {} };
    const total = sum[name];
    total.input += stage.input;
    total.output += stage.output;
    for (const kind of ['errors', 'dropped'] as const)
      for (const [key, value] of Object.entries(stage[kind])) total[kind][key] = (total[kind][key] ?? 0) + value;
  }
};
