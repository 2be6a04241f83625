import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalKafka } from '@penstock/dev';
import { connectKafka, createTopicAdmin } from '@penstock/kafka';
import { messageOf } from '@penstock/model';
import { type BenchOptions, parseBenchOptions, USAGE } from './bench-options.ts';
import { benchCluster } from './cluster/bench-cluster.ts';
import { clusterReportOf } from './cluster/cluster-report.ts';
import { CLASSIC, type DataSet } from './data/measurements.ts';
import { writeDataset } from './data/write-dataset.ts';
import type { BenchRun } from './measure/bench-run.ts';
import { type ControlEndpoint, startControlEndpoint } from './measure/control-endpoint.ts';
import { checkCanMeasure } from './measure/measured-process.ts';
import type { ResultRow } from './measure/result-row.ts';
import { measureWorkload } from './measure-workload.ts';
import {
  benchOperators,
  OPERATORS_USAGE,
  type OperatorsOptions,
  parseOperatorsOptions,
} from './operators/bench-operators.ts';
import type { OperatorReport } from './operators/operator-row.ts';
import { operatorsPage } from './operators/operators-page.ts';
import { buildPeer } from './peer/build-peer.ts';
import { reportOf } from './report.ts';
import { workloads } from './workload/workloads.ts';

/** `npm run bench`: measures the real worker on a real broker. Progress goes to standard error. */

const LONG_RECORDS = 10_000_000;
const progress = (line: string): void => console.error(`bench: ${line}`);

/** What both ways of measuring stand on: a folder, a broker, and their end. */
const withBroker = async <T>(profileFolder: string | undefined, work: (base: RunBase) => Promise<T>): Promise<T> => {
  checkCanMeasure();
  const folder = mkdtempSync(join(tmpdir(), 'penstock-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), isLasting: true, onProgress: progress });
  // Ctrl-C ends the broker by its own exit hook, and the folder by ours.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const client = await connectKafka({ bootstrapServers: kafka.bootstrapServers }, { clientId: 'bench' });
  try {
    return await work({ folder, kafka, client, profileFolder, onProgress: progress });
  } finally {
    await client.close();
    await kafka.stop();
  }
};

const measureStandalone = async (base: RunBase, options: BenchOptions): Promise<ResultRow[]> => {
  const peer = options.peers ? await buildPeer(progress) : undefined;
  const control = await startControlEndpoint(join(base.folder, 'endpoints.json'), randomUUID());
  try {
    const { records, seed } = options;
    // A workload with a data set of its own is measured alone.
    const [shape = CLASSIC] = options.workloads.map((name) => workloads[name].shape);
    const rows = await withDataset(base, { records, seed, shape }, async (run) => {
      const measured: ResultRow[] = [];
      for (const name of options.workloads) {
        const order = { ...options, workload: workloads[name], peer };
        measured.push(...(await measureWorkload(run, control, order)));
      }
      if (options.isAll) measured.push(...(await twoThreads(run, control, options)));
      return measured;
    });
    if (options.isAll && !options.quick) rows.push(...(await longRuns(base, control, options)));
    return rows;
  } finally {
    await control.close();
  }
};

type RunBase = Omit<BenchRun, 'data' | 'input'>;

const withDataset = async <T>(base: RunBase, data: DataSet, work: (run: BenchRun) => Promise<T>): Promise<T> => {
  const { records, seed } = data;
  const input = `bench-input-${records}`;
  progress(`writing ${records.toLocaleString('en')} records of seed ${seed}`);
  await writeDataset(base.client, input, data);
  try {
    return await work({ ...base, data, input });
  } finally {
    await createTopicAdmin(base.client).deleteTopics([input]);
  }
};

const twoThreads = (run: BenchRun, control: ControlEndpoint, options: BenchOptions): Promise<ResultRow[]> =>
  measureWorkload(run, control, {
    workload: workloads.map,
    guarantees: ['exactly-once'],
    threads: 2,
    passes: options.passes,
  });

/** Memory must not grow with what was read: once over ten million records, without and with state. */
const longRuns = (base: RunBase, control: ControlEndpoint, options: BenchOptions): Promise<ResultRow[]> =>
  withDataset(base, { records: LONG_RECORDS, seed: options.seed }, async (run) => {
    const rows: ResultRow[] = [];
    for (const workload of [workloads.map, workloads.window]) {
      rows.push(
        ...(await measureWorkload(run, control, { workload, guarantees: ['exactly-once'], threads: 1, passes: 1 })),
      );
    }
    return rows;
  });

/** Every operator by itself; one that was not verified makes the whole of it a failure. */
const operators = async ({ page, json, ...order }: OperatorsOptions): Promise<number> => {
  if (page !== undefined) {
    process.stdout.write(operatorsPage(JSON.parse(readFileSync(page, 'utf8')) as OperatorReport));
    return 0;
  }
  const report = await withBroker(undefined, (base) => benchOperators(base, order));
  console.log(json ? JSON.stringify(report, null, 2) : operatorsPage(report));
  return report.rows.every(({ verified }) => verified) ? 0 : 1;
};

const workloadsOf = async (options: BenchOptions): Promise<number> => {
  const { cluster, records, seed } = options;
  const { rows, report } = await withBroker(options.profileFolder, async (base) => {
    if (cluster === undefined) {
      const measured = await measureStandalone(base, options);
      return { rows: measured, report: () => reportOf(measured) };
    }
    const order = { ...options, ...cluster };
    const measured = await withDataset(base, { records, seed }, (run) => benchCluster(run, order));
    return { rows: measured, report: () => clusterReportOf(measured) };
  });
  console.log(options.json ? JSON.stringify(rows, null, 2) : report());
  return rows.every(({ verified }) => verified) ? 0 : 1;
};

const parse = (): (() => Promise<number>) => {
  const [name, ...args] = process.argv.slice(2);
  const isOperators = name === 'operators' && !args.includes('--help');
  try {
    if (isOperators) {
      const options = parseOperatorsOptions(args);
      return () => operators(options);
    }
    const options = parseBenchOptions(process.argv.slice(2));
    if (options !== undefined) return () => workloadsOf(options);
    console.log(`${USAGE}\n\n${OPERATORS_USAGE}`);
    process.exit(0);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${isOperators ? OPERATORS_USAGE : USAGE}`);
    process.exit(2);
  }
};

const work = parse();
try {
  process.exitCode = await work();
} catch (error) {
  progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
