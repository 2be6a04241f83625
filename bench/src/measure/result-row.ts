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
  readonly limitCpuSecondsPerMillion: number;
  readonly limitCpuSecondsPerMillionMin: number;
  readonly limitCpuSecondsPerMillionMax: number;
  readonly ratioToLimit: number;
  /** Between the first and the last commit; median. */
  readonly recordsPerSecond: number;
  readonly limitRecordsPerSecond: number;
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
