import type { JsonObject } from '@penstock/model';

/**
 * Data of the organisation that a stage goes by as a whole, and that changes while it runs. All of it is there before the
 * first record of a task; what replaces it does so between two batches, never within one. Which revision a record meets
 * depends on when it is worked on: an operator with references is not `deterministic`.
 */
// biome-ignore lint/suspicious/noExplicitAny: of any configuration
export interface ReferenceDefinition<T, C = any> {
  /** Which data: services know it by this name. */
  readonly name: string;
  /** Of the form that `decode` reads; counts up with it, since services may be newer or older than their workers. */
  readonly version: number;
  /**
   * Which part of the data a stage needs, by its configuration: services give that part, which may hold more, and stages
   * that need the same share it. Undefined: the stage does not go by it. Absent: every stage needs all of it.
   */
  query?(config: C): JsonObject | undefined;
  /**
   * Makes of the data what the stage works with; once for each revision in each thread, for all its tasks. What it throws
   * leaves them with what they have.
   */
  decode(data: unknown): T;
  /** What is in it, for people: `12 input points`. */
  describe?(value: T): string;
}

/** Reference data at hand in a stage. */
export interface Reference<T> {
  /** As it is for the batch, or the slot, in hand: not to be kept from one call to the next. */
  readonly current: T;
}

/** All of it, as it was at one time. */
export interface ReferenceSnapshot {
  /** Counts up with every change, for people. */
  readonly revision: number;
  readonly data: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: of any configuration
export const defineReference = <T, C = any>(definition: ReferenceDefinition<T, C>): ReferenceDefinition<T, C> =>
  definition;
