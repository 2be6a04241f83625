import type { WorkloadName } from '../workload/workload.ts';

export const GUARANTEES = ['exactly-once', 'at-least-once'] as const;
export type Guarantee = (typeof GUARANTEES)[number];

/** What `--json` prints, one for each workload, guarantee and number of threads. Names are fixed: scripts read them. */
export interface ResultRow {
  readonly workload: WorkloadName;
  readonly guarantee: Guarantee;
  readonly threads: number;
  readonly records: number;
  readonly passes: number;
  /** CPU-seconds (user + system, whole worker process from start to exit) per million input records; median. */
  readonly cpuSecondsPerMillion: number;
  readonly cpuSecondsPerMillionMin: number;
  readonly cpuSecondsPerMillionMax: number;
  /** By the worker's own last heartbeat. */
  readonly reportedCpuSecondsPerMillion: number;
  /** Those of the bare limit are null where there is none. */
  readonly limitCpuSecondsPerMillion: number | null;
  readonly limitCpuSecondsPerMillionMin: number | null;
  readonly limitCpuSecondsPerMillionMax: number | null;
  readonly ratioToLimit: number | null;
  /** Between the first and the last commit of the input, or the last output where the plan is cut; median. */
  readonly recordsPerSecond: number;
  readonly limitRecordsPerSecond: number | null;
  /** The largest of all passes, in MiB. */
  readonly peakRssMb: number;
  /** Last quarter against second quarter, in MiB; null where a pass was too short to tell. */
  readonly rssGrowthMb: number | null;
  readonly verified: boolean;
  /** Why `verified` is false. */
  readonly problems: readonly string[];
  readonly peer?: string;
  readonly peerCpuSecondsPerMillion?: number;
  readonly peerCpuSecondsPerMillionMin?: number;
  readonly peerCpuSecondsPerMillionMax?: number;
  readonly ratioToPeer?: number;
}
