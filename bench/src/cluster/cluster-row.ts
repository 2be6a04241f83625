import type { Guarantee } from '../measure/result-row.ts';
import { rounded, spreadOf } from '../measure/statistics.ts';
import type { WorkloadName } from '../workload/workload.ts';
import type { ModeOrder, ModePass, Stretch } from './measure-mode.ts';
import { MODES, type Mode, type Role } from './mode.ts';
import type { Spent } from './process-sample.ts';

/** What `--mode cluster --json` prints, one for each workload and guarantee. Names are fixed: scripts read them. */
export interface ClusterRow {
  readonly workload: WorkloadName;
  readonly guarantee: Guarantee;
  readonly records: number;
  readonly passes: number;
  readonly executors: number;
  readonly threads: number;
  /** What was asked for in the steady part, records/s. */
  readonly rate: number;
  readonly standalone: ModeFigures;
  readonly cluster: ModeFigures;
  /** CPU time of all processes in Cluster Mode by that of the worker in Standalone Mode, per record, at the rate. */
  readonly ratio: number;
  /** The same at full speed. */
  readonly fullSpeedRatio: number;
  readonly verified: boolean;
  /** Why `verified` is false. */
  readonly problems: readonly string[];
}

/** Medians over all passes. */
export interface ModeFigures {
  readonly startSeconds: number;
  readonly stopSeconds: number;
  /** Records/s that were really read in the steady part. */
  readonly steadyRecordsPerSecond: number;
  /** CPU-seconds per million records. */
  readonly steadyCpu: CpuFigures;
  readonly fullSpeedRecordsPerSecond: number;
  readonly fullSpeedCpu: CpuFigures;
  /** CPU-seconds of one minute with nothing to read. */
  readonly restCpuPerMinute: CpuFigures;
  /** Time one batch takes with nothing to read, in ms; null in Standalone Mode, and where no heartbeat told of one. */
  readonly restBatchMs: { readonly median: number; readonly max: number } | null;
  readonly memory: readonly { readonly role: Role; readonly steadyMb: number; readonly peakMb: number }[];
}

export interface CpuFigures extends Readonly<Record<keyof Spent, number>> {
  readonly togetherMin: number;
  readonly togetherMax: number;
}

export const clusterRow = (
  records: number,
  { workload, guarantee, size, rate }: ModeOrder,
  measured: Readonly<Record<Mode, readonly ModePass[]>>,
): ClusterRow => {
  const standalone = figuresOf(measured.standalone);
  const cluster = figuresOf(measured.cluster);
  const problems = MODES.flatMap((mode) =>
    measured[mode].flatMap(({ problem }) => (problem === undefined ? [] : `${mode}: ${problem}`)),
  );
  return {
    workload: workload.name,
    guarantee,
    records,
    passes: measured.cluster.length,
    executors: size.executors,
    threads: size.threads,
    rate,
    standalone,
    cluster,
    ratio: rounded(cluster.steadyCpu.together / standalone.steadyCpu.together),
    fullSpeedRatio: rounded(cluster.fullSpeedCpu.together / standalone.fullSpeedCpu.together),
    verified: problems.length === 0,
    problems,
  };
};

const figuresOf = (passes: readonly ModePass[]): ModeFigures => {
  const median = (of: (pass: ModePass) => number, digits = 3): number =>
    rounded(spreadOf(passes.map(of)).median, digits);
  const perMillion = (of: (pass: ModePass) => Stretch): CpuFigures =>
    cpuFigures(passes.map(of), ({ records }) => 1000 * (records / 1_000_000));
  const batches = passes.flatMap(({ restBatchMs }) => restBatchMs);
  return {
    startSeconds: median((pass) => pass.startSeconds),
    stopSeconds: median((pass) => pass.stopSeconds),
    steadyRecordsPerSecond: Math.round(median(({ steady }) => steady.records / steady.seconds, 5)),
    steadyCpu: perMillion((pass) => pass.steady),
    fullSpeedRecordsPerSecond: Math.round(median(({ fullSpeed }) => fullSpeed.records / fullSpeed.seconds)),
    fullSpeedCpu: perMillion((pass) => pass.fullSpeed),
    restCpuPerMinute: cpuFigures(
      passes.map(({ rest }) => rest),
      ({ seconds }) => 1000 * (seconds / 60),
    ),
    restBatchMs: batches.length === 0 ? null : { median: spreadOf(batches).median, max: Math.max(...batches) },
    memory: (passes[0]?.memory ?? []).map(({ role }, index) => ({
      role,
      steadyMb: Math.round(median(({ memory }) => memory[index]?.steadyMb ?? 0, 6)),
      peakMb: Math.round(Math.max(...passes.map(({ memory }) => memory[index]?.peakMb ?? 0))),
    })),
  };
};

const cpuFigures = (stretches: readonly Stretch[], perMs: (stretch: Stretch) => number): CpuFigures => {
  const spread = (role: keyof Spent) => spreadOf(stretches.map((stretch) => stretch.spent[role] / perMs(stretch)));
  const together = spread('together');
  return {
    driver: rounded(spread('driver').median),
    executors: rounded(spread('executors').median),
    workers: rounded(spread('workers').median),
    together: rounded(together.median),
    togetherMin: rounded(together.min),
    togetherMax: rounded(together.max),
  };
};
