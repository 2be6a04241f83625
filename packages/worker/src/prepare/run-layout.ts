import type { KeptCut, TaskTopics } from '@penstock/engine';
import type { PlanOptions } from '../task/compile-run.ts';

/**
 * What all tasks of a run agree on. Decided once, by whoever prepares the run, and handed to every thread and process:
 * with it and the document, all of them compile the same plan and use the same topics.
 */
export interface RunLayout {
  /** Partitions of the source topic as of the preparation; more may be added under way. */
  readonly sourcePartitions: number;
  /** All cuts of the plan; it has them whether or not it would need them. */
  readonly cuts: readonly KeptCut[];
  readonly topics: TaskTopics;
}

export const planOptionsOf = ({ sourcePartitions, cuts }: RunLayout): PlanOptions => ({
  sourcePartitions,
  keptCuts: cuts,
});

/** Whether tasks of one layout can go on beside tasks of the other: they differ in no more than added partitions. */
export const isSameLayout = (a: RunLayout, b: RunLayout): boolean =>
  JSON.stringify([a.topics, a.cuts]) === JSON.stringify([b.topics, b.cuts]);
