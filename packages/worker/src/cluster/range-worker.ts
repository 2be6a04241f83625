import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import {
  messageOf,
  type RangeAnswer,
  type RangeRequest,
  type RunEvent,
  type RunSpec,
  type SnapshotRequest,
  type SnapshotResult,
  type StageCounters,
  type Work,
  type WorkerReport,
} from '@penstock/model';
import { RepeatedEvents } from '../control/repeated-events.ts';
import { mergeSnapshots } from '../snapshot/merge-snapshots.ts';
import type { ThreadReport } from '../standalone/thread-messages.ts';
import { createRateCells, RateFiller } from '../task/rate-limiter.ts';
import { addAllWork, addCounters, wholeWork } from '../task/sum-counters.ts';
import type { FromRangeThread, RangeThreadInput, ThreadAnswer } from './thread-messages.ts';

const FILL_MS = 20;
const MAX_EVENTS = 200;

interface RangeThread {
  readonly thread: Thread;
  readonly asked: Map<number, (answer: RangeAnswer) => void>;
  report: ThreadReport | undefined;
  snapshot: SnapshotResult | undefined;
}

/** The worker beside a Spark executor: hands requests to its task threads and keeps the books. */
export class RangeWorker {
  readonly #spec: RunSpec;
  readonly #workerId = randomUUID();
  readonly #rate = createRateCells();
  readonly #filler: RateFiller;
  #isFilling = false;
  readonly #threads: RangeThread[] = [];
  readonly #onFatal: (message: string) => void;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #repeated = new RepeatedEvents();
  #events: RunEvent[] = [];
  #snapshot: SnapshotRequest | undefined;

  /** `onFatal`: a thread died; what it held is uncertain, so that the process has to go. `onEvent`: for the log. */
  constructor(spec: RunSpec, onFatal: (message: string) => void, onEvent: (event: RunEvent) => void) {
    this.#spec = spec;
    this.#onFatal = onFatal;
    this.#onEvent = onEvent;
    this.#filler = new RateFiller(this.#rate, spec.kafkaRate, performance.now());
    for (let index = 0; index < spec.threads; index++) this.#threads.push(this.#start(index));
  }

  /** Resolves to the answer, always: a failure is one too. */
  async ask(request: RangeRequest): Promise<RangeAnswer> {
    switch (request.kind) {
      case 'hello':
        return { id: request.id, ok: true, workerId: this.#workerId, pid: process.pid, threads: this.#spec.threads };
      case 'prepare':
        return this.#askThread(0, request);
      case 'open':
        return this.#askThread(request.thread, request);
      case 'run':
        this.#pace(request.kafkaRate);
        this.#snapshot = request.snapshot;
        return this.#askThread(request.thread, request);
    }
  }

  /** Only a source without a topic takes tokens; for all others the driver's ranges are the rate. */
  #pace(kafkaRate: number): void {
    if (kafkaRate !== this.#filler.rate) this.#filler.setRate(kafkaRate);
  }

  #askThread(index: number, request: Exclude<RangeRequest, { kind: 'hello' }>): Promise<RangeAnswer> {
    const asked = this.#threads[index];
    if (asked === undefined) {
      const message = `The worker has ${this.#threads.length} task threads; there is no thread ${index}.`;
      const error = { code: 'WORKER_THREAD_UNKNOWN', message, retryable: false };
      return Promise.resolve({ id: request.id, ok: false, error });
    }
    return new Promise((resolve) => {
      asked.asked.set(request.id, resolve);
      asked.thread.postMessage(request);
    });
  }

  #start(index: number): RangeThread {
    const input: RangeThreadInput = { spec: this.#spec, thread: index, rate: this.#rate };
    const { memoryMb, threads } = this.#spec;
    // Beside this file, with its own kind of name: TypeScript in the source tree, JavaScript in the bundle.
    const entry = new URL(`./range-thread${extname(import.meta.url)}`, import.meta.url);
    const thread = new Thread(entry, {
      workerData: input,
      resourceLimits: {
        maxYoungGenerationSizeMb: 24,
        maxOldGenerationSizeMb: Math.max(256, Math.floor((memoryMb * 0.6) / threads)),
      },
    });
    const running: RangeThread = { thread, asked: new Map(), report: undefined, snapshot: undefined };
    thread.on('message', (message: FromRangeThread) => this.#hear(running, message));
    thread.on('error', (error) => this.#onFatal(`A thread of the worker failed: ${messageOf(error)}`));
    thread.on('exit', (code) => this.#onFatal(`A thread of the worker ended with code ${code}.`));
    return running;
  }

  /** Not before somebody takes tokens: the timer alone costs as much CPU as a thousand records a second. */
  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    setInterval(() => this.#filler.fill(performance.now()), FILL_MS).unref();
  }

  #hear(from: RangeThread, message: FromRangeThread): void {
    if (message.kind === 'takes-tokens') {
      this.#fill();
      return;
    }
    if (message.kind === 'event') {
      if (this.#repeated.isRepeated(message.event)) return;
      this.#onEvent(message.event);
      this.#events.push(message.event);
      if (this.#events.length > MAX_EVENTS) this.#events.splice(0, this.#events.length - MAX_EVENTS);
      return;
    }
    const { answer } = message;
    const resolve = from.asked.get(answer.id);
    from.asked.delete(answer.id);
    resolve?.(this.#complete(from, answer));
  }

  /** Puts the whole worker's report in place of the thread's. */
  #complete(from: RangeThread, answer: ThreadAnswer): RangeAnswer {
    if (!answer.ok || !('thread' in answer)) return answer;
    const { thread, snapshot, ...rest } = answer;
    from.report = thread;
    from.snapshot = snapshot;
    return { ...rest, report: this.#report() };
  }

  #report(): WorkerReport {
    const stages: Record<string, StageCounters> = {};
    const work: Work = {};
    const sums = { recordsRead: 0, bytesRead: 0, recordsWritten: 0 };
    for (const { report } of this.#threads) {
      if (report === undefined) continue;
      sums.recordsRead += report.recordsRead;
      sums.bytesRead += report.bytesRead;
      sums.recordsWritten += report.recordsWritten;
      addCounters(stages, report.stages);
      addAllWork(work, report.work);
    }
    const events = this.#events;
    this.#events = [];
    const cpu = process.cpuUsage();
    const caught = this.#threads.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [snapshot]));
    return {
      workerId: this.#workerId,
      pid: process.pid,
      rssMb: Math.round(process.memoryUsage.rss() / 1048576),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      ...sums,
      stages,
      work: wholeWork(work),
      events,
      ...(this.#snapshot === undefined ? {} : { snapshot: mergeSnapshots(this.#snapshot, caught) }),
    };
  }
}
