import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from '@penstock/dev';
import { createTopicAdmin } from '@penstock/kafka';
import { consumerGroupOf, DeliveryGuarantee, manifestTopicOf, type RunSpec, stateTopicOf } from '@penstock/model';
import { readTopic } from '@penstock/testkit/kafka';
import { localPrograms } from '@penstock/worker/local-programs';
import { ORG_ID } from '../data/measurements.ts';
import type { Fingerprint } from '../workload/fingerprint.ts';
import type { Workload } from '../workload/workload.ts';
import { type BenchRun, cpuPerMillion, type Pass } from './bench-run.ts';
import { type ControlEndpoint, UNLIMITED_RATE } from './control-endpoint.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';
import { withOutputTopic } from './output-topic.ts';
import { outputProblem } from './verify-output.ts';

const MEMORY_MB = 2048;
/** As the service's launcher starts it. */
const NODE_ARGUMENTS = ['--no-node-snapshot', `--max-old-space-size=${Math.floor(MEMORY_MB * 0.6)}`];
const POLL_MS = 50;
/** Without a commit for so long the worker is taken for stuck. */
const STALLED_MS = 60_000;

export interface WorkerOrder {
  readonly workload: Workload;
  readonly guarantee: 'exactly-once' | 'at-least-once';
  readonly threads: number;
  readonly expected: Fingerprint;
  /** Called at each look at the committed offsets. */
  readonly onSample?: (sample: { readonly committed: number; readonly rssMb: number }) => void;
}

export interface WorkerPass extends Pass {
  /** What the worker itself said of its CPU time in its last heartbeat, per million: a cross-check. */
  readonly reportedCpuSecondsPerMillion: number;
}

/** Runs the real worker once over the whole topic, drains it, and checks what it wrote. */
export const runWorker = (run: BenchRun, control: ControlEndpoint, order: WorkerOrder): Promise<WorkerPass> =>
  withOutputTopic(run.client, order.workload.name, async (output) => {
    const { workload, guarantee, threads } = order;
    const pipelineId = `bench-${workload.name}-${randomUUID().slice(0, 8)}`;
    const spec: RunSpec = {
      runId: randomUUID(),
      pipelineId,
      orgId: ORG_ID,
      messageChannel: 0,
      document: workload.document(
        run.input,
        output,
        guarantee === 'exactly-once' ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.AtLeastOnce,
      ),
      kafka: { bootstrapServers: run.kafka.bootstrapServers },
      threads,
      memoryMb: MEMORY_MB,
      kafkaRate: UNLIMITED_RATE,
      control: { endpointsFile: control.endpointsFile, token: control.token },
    };
    const specFile = join(run.folder, `${pipelineId}.json`);
    const logFile = join(run.folder, `${pipelineId}.log`);
    writeFileSync(specFile, JSON.stringify(spec), { mode: 0o600 });
    const profiling =
      run.profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(run.profileFolder)}`];
    control.reset();
    const { main } = await localPrograms({ folder: join(cacheFolder(), 'programs') });
    const worker = startMeasured(process.execPath, [...NODE_ARGUMENTS, ...profiling, main, specFile], { logFile });
    let recordsPerSecond: number;
    try {
      recordsPerSecond = await untilDone(run, worker, order, { group: consumerGroupOf(pipelineId), output });
    } catch (error) {
      worker.child.kill('SIGKILL');
      await worker.ended;
      throw new Error(`${String(error)}\nThe end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
    }
    control.desire('pause');
    const cost = await worker.ended;
    const failure = cost.exitCode === 0 ? undefined : `the worker ended with ${cost.exitCode ?? cost.signal}`;
    const problem = failure ?? (await outputProblem(run.client, output, workload, order.expected));
    await createTopicAdmin(run.client).deleteTopics([stateTopicOf(pipelineId), manifestTopicOf(pipelineId)]);
    return {
      cpuSecondsPerMillion: cpuPerMillion(cost.cpuMs, run.data.records),
      reportedCpuSecondsPerMillion: cpuPerMillion(control.last?.cpuMs ?? 0, run.data.records),
      recordsPerSecond,
      peakRssMb: cost.peakRssMb,
      problem,
    };
  });

/**
 * Waits until the group's committed offsets reach the topic's end, and behind a cut until as much has come out as is
 * expected; gives the rate between the first commit and the last, or the last output.
 */
const untilDone = async (
  run: BenchRun,
  worker: MeasuredProcess,
  order: WorkerOrder,
  { group, output }: { readonly group: string; readonly output: string },
): Promise<number> => {
  const admin = createTopicAdmin(run.client);
  const ends = await admin.latestOffsets(run.input, 'read-committed');
  let first: { readonly at: number; readonly committed: number } | undefined;
  const startedAt = performance.now();
  let last = { at: startedAt, committed: 0 };
  for (;;) {
    if (worker.child.exitCode !== null || worker.child.signalCode !== null) {
      throw new Error(`the worker ended by itself (${worker.child.exitCode ?? worker.child.signalCode})`);
    }
    const offsets = await admin.committedOffsets(group, run.input);
    const at = performance.now();
    // The data topic is written without transactions: its offsets have no gaps and count records.
    const committed = [...offsets.values()].reduce((sum, offset) => sum + Math.max(0, offset), 0);
    if (committed > last.committed) {
      last = { at, committed };
      first ??= last;
      order.onSample?.({ committed, rssMb: worker.rssMb() });
    }
    if ([...ends].every(([partition, end]) => (offsets.get(partition) ?? 0) >= end)) break;
    if (at - last.at > STALLED_MS) throw new Error(`no commit for ${STALLED_MS} ms at ${committed} records`);
    await delay(POLL_MS);
  }
  if (order.workload.isCut)
    last = { at: await untilWritten(run, output, order.expected.records), committed: last.committed };
  // All in one commit: too little to measure a rate with, so the worker's start is counted as well.
  if (first === undefined || last.at === first.at) return (last.committed / (last.at - startedAt)) * 1000;
  return (last.committed - first.committed) / ((last.at - first.at) / 1000);
};

/** When the last of so many records came, or nothing more: what is missing is found when the output is compared. */
const untilWritten = async (run: BenchRun, output: string, expected: number): Promise<number> => {
  let last = { at: performance.now(), records: 0 };
  while (last.records < expected && performance.now() - last.at < STALLED_MS) {
    let records = 0;
    await readTopic(run.client, output, (batch) => {
      records += batch.count;
    });
    if (records > last.records) last = { at: performance.now(), records };
    else await delay(POLL_MS);
  }
  return last.at;
};
