import type { LocalKafka } from '@penstock/dev';
import type { KafkaClient } from '@penstock/kafka';
import type { DataSet } from '../data/measurements.ts';

/** What one call of the benchmark works with: a broker of its own, and a data set in a topic that its workloads read. */
export interface BenchRun {
  readonly folder: string;
  readonly kafka: LocalKafka;
  readonly client: KafkaClient;
  readonly data: DataSet;
  readonly input: string;
  /** Where CPU profiles of the worker go, if any are wanted. */
  readonly profileFolder: string | undefined;
  readonly onProgress: (line: string) => void;
}

/** One measured pass over the whole topic. */
export interface Pass {
  readonly cpuSecondsPerMillion: number;
  readonly recordsPerSecond: number;
  readonly peakRssMb: number;
  /** Undefined: output as the reference says. */
  readonly problem: string | undefined;
}

/** CPU-seconds per million input records. */
export const cpuPerMillion = (cpuMs: number, records: number): number => cpuMs / 1000 / (records / 1_000_000);
