import type { JsonObject } from '@penstock/model';

export const MODES = ['standalone', 'cluster'] as const;
export type Mode = (typeof MODES)[number];

/** What a mode's processes are for. */
export type Role = 'driver' | 'executor' | 'worker';

export interface Size {
  readonly executors: number;
  /** Task threads of each worker. */
  readonly threads: number;
}

/** The start request for this mode; both get the same number of task threads in all. */
export const startRequest = (mode: Mode, { executors, threads }: Size, kafkaRate: number): JsonObject =>
  mode === 'standalone'
    ? { executionMode: 0, kafkaRate, resourceConfig: { server: executors * threads } }
    : {
        executionMode: 1,
        kafkaRate,
        resourceConfig: { server: 1, yarn: { workerCount: executors, master: 1, slave: threads } },
      };
