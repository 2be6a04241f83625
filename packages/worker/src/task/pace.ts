import type { SourceBatch } from '@penstock/engine';
import { type RateCells, takeTokens } from './rate-limiter.ts';
import { wait } from './wait.ts';

/** How far and how fast a task may read its input: the one thing in which the execution modes differ for a task. */
export interface Pace {
  /** Offset at which what may be read ends for now; reaching it is a reason to commit. Infinity where nothing ends. */
  readonly until: number;
  /** How many of the records `from` to `from + wanted` of a batch may be worked off now; 0 for none. */
  grant(batch: SourceBatch, from: number, wanted: number): number;
  /** Resolves when asking again may help, or the signal comes. */
  wait(signal: AbortSignal): Promise<void>;
  /** Told after each commit, and when a task has found its position. */
  committed(offset: number): void;
}

const TOKEN_WAIT_MS = 5;

/** Reads on and on, at the share of the pipeline's rate that its source has. */
export const ratePace = (rate: RateCells, source: number): Pace => ({
  until: Number.POSITIVE_INFINITY,
  grant: (_batch, _from, wanted) => takeTokens(rate, source, wanted),
  wait: (signal) => wait(TOKEN_WAIT_MS, signal),
  committed: () => undefined,
});

/** Reads on and on, as fast as it can: repartition topics, whose inflow is what the source gave. */
export const unlimitedPace: Pace = {
  until: Number.POSITIVE_INFINITY,
  grant: (_batch, _from, wanted) => wanted,
  wait: () => Promise.resolve(),
  committed: () => undefined,
};
