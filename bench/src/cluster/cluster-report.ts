import type { ClusterRow, CpuFigures } from './cluster-row.ts';
import { WARM_UP_SECONDS } from './measure-mode.ts';
import { MODES } from './mode.ts';

/** The bar: exactly-once, at 20,000 records/s and above. */
const MAX_RATIO = 1.5;
const FROM_RATE = 20_000;

const cpu = (figures: CpuFigures): string[] =>
  [figures.together, figures.driver, figures.executors, figures.workers].map((value) => value.toFixed(2));

const TITLES = ['', 'together', 'driver', 'executors', 'workers', 'records/s', 'ratio'];

const table = (lines: readonly (readonly string[])[]): string[] => {
  const widths = TITLES.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  return [TITLES, ...lines].map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const rowReport = (row: ClusterRow): string[] => {
  const { workload, guarantee, records, passes, executors, threads, rate, ratio, fullSpeedRatio } = row;
  const figures = MODES.map((mode) => [mode, row[mode]] as const);
  return [
    `${workload}, ${guarantee}, ${records.toLocaleString('en')} records, executors ${executors}, threads of each ` +
      `${threads}, passes ${passes}: CPU-seconds (user + system) per million records`,
    ...table([
      ...figures.map(([mode, of]) => [
        `${mode}, ${rate.toLocaleString('en')}/s`,
        ...cpu(of.steadyCpu),
        of.steadyRecordsPerSecond.toLocaleString('en'),
        mode === 'cluster' ? ratio.toFixed(2) : '',
      ]),
      ...figures.map(([mode, of]) => [
        `${mode}, full speed`,
        ...cpu(of.fullSpeedCpu),
        of.fullSpeedRecordsPerSecond.toLocaleString('en'),
        mode === 'cluster' ? fullSpeedRatio.toFixed(2) : '',
      ]),
      ...figures.map(([mode, of]) => [`${mode}, one minute at rest (CPU-s)`, ...cpu(of.restCpuPerMinute)]),
    ]),
    ...figures.map(([mode, { startSeconds, stopSeconds, restBatchMs, memory }]) =>
      [
        `${mode}: start to RUNNING ${startSeconds.toFixed(1)} s, stop to STOPPED ${stopSeconds.toFixed(1)} s`,
        ...(restBatchMs === null ? [] : [`a batch at rest ${restBatchMs.median} ms (at most ${restBatchMs.max})`]),
        `MB steady/peak: ${memory.map(({ role, steadyMb, peakMb }) => `${role} ${steadyMb}/${peakMb}`).join(', ')}`,
      ].join('; '),
    ),
    ...row.problems.map((problem) => `NOT VERIFIED ${workload} ${guarantee}: ${problem}`),
    ...(guarantee === 'exactly-once' && rate >= FROM_RATE
      ? [
          `${ratio <= MAX_RATIO ? 'met   ' : 'MISSED'} CPU of Cluster against Standalone Mode: ${ratio} (bar ${MAX_RATIO})`,
        ]
      : []),
    '',
  ];
};

/** Tables for people. */
export const clusterReportOf = (rows: readonly ClusterRow[]): string =>
  [
    ...rows.flatMap(rowReport),
    'Each process is counted by its own /proc entry, without its children: the JVM of the driver, those of the executors',
    `and the workers beside them. The steady part begins ${WARM_UP_SECONDS} s after RUNNING. Full speed counts from the call that raises`,
    'the rate, which is heard with the next heartbeat: its records/s are a lower bound. Start and end of a process are not',
    'in these figures, nor are broker, YARN and service, whose part is the same for both modes or that of a whole cluster.',
  ].join('\n');
