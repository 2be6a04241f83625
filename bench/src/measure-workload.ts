import { hasLimit } from './limit/limit-loops.ts';
import { runLimit } from './limit/run-limit.ts';
import type { BenchRun, Pass } from './measure/bench-run.ts';
import type { ControlEndpoint } from './measure/control-endpoint.ts';
import { MemoryTrend } from './measure/memory-trend.ts';
import type { Guarantee, ResultRow } from './measure/result-row.ts';
import { runWorker, type WorkerPass } from './measure/run-worker.ts';
import { rounded, type Spread, spreadOf } from './measure/statistics.ts';
import { hasPeer, PEER_NAME, runPeer } from './peer/run-peer.ts';
import type { Workload } from './workload/workload.ts';

export interface MeasureOrder {
  readonly workload: Workload;
  readonly guarantees: readonly Guarantee[];
  readonly threads: number;
  /** Passes of each kind; the figures are medians. */
  readonly passes: number;
  /** Class path of the peer, where it shall be measured. */
  readonly peer?: string | undefined;
}

/**
 * Measures one workload: bare limit, worker and peer take turns, because the machine is not equally fast at all
 * times and only what ran side by side can be compared. One row for each guarantee.
 */
export const measureWorkload = async (
  run: BenchRun,
  control: ControlEndpoint,
  order: MeasureOrder,
): Promise<ResultRow[]> => {
  const { workload, guarantees, threads, passes } = order;
  const expected = workload.reference(run.data);
  const limits: Pass[] = [];
  const engines = new Map<Guarantee, WorkerPass[]>(guarantees.map((guarantee) => [guarantee, []]));
  const peers: Pass[] = [];
  const trends = new Map(guarantees.map((guarantee) => [guarantee, new MemoryTrend(run.data.records)]));
  for (let pass = 1; pass <= passes; pass++) {
    const say = (what: string, { cpuSecondsPerMillion, recordsPerSecond, problem }: Pass): void =>
      run.onProgress(
        `${workload.name} pass ${pass}/${passes}: ${what} ${rounded(cpuSecondsPerMillion)} CPU-s/M, ` +
          `${Math.round(recordsPerSecond).toLocaleString('en')} records/s${problem === undefined ? '' : `, WRONG: ${problem}`}`,
      );
    if (hasLimit(workload.name)) {
      const limit = await runLimit(run, workload.name, expected);
      limits.push(limit);
      say('bare limit', limit);
    }
    for (const guarantee of guarantees) {
      const trend = trends.get(guarantee);
      const engine = await runWorker(run, control, {
        workload,
        guarantee,
        threads,
        expected,
        onSample: ({ committed, rssMb }) => trend?.add(committed, rssMb),
      });
      engines.get(guarantee)?.push(engine);
      say(`worker ${guarantee}, ${threads} thread${threads === 1 ? '' : 's'}`, engine);
      // The bar is set for exactly-once alone.
      if (order.peer === undefined || guarantee !== 'exactly-once' || !hasPeer(workload.name)) continue;
      const peer = await runPeer(run, order.peer, { workload: workload.name, guarantee, expected });
      peers.push(peer);
      say(`${PEER_NAME} ${guarantee}`, peer);
    }
  }
  return guarantees.map((guarantee) =>
    toRow(run, order, guarantee, {
      limits,
      engines: engines.get(guarantee) ?? [],
      peers: guarantee === 'exactly-once' ? peers : [],
      rssGrowthMb: trends.get(guarantee)?.growthMb(),
    }),
  );
};

const cpuOf = (passes: readonly Pass[]): Spread => spreadOf(passes.map((pass) => pass.cpuSecondsPerMillion));

const toRow = (
  run: BenchRun,
  { workload, threads, passes }: MeasureOrder,
  guarantee: Guarantee,
  measured: {
    readonly limits: readonly Pass[];
    readonly engines: readonly WorkerPass[];
    readonly peers: readonly Pass[];
    readonly rssGrowthMb: number | undefined;
  },
): ResultRow => {
  const { limits, engines, peers } = measured;
  const cpu = cpuOf(engines);
  const limit = limits.length === 0 ? undefined : cpuOf(limits);
  const peer = peers.length === 0 ? undefined : cpuOf(peers);
  const problems = [...engines, ...limits, ...peers].flatMap(({ problem }) => problem ?? []);
  return {
    workload: workload.name,
    guarantee,
    threads,
    records: run.data.records,
    passes,
    cpuSecondsPerMillion: rounded(cpu.median),
    cpuSecondsPerMillionMin: rounded(cpu.min),
    cpuSecondsPerMillionMax: rounded(cpu.max),
    reportedCpuSecondsPerMillion: rounded(spreadOf(engines.map((pass) => pass.reportedCpuSecondsPerMillion)).median),
    limitCpuSecondsPerMillion: limit === undefined ? null : rounded(limit.median),
    limitCpuSecondsPerMillionMin: limit === undefined ? null : rounded(limit.min),
    limitCpuSecondsPerMillionMax: limit === undefined ? null : rounded(limit.max),
    ratioToLimit: limit === undefined ? null : rounded(cpu.median / limit.median),
    recordsPerSecond: Math.round(spreadOf(engines.map((pass) => pass.recordsPerSecond)).median),
    limitRecordsPerSecond:
      limit === undefined ? null : Math.round(spreadOf(limits.map((pass) => pass.recordsPerSecond)).median),
    peakRssMb: Math.round(Math.max(...engines.map((pass) => pass.peakRssMb))),
    rssGrowthMb: measured.rssGrowthMb === undefined ? null : Math.round(measured.rssGrowthMb),
    verified: problems.length === 0,
    problems,
    ...(peer === undefined
      ? {}
      : {
          peer: PEER_NAME,
          peerCpuSecondsPerMillion: rounded(peer.median),
          peerCpuSecondsPerMillionMin: rounded(peer.min),
          peerCpuSecondsPerMillionMax: rounded(peer.max),
          ratioToPeer: rounded(cpu.median / peer.median),
        }),
  };
};
