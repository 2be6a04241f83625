import { hasLimit, limitDescriptions } from './limit/limit-loops.ts';
import type { ResultRow } from './measure/result-row.ts';
import { WORKLOADS } from './workload/workload.ts';

/** The bars: exactly-once, one thread. */
const MAX_RATIO_TO_LIMIT = 1.5;
const MAX_RATIO_TO_PEER = 0.38;
const MAX_SCRIPT_TO_MAP = 1.8;
const MAX_PEAK_RSS_MB = 400;
const MIN_SPEEDUP = 1.7;

/** A bar that applies to what was measured. */
export interface BarResult {
  readonly what: string;
  readonly value: number;
  readonly bar: number;
  readonly met: boolean;
}

const atMost = (what: string, value: number, bar: number): BarResult => ({ what, value, bar, met: value <= bar });

/** The bars that can be judged from these rows. */
export const judge = (rows: readonly ResultRow[]): BarResult[] => {
  const exactlyOnce = rows.filter(
    ({ guarantee, workload }) => guarantee === 'exactly-once' && WORKLOADS.some((name) => name === workload),
  );
  const map = exactlyOnce.find(({ workload, threads }) => workload === 'map' && threads === 1);
  const results: BarResult[] = [];
  for (const row of exactlyOnce) {
    const { workload, threads, records, peakRssMb, ratioToPeer } = row;
    const name = `${workload}, ${threads} thread${threads === 1 ? '' : 's'}, ${records.toLocaleString('en')} records`;
    if (threads === 1 && workload !== 'script' && row.ratioToLimit !== null) {
      results.push(atMost(`${name}: CPU against the bare limit`, row.ratioToLimit, MAX_RATIO_TO_LIMIT));
    }
    if (threads === 1 && ratioToPeer !== undefined) {
      results.push(atMost(`${name}: CPU against ${row.peer}`, ratioToPeer, MAX_RATIO_TO_PEER));
    }
    if (threads === 1 && workload === 'script' && map !== undefined) {
      const ratio = Number((row.cpuSecondsPerMillion / map.cpuSecondsPerMillion).toFixed(2));
      results.push(atMost(`${name}: CPU against map`, ratio, MAX_SCRIPT_TO_MAP));
    }
    results.push(atMost(`${name}: peak memory, MB`, peakRssMb, MAX_PEAK_RSS_MB));
    const single = exactlyOnce.find(
      (other) => other.workload === workload && other.threads === 1 && other.records === records,
    );
    if (threads > 1 && single !== undefined) {
      const value = Number((row.recordsPerSecond / single.recordsPerSecond).toFixed(2));
      results.push({ what: `${name}: records/s against 1 thread`, value, bar: MIN_SPEEDUP, met: value >= MIN_SPEEDUP });
    }
  }
  return results;
};

const spread = (median: number | null, min: number | null, max: number | null): string =>
  median === null ? '-' : `${median} (${min}–${max})`;

const columns: readonly (readonly [title: string, cell: (row: ResultRow) => string])[] = [
  ['workload', (row) => row.workload],
  ['guarantee', (row) => row.guarantee],
  ['threads', (row) => String(row.threads)],
  ['records', (row) => row.records.toLocaleString('en')],
  [
    'CPU-s/M (min–max)',
    (row) => spread(row.cpuSecondsPerMillion, row.cpuSecondsPerMillionMin, row.cpuSecondsPerMillionMax),
  ],
  [
    'bare limit',
    (row) => spread(row.limitCpuSecondsPerMillion, row.limitCpuSecondsPerMillionMin, row.limitCpuSecondsPerMillionMax),
  ],
  ['ratio', (row) => row.ratioToLimit?.toFixed(2) ?? '-'],
  ['peer', (row) => (row.peerCpuSecondsPerMillion === undefined ? '-' : String(row.peerCpuSecondsPerMillion))],
  ['ratio', (row) => (row.ratioToPeer === undefined ? '-' : row.ratioToPeer.toFixed(2))],
  ['records/s', (row) => row.recordsPerSecond.toLocaleString('en')],
  ['peak MB', (row) => String(row.peakRssMb)],
  ['verified', (row) => (row.verified ? 'yes' : 'NO')],
];

/** Tables for people. */
export const reportOf = (rows: readonly ResultRow[]): string => {
  const table = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const lines = table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const measured = new Set(rows.map(({ workload }) => workload));
  return [
    ...lines,
    '',
    'CPU-s/M: CPU-seconds of the whole worker process per million input records, median (min–max).',
    ...[...measured]
      .filter(hasLimit)
      .map((workload) => `Bare limit of ${workload}: ${limitDescriptions[workload]}; no transactions.`),
    ...rows.flatMap(({ workload, guarantee, problems }) =>
      problems.map((problem) => `NOT VERIFIED ${workload} ${guarantee}: ${problem}`),
    ),
    '',
    ...judge(rows).map(({ what, value, bar, met }) => `${met ? 'met   ' : 'MISSED'} ${what}: ${value} (bar ${bar})`),
  ].join('\n');
};
