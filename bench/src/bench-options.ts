import { parseArgs } from 'node:util';
import { GUARANTEES, type Guarantee } from './measure/result-row.ts';
import { WORKLOADS, type WorkloadName } from './workload/workload.ts';

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
}

export const USAGE = `npm run bench -- WORKLOAD [options]
  WORKLOAD            select, map, window, script, or all
  --guarantee G       exactly-once, at-least-once or both (default both)
  --records N         size of the data set (default 3000000)
  --threads N         threads of the worker, 1 to 8 (default 1)
  --runs N            passes of each kind, the figures are medians (default 3)
  --seed N            seed of the data set (default 1)
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
      guarantee: { type: 'string', default: 'both' },
      records: { type: 'string', default: '3000000' },
      threads: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
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
  const workload = WORKLOADS.find((known) => known === name);
  if (!isAll && workload === undefined) {
    throw new Error(`Unknown workload "${name}": choose one of ${WORKLOADS.join(', ')}, all.`);
  }
  const guarantee = GUARANTEES.find((known) => known === values.guarantee);
  if (guarantee === undefined && values.guarantee !== 'both') {
    throw new Error(`Unknown guarantee "${values.guarantee}": choose one of ${GUARANTEES.join(', ')}, both.`);
  }
  return {
    workloads: workload === undefined ? WORKLOADS : [workload],
    isAll,
    guarantees: guarantee === undefined ? GUARANTEES : [guarantee],
    records: wholeNumber('records', values.records, 1, 100_000_000),
    threads: wholeNumber('threads', values.threads, 1, 8),
    passes: wholeNumber('runs', values.runs, 1, 99),
    seed: wholeNumber('seed', values.seed, 0, 4_294_967_295),
    json: values.json,
    peers: values.peers,
    quick: values.quick,
    profileFolder: values.profile,
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
