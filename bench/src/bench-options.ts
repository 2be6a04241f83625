import { parseArgs } from 'node:util';
import type { ClusterOrder } from './cluster/bench-cluster.ts';
import { pacedSeconds } from './cluster/measure-mode.ts';
import { MODES } from './cluster/mode.ts';
import { GUARANTEES, type Guarantee } from './measure/result-row.ts';
import { FURTHER_WORKLOADS, WORKLOADS, type WorkloadName } from './workload/workload.ts';

export interface BenchOptions {
  readonly workloads: readonly WorkloadName[];
  /** Also two threads for `map`, and memory over ten million records. */
  readonly isAll: boolean;
  readonly guarantees: readonly Guarantee[];
  readonly records: number;
  readonly threads: number;
  readonly passes: number;
  readonly seed: number;
  readonly json: boolean;
  readonly peers: boolean;
  readonly quick: boolean;
  readonly profileFolder: string | undefined;
  /** Measure Cluster Mode, beside Standalone Mode, instead. */
  readonly cluster: Pick<ClusterOrder, 'size' | 'rate' | 'seconds'> | undefined;
}

export const USAGE = `npm run bench -- WORKLOAD [options]
  WORKLOAD            select, map, window, script, or all (of these); window-wide, keyless
  --mode M            standalone, or cluster: what Cluster Mode costs beside Standalone Mode (default standalone)
  --guarantee G       exactly-once, at-least-once or both (default both; with --mode cluster exactly-once)
  --records N         size of the data set (default 3000000)
  --threads N         threads of the worker, 1 to 8 (default 1)
  --runs N            passes of each kind, the figures are medians (default 3; with --mode cluster 1)
  --seed N            seed of the data set (default 1)
  --rate N            with --mode cluster: records per second of the steady part (default 20000)
  --seconds N         with --mode cluster: how long that and the time at rest are measured (default 60)
  --executors N       with --mode cluster: Spark executors (default 1)
  --peers             measure Kafka Streams (exactly-once) beside the worker
  --quick             with all: without the passes over ten million records
  --profile FOLDER    write CPU profiles of the worker there (the figures are then higher)
  --json              print an array of objects and nothing else on standard output`;

/** Undefined: help is asked for. Throws an Error with one sentence for people where the arguments are not valid. */
export const parseBenchOptions = (args: readonly string[]): BenchOptions | undefined => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      mode: { type: 'string', default: 'standalone' },
      guarantee: { type: 'string' },
      records: { type: 'string', default: '3000000' },
      threads: { type: 'string', default: '1' },
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      rate: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '60' },
      executors: { type: 'string', default: '1' },
      peers: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new Error('Exactly one workload is needed.');
  const isAll = name === 'all';
  const known: readonly WorkloadName[] = [...WORKLOADS, ...FURTHER_WORKLOADS];
  const workload = known.find((one) => one === name);
  if (!isAll && workload === undefined) {
    throw new Error(`Unknown workload "${name}": choose one of ${known.join(', ')}, all.`);
  }
  const mode = MODES.find((known) => known === values.mode);
  if (mode === undefined) throw new Error(`Unknown mode "${values.mode}": choose one of ${MODES.join(', ')}.`);
  const isCluster = mode === 'cluster';
  if (isCluster && (values.peers || values.profile !== undefined)) {
    throw new Error('--peers and --profile go with --mode standalone only.');
  }
  if (isCluster && FURTHER_WORKLOADS.some((further) => further === workload)) {
    throw new Error(`"${workload}" goes with --mode standalone only.`);
  }
  const wanted = values.guarantee ?? (isCluster ? 'exactly-once' : 'both');
  const guarantee = GUARANTEES.find((known) => known === wanted);
  if (guarantee === undefined && wanted !== 'both') {
    throw new Error(`Unknown guarantee "${wanted}": choose one of ${GUARANTEES.join(', ')}, both.`);
  }
  const records = wholeNumber('records', values.records, 1, 100_000_000);
  const threads = wholeNumber('threads', values.threads, 1, 8);
  const executors = wholeNumber('executors', values.executors, 1, 8);
  const rate = wholeNumber('rate', values.rate, 1, 1_000_000);
  const seconds = wholeNumber('seconds', values.seconds, 1, 3600);
  const needed = rate * pacedSeconds(seconds);
  if (isCluster && records < needed) {
    throw new Error(`At --rate ${rate} for --seconds ${seconds} at least --records ${needed} are needed.`);
  }
  return {
    workloads: workload === undefined ? WORKLOADS : [workload],
    isAll,
    guarantees: guarantee === undefined ? GUARANTEES : [guarantee],
    records,
    threads,
    passes: wholeNumber('runs', values.runs ?? (isCluster ? '1' : '3'), 1, 99),
    seed: wholeNumber('seed', values.seed, 0, 4_294_967_295),
    json: values.json,
    peers: values.peers,
    quick: values.quick,
    profileFolder: values.profile,
    cluster: isCluster ? { size: { executors, threads }, rate, seconds } : undefined,
  };
};

/** An option that must be a whole number within bounds. */
export const wholeNumber = (name: string, text: string, low: number, high: number): number => {
  const value = Number(text.replaceAll('_', '') || Number.NaN);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`--${name} must be a whole number from ${low} to ${high}, not "${text}".`);
  }
  return value;
};
