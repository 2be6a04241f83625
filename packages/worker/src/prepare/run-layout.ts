import { type RunLayout, sourceTasksOf } from '@penstock/model';
import type { PlanOptions } from '../plan/compile-run.ts';
import { optionsOf } from '../plan/source-partitioning.ts';

export const planOptionsOf = (layout: RunLayout): PlanOptions =>
  optionsOf(
    sourceTasksOf(layout).map((sourcePartitions) => ({ sourcePartitions })),
    layout.cuts,
  );

/** Whether tasks of one layout can go on beside tasks of the other: they differ in no more than added partitions. */
export const isSameLayout = (a: RunLayout, b: RunLayout): boolean =>
  JSON.stringify([a.topics, a.cuts]) === JSON.stringify([b.topics, b.cuts]);
