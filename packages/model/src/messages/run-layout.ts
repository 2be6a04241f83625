import { Type } from 'typebox';
import type { Message } from './message.ts';
import { count } from './worker-report.ts';

/** A cut that an earlier plan made, and that stays. */
export const keptCutSchema = Type.Object({
  /** The stage it lies in front of. */
  before: Type.String(),
  partitionedBy: Type.Array(Type.String()),
  /** Its topic, whatever a new cut's would be called. */
  topic: Type.String(),
});
export type KeptCut = Message<typeof keptCutSchema>;

/** Names of the topics a task writes besides those of its targets. */
export const taskTopicsSchema = Type.Object({
  deadLetters: Type.String(),
  state: Type.String(),
  /** By index of the cut. */
  cuts: Type.Array(Type.String()),
});
export type TaskTopics = Message<typeof taskTopicsSchema>;

/**
 * What all tasks of a run agree on. Decided once, by whoever prepares the run, and handed to every thread and process:
 * with it and the document, all of them compile the same plan and use the same topics.
 */
export const runLayoutSchema = Type.Object({
  /**
   * Partitions of the source topic as of the preparation (more may be added under way), or tasks of a clock. Of the first
   * source, where there are several.
   */
  sourcePartitions: count,
  /** The same of the sources behind the first, in the order of the plan; absent where there are none. */
  otherSources: Type.Optional(Type.Array(count)),
  /** All cuts of the plan; it has them whether or not it would need them. */
  cuts: Type.Array(keptCutSchema),
  topics: taskTopicsSchema,
});
export type RunLayout = Message<typeof runLayoutSchema>;

/** How many tasks each source has. */
export const sourceTasksOf = ({ sourcePartitions, otherSources = [] }: RunLayout): readonly number[] => [
  sourcePartitions,
  ...otherSources,
];
