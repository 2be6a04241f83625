import { setTimeout as delay } from 'node:timers/promises';
import { DeliveryGuarantee } from '@penstock/model';
import type { BenchRun } from '../measure/bench-run.ts';
import { withOutputTopic } from '../measure/output-topic.ts';
import type { Guarantee } from '../measure/result-row.ts';
import { outputProblem } from '../measure/verify-output.ts';
import type { Fingerprint } from '../workload/fingerprint.ts';
import type { Workload } from '../workload/workload.ts';
import { BenchPipeline, committedRecords, UNLIMITED_RATE } from './bench-pipeline.ts';
import type { Mode, Role, Size } from './mode.ts';
import { type Look, lookAt, type Spent, spentBetween, threadLines } from './process-sample.ts';
import type { ServiceWorld } from './service-world.ts';

export interface ModeOrder {
  readonly workload: Workload;
  readonly guarantee: Guarantee;
  readonly size: Size;
  /** Records per second of the steady part. */
  readonly rate: number;
  /** How long the steady part is measured, and how long the pipeline at rest, in s. */
  readonly seconds: number;
  readonly expected: Fingerprint;
}

/** CPU time by role over a number of records. */
export interface Stretch {
  readonly records: number;
  readonly seconds: number;
  readonly spent: Spent;
}

/** Memory of one process, in MiB. */
export interface Memory {
  readonly role: Role;
  /** At the end of the steady part. */
  readonly steadyMb: number;
  readonly peakMb: number;
}

/** One life of a pipeline: started, warmed up, measured at a rate, at full speed and at rest, stopped. */
export interface ModePass {
  readonly startSeconds: number;
  readonly stopSeconds: number;
  readonly steady: Stretch;
  readonly fullSpeed: Stretch;
  readonly rest: Stretch;
  /** Processing times of batches at rest, in ms, as far as heartbeats told; none in Standalone Mode. */
  readonly restBatchMs: readonly number[];
  readonly memory: readonly Memory[];
  /** Undefined: output as the reference says. */
  readonly problem: string | undefined;
}

/** After RUNNING: compilers and heaps have found their shape by then, mostly. */
export const WARM_UP_SECONDS = 20;
const POLL_MS = 20;
const FULL_SPEED_POLL_MS = 5;
const SETTLE_MS = 5_000;
const BATCH_POLL_MS = 500;
const STALLED_MS = 60_000;

/** What a pass reads at its rate, in seconds of it: warm-up, the steady part, and the time until it is told to hurry. */
export const pacedSeconds = (seconds: number): number => WARM_UP_SECONDS + seconds + 10;

export const measureMode = (run: BenchRun, world: ServiceWorld, mode: Mode, order: ModeOrder): Promise<ModePass> =>
  withOutputTopic(run.client, order.workload.name, async (output) => {
    const { workload, guarantee, size, rate, seconds } = order;
    const promised = guarantee === 'exactly-once' ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.AtLeastOnce;
    const document = workload.document(run.input, output, promised);
    const pipeline = await BenchPipeline.create(world, `${output}-${mode}`, document, mode, size);
    const startSeconds = await pipeline.start(rate);
    const processes = await pipeline.processes();
    const reading = new Reading(run, pipeline, processes);
    run.onProgress(`${mode}: RUNNING after ${startSeconds.toFixed(1)} s`);

    await delay(WARM_UP_SECONDS * 1000);
    const steady = await reading.stretch(() => delay(seconds * 1000));
    for (const line of threadLines(processes, steady.from, steady.to)) run.onProgress(`${mode}: ${line}`);
    const fullSpeed = await reading.stretch(() => pipeline.rate(UNLIMITED_RATE), run.data.records);

    await delay(SETTLE_MS);
    const atRest = lookAt(processes, run.data.records);
    const restBatchMs = await batchesAtRest(pipeline, seconds * 1000);
    const rested = lookAt(processes, run.data.records);
    for (const line of threadLines(processes, atRest, rested)) run.onProgress(`${mode} at rest: ${line}`);
    const stopSeconds = await pipeline.stop();
    return {
      startSeconds,
      stopSeconds,
      steady: stretchOf(processes, steady.from, steady.to),
      fullSpeed: stretchOf(processes, fullSpeed.from, fullSpeed.to),
      rest: stretchOf(processes, atRest, rested),
      restBatchMs,
      memory: [...processes].map(([pid, role]) => ({
        role,
        steadyMb: steady.to.costs.get(pid)?.rssMb ?? 0,
        peakMb: rested.costs.get(pid)?.peakRssMb ?? 0,
      })),
      problem: await outputProblem(run.client, output, workload, order.expected),
    };
  });

const stretchOf = (processes: ReadonlyMap<number, Role>, from: Look, to: Look): Stretch => ({
  records: to.records - from.records,
  seconds: (to.at - from.at) / 1000,
  spent: spentBetween(processes, from, to),
});

/** Looks at moments at which something was just committed, so that CPU time and records belong together. */
class Reading {
  readonly #run: BenchRun;
  readonly #pipeline: BenchPipeline;
  readonly #processes: ReadonlyMap<number, Role>;

  constructor(run: BenchRun, pipeline: BenchPipeline, processes: ReadonlyMap<number, Role>) {
    this.#run = run;
    this.#pipeline = pipeline;
    this.#processes = processes;
  }

  /** From a commit before `during` to the first one after it, or to that of the record number `until`. */
  async stretch(during: () => Promise<unknown>, until?: number): Promise<{ readonly from: Look; readonly to: Look }> {
    const from = await this.#afterCommit();
    await during();
    return { from, to: await this.#afterCommit(until) };
  }

  async #afterCommit(until?: number): Promise<Look> {
    const begun = performance.now();
    const { client, input } = this.#run;
    const before = await committedRecords(client, this.#pipeline.id, input);
    for (;;) {
      const records = await committedRecords(client, this.#pipeline.id, input);
      if (until === undefined ? records > before : records >= until) return lookAt(this.#processes, records);
      if (performance.now() - begun > STALLED_MS)
        throw new Error(`${this.#pipeline.id} is at ${records} of ${until ?? 'more'} records after ${STALLED_MS} ms`);
      await delay(until === undefined ? POLL_MS : FULL_SPEED_POLL_MS);
    }
  }
}

const batchesAtRest = async (pipeline: BenchPipeline, forMs: number): Promise<number[]> => {
  const end = performance.now() + forMs;
  const seen = new Map<number, number>();
  const first = await pipeline.batch();
  while (performance.now() < end) {
    await delay(Math.min(BATCH_POLL_MS, Math.max(0, end - performance.now())));
    const batch = await pipeline.batch();
    if (batch !== undefined && batch.completed !== first?.completed) seen.set(batch.completed, batch.processingMs);
  }
  return [...seen.values()];
};
