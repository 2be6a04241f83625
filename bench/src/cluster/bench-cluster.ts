import { type BenchRun, cpuPerMillion } from '../measure/bench-run.ts';
import type { Guarantee } from '../measure/result-row.ts';
import { rounded } from '../measure/statistics.ts';
import type { WorkloadName } from '../workload/workload.ts';
import { workloads } from '../workload/workloads.ts';
import { type ClusterRow, clusterRow } from './cluster-row.ts';
import { type ModeOrder, type ModePass, measureMode } from './measure-mode.ts';
import { MODES, type Mode, type Size } from './mode.ts';
import { startServiceWorld } from './service-world.ts';

export interface ClusterOrder {
  readonly workloads: readonly WorkloadName[];
  readonly guarantees: readonly Guarantee[];
  readonly size: Size;
  readonly rate: number;
  readonly seconds: number;
  readonly passes: number;
}

/** Measures Cluster Mode beside Standalone Mode, in turns, both started through the service. */
export const benchCluster = async (run: BenchRun, given: ClusterOrder): Promise<ClusterRow[]> => {
  const world = await startServiceWorld(run.folder, run.kafka, run.onProgress);
  try {
    const rows: ClusterRow[] = [];
    for (const name of given.workloads) {
      const workload = workloads[name];
      const expected = workload.reference(run.data);
      for (const guarantee of given.guarantees) {
        const order: ModeOrder = { ...given, workload, guarantee, expected };
        const measured: Record<Mode, ModePass[]> = { standalone: [], cluster: [] };
        for (let pass = 1; pass <= given.passes; pass++) {
          for (const mode of MODES) {
            const result = await measureMode(run, world, mode, order);
            measured[mode].push(result);
            run.onProgress(`${name} ${guarantee} pass ${pass}/${given.passes}: ${mode} ${lineOf(result)}`);
          }
        }
        rows.push(clusterRow(run.data.records, order, measured));
      }
    }
    return rows;
  } finally {
    await world.close();
  }
};

const lineOf = ({ steady, fullSpeed, problem }: ModePass): string => {
  const perSecond = (ms: number): string => (ms / steady.seconds).toFixed(1);
  const { driver, executors, workers, together } = steady.spent;
  return (
    `${perSecond(together)} ms CPU/s at ${Math.round(steady.records / steady.seconds)} records/s ` +
    `(driver ${perSecond(driver)}, executors ${perSecond(executors)}, workers ${perSecond(workers)}), ` +
    `full speed ${rounded(cpuPerMillion(fullSpeed.spent.together, fullSpeed.records))} CPU-s/M` +
    (problem === undefined ? '' : `, WRONG: ${problem}`)
  );
};
