/** What `npm run bench -- operators --json` prints of an operator. Names are fixed: pages are made of them. */
export interface OperatorRow {
  readonly operator: string;
  readonly label: string;
  /** The case that it was measured with; null where it was not. */
  readonly case: string | null;
  /** Why it was not measured. */
  readonly reason?: string;
  readonly records: number;
  /** Records that came out of it for those that went in. */
  readonly output: number;
  /** Input records by CPU-second of the whole worker, reading and writing included. */
  readonly recordsPerSecondPerCore: number | null;
  /** By the clock, with one thread. */
  readonly recordsPerSecond: number | null;
  /** EnOS's figure for one CU; null where there is none. */
  readonly published: number | null;
  /** The first by the last. */
  readonly ratio: number | null;
  /** Everything was read, and what came out, was dropped or was an error adds up. */
  readonly verified: boolean;
  readonly problems: readonly string[];
}

/** All of a run. */
export interface OperatorReport {
  /** When it was measured, as a date (UTC). */
  readonly date: string;
  readonly machine: string;
  readonly recordsEach: number;
  readonly assets: number;
  readonly latencyMs: number;
  readonly rows: readonly OperatorRow[];
}

/** How many times what is published is wanted. */
export const WANTED_RATIO = 10;
