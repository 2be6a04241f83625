import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from '@penstock/dev';
import { createTopicAdmin } from '@penstock/kafka';
import { type Heartbeat, type JsonObject, manifestTopicOf, type RunSpec, stateTopicOf } from '@penstock/model';
import { readTopic } from '@penstock/testkit/kafka';
import { localPrograms } from '@penstock/worker/local-programs';
import { ORG_ID } from '../data/measurements.ts';
import type { BenchRun } from '../measure/bench-run.ts';
import { startMeasured } from '../measure/measured-process.ts';
import { withOutputTopic } from '../measure/output-topic.ts';
import { MEASURED, SOURCE, TARGET } from './operator-document.ts';
import type { OperatorServices } from './operator-services.ts';

const MEMORY_MB = 2048;
/** As the service's launcher starts it. */
const NODE_ARGUMENTS = ['--no-node-snapshot', `--max-old-space-size=${Math.floor(MEMORY_MB * 0.6)}`];
const POLL_MS = 50;
/** Without progress for so long the worker is taken for stuck. */
const STALLED_MS = 60_000;
/** What comes before is warm-up. */
const WARM_UP_SHARE = 0.2;

export interface OperatorOrder {
  readonly id: string;
  readonly input: string;
  /** Records in it. */
  readonly records: number;
  /** Between the input and an output topic. */
  readonly document: (output: string) => JsonObject;
  /** Errors are part of what is measured. */
  readonly hasErrors: boolean;
}

export interface OperatorFigures {
  readonly output: number;
  readonly recordsPerSecondPerCore: number;
  readonly recordsPerSecond: number;
  readonly problems: readonly string[];
}

/** Has the real worker work off the whole topic, and accounts for every record. */
export const measureOperator = (
  run: Omit<BenchRun, 'data' | 'input'>,
  services: OperatorServices,
  order: OperatorOrder,
): Promise<OperatorFigures> =>
  withOutputTopic(run.client, order.id, async (output) => {
    const pipelineId = `bench-${order.id}-${randomUUID().slice(0, 8)}`;
    const spec: RunSpec = {
      runId: randomUUID(),
      pipelineId,
      orgId: ORG_ID,
      messageChannel: 0,
      document: order.document(output),
      kafka: { bootstrapServers: run.kafka.bootstrapServers },
      threads: 1,
      memoryMb: MEMORY_MB,
      kafkaRate: 100_000_000,
      outbound: { networks: ['127.0.0.0/8'] },
      control: { endpointsFile: services.endpointsFile, token: services.token },
    };
    const specFile = join(run.folder, `${pipelineId}.json`);
    const logFile = join(run.folder, `${pipelineId}.log`);
    writeFileSync(specFile, JSON.stringify(spec), { mode: 0o600 });
    const { main } = await localPrograms({ folder: join(cacheFolder(), 'programs') });
    const worker = startMeasured(process.execPath, [...NODE_ARGUMENTS, main, specFile], { logFile });
    const hasEnded = (): boolean => worker.child.exitCode !== null || worker.child.signalCode !== null;
    let done: Heard;
    try {
      done = await untilDone(services, order.records, hasEnded);
    } catch (error) {
      worker.child.kill('SIGKILL');
      await worker.ended;
      throw new Error(`${String(error)}\nThe end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-4000)}`);
    }
    const figures = ratesOf(services.heard, done, order.records);
    services.pause();
    const { exitCode, signal } = await worker.ended;
    let written = 0;
    await readTopic(run.client, output, (batch) => {
      written += batch.count;
    });
    await createTopicAdmin(run.client).deleteTopics([stateTopicOf(pipelineId), manifestTopicOf(pipelineId)]);
    const problems = [
      ...(exitCode === 0 ? [] : [`the worker ended with ${exitCode ?? signal}`]),
      ...accountProblems((services.heard.at(-1) ?? done).heartbeat, order, written),
    ];
    return { ...figures, output: written, problems };
  });

type Heard = OperatorServices['heard'][number];

/** How far the source has been read, of which it is sure. */
const committedOf = ({ tasks }: Heartbeat): number =>
  tasks.filter(({ part }) => part === 0).reduce((sum, { committedOffset }) => sum + Math.max(0, committedOffset), 0);

/** The first heartbeat that says that nothing is left, neither of the source nor behind cuts. */
const untilDone = async (services: OperatorServices, records: number, hasEnded: () => boolean): Promise<Heard> => {
  let progress = { at: performance.now(), seen: '' };
  for (let looked = 0; ; await delay(POLL_MS)) {
    const { heard } = services;
    for (; looked < heard.length; looked++) {
      const [earlier, later] = [heard[looked - 1], heard[looked]];
      if (earlier === undefined || later === undefined || committedOf(earlier.heartbeat) < records) continue;
      const [before, now] = [earlier.heartbeat, later.heartbeat];
      // Behind a cut, what was written last may not have been seen yet: two in a row say the same.
      const isIdle = now.tasks.every(({ lag }) => lag === 0) && now.recordsWritten === before.recordsWritten;
      if (isIdle && before.recordsRead === now.recordsRead) return earlier;
    }
    const last = heard.at(-1)?.heartbeat;
    const seen = last === undefined ? '' : `${committedOf(last)} ${last.recordsWritten}`;
    if (seen !== progress.seen) progress = { at: performance.now(), seen };
    if (hasEnded()) throw new Error(`the worker ended by itself: ${JSON.stringify(last?.failure)}`);
    if (performance.now() - progress.at > STALLED_MS) throw new Error(`no progress for ${STALLED_MS} ms at ${seen}`);
  }
};

const ratesOf = (heard: readonly Heard[], done: Heard, records: number) => {
  const first = heard.find(({ heartbeat }) => committedOf(heartbeat) >= records * WARM_UP_SHARE);
  // All in one heartbeat: too little to leave anything out.
  const isShort = first === undefined || first.at >= done.at;
  const from = isShort ? { at: heard[0]?.at ?? 0, cpuMs: 0, committed: 0 } : measuredAt(first);
  const to = measuredAt(done);
  const rate = (ms: number): number => Math.round(((records - from.committed) / Math.max(1, ms)) * 1000);
  return { recordsPerSecondPerCore: rate(to.cpuMs - from.cpuMs), recordsPerSecond: rate(to.at - from.at) };
};

const measuredAt = ({ at, heartbeat }: Heard) => ({ at, cpuMs: heartbeat.cpuMs, committed: committedOf(heartbeat) });

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What does not add up. */
const accountProblems = ({ stages }: Heartbeat, order: OperatorOrder, written: number): string[] => {
  const { records, hasErrors } = order;
  const [source, measured, target] = [SOURCE, MEASURED, TARGET].map((name) => stages[name]);
  const problems: string[] = [];
  const must = (what: string, actual: number | undefined, expected: number | undefined): void => {
    if (actual !== expected) problems.push(`${what}: ${actual} instead of ${expected}`);
  };
  must('records of the source', source?.output, records);
  if (measured !== undefined) must('records that went in', measured.input, records);
  if (target !== undefined) must('records in the output topic', written, target.output);
  for (const [name, { errors }] of Object.entries(stages))
    if (sumOf(errors) > 0 && !hasErrors) problems.push(`errors of ${name}: ${JSON.stringify(errors)}`);
  return problems;
};
