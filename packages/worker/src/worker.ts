import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Worker as Thread } from 'node:worker_threads';
import { compilePlan, type Plan, statefulStages } from '@penstock/engine';
import { connectKafka, createTopicAdmin, type KafkaCluster, type TopicAdmin } from '@penstock/kafka';
import {
  AppError,
  type Heartbeat,
  messageOf,
  type RunEvent,
  type RunFailure,
  type RunSpec,
  type StageCounters,
  WorkerPhase,
} from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import type { ControlChannel } from './control/control-channel.ts';
import { createRateCells, RateFiller } from './rate-limiter.ts';
import { addCounters } from './sum-counters.ts';
import type { FromThread, TaskPlace, ThreadInput, ThreadReport, ToThread } from './thread/messages.ts';
import { prepareTopics } from './topics.ts';

/** What the process says with its exit code. */
export const ExitCode = {
  /** Everything committed, as ordered. */
  Stopped: 0,
  /** Failed in a way that may pass: start me again. */
  Failed: 1,
  /** Failed in a way that starting again cannot help. */
  Fatal: 3,
  /** A newer worker owns the run. */
  TakenOver: 4,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const HEARTBEAT_MS = 1000;
const FILL_MS = 20;
const PARTITIONS_MS = 15_000;
const DRAIN_MS = 25_000;
const FAREWELL_MS = 10_000;
const MAX_EVENTS = 200;

interface RunningThread {
  readonly thread: Thread;
  report: ThreadReport | undefined;
  isReady: boolean;
  isDone: boolean;
}

/** Runs one pipeline in this process: threads with tasks, the rate, the heartbeat. */
export class Worker {
  readonly #spec: RunSpec;
  readonly #control: ControlChannel;
  readonly #workerId = randomUUID();
  readonly #startedAt = Date.now();
  readonly #rateCells = createRateCells();
  readonly #filler: RateFiller;
  readonly #threads: RunningThread[] = [];
  readonly #end = Promise.withResolvers<ExitCode>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onEvent: (event: RunEvent) => void;
  #events: RunEvent[] = [];
  #phase: WorkerPhase = WorkerPhase.Starting;
  #failure: RunFailure | undefined;
  #sequence = 0;
  #isBeating = false;
  #intervalMs = HEARTBEAT_MS;
  #lastBeat = 0;
  #cluster: KafkaCluster | undefined;

  /** `onEvent` hears everything worth knowing as it happens, for the log. */
  constructor(spec: RunSpec, control: ControlChannel, onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
    this.#spec = spec;
    this.#control = control;
    this.#filler = new RateFiller(this.#rateCells, spec.kafkaRate, performance.now());
  }

  /** Resolves when the process has nothing more to do. */
  async run(): Promise<ExitCode> {
    this.#every(HEARTBEAT_MS / 4, () => {
      if (Date.now() - this.#lastBeat >= this.#intervalMs) void this.#beat();
    });
    await this.#beat();
    this.#start().catch((error: unknown) => this.#fail(failureOf(error)));
    const code = await this.#end.promise;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#cluster?.close();
    await this.#farewell();
    return code;
  }

  /** Finishes what is under way, commits and ends. */
  drain(): void {
    if (
      this.#phase === WorkerPhase.Draining ||
      this.#phase === WorkerPhase.Stopped ||
      this.#phase === WorkerPhase.Failed
    )
      return;
    this.#phase = WorkerPhase.Draining;
    this.#event('info', 'WORKER_DRAINING', 'The worker finishes what is under way, commits and ends.');
    if (this.#threads.length === 0) {
      this.#finish(WorkerPhase.Stopped, ExitCode.Stopped);
      return;
    }
    this.#tell({ kind: 'drain' });
    this.#timers.push(
      setTimeout(() => {
        this.#event(
          'warning',
          'WORKER_DRAIN_TIMEOUT',
          `Draining took longer than ${DRAIN_MS} ms; what was not committed will be done again.`,
        );
        this.#finish(WorkerPhase.Stopped, ExitCode.Stopped);
      }, DRAIN_MS),
    );
  }

  async #start(): Promise<void> {
    const spec = this.#spec;
    this.#cluster = await this.#whenReachable(() =>
      connectKafka(spec.kafka, { clientId: `penstock-${spec.pipelineId}`, onTrouble: (event) => this.#keep(event) }),
    );
    const admin = createTopicAdmin(this.#cluster);
    const { plan, sourcePartitions } = await this.#whenReachable(() => this.#compile(admin));
    const { partitions } = await this.#whenReachable(() => prepareTopics(plan, admin, sourcePartitions, spec.threads));
    if (this.#phase !== WorkerPhase.Starting) return;

    const places: TaskPlace[] = plan.parts.flatMap((part) =>
      Array.from({ length: partitions[part.index] ?? 0 }, (_, partition) => ({ part: part.index, partition })),
    );
    // Parts are staggered, so that a thread does not get the same partition of every part.
    const share = (thread: number): TaskPlace[] =>
      places.filter(({ part, partition }) => (part + partition) % spec.threads === thread);
    for (let thread = 0; thread < spec.threads; thread++)
      this.#startThread({ spec, thread, sourcePartitions, places: share(thread), rate: this.#rateCells });
    this.#every(FILL_MS, () => this.#filler.fill(performance.now()));
    if (plan.source.spec.kind === 'topic') this.#watchPartitions(admin, plan, plan.source.spec.topic, sourcePartitions);
  }

  async #compile(admin: TopicAdmin): Promise<{ plan: Plan; sourcePartitions: number }> {
    const { spec } = { spec: this.#spec };
    const compile = (sourcePartitions?: number): ReturnType<typeof compilePlan> =>
      compilePlan(spec.document, {
        registry: createRegistry(operators),
        facts: { pipelineId: spec.pipelineId, orgId: spec.orgId, messageChannel: spec.messageChannel },
        ...(sourcePartitions === undefined ? {} : { sourcePartitions }),
      });
    const source = compile().plan?.source.spec;
    const sourcePartitions = source?.kind === 'topic' ? await admin.partitionCount(source.topic) : 1;
    if (source?.kind === 'topic' && sourcePartitions === undefined)
      throw new AppError(
        'KAFKA_TOPIC_UNKNOWN',
        `The source topic "${source.topic}" does not exist. Create it and start the pipeline again.`,
        {
          domain: 'user',
          params: { topic: source.topic },
        },
      );
    const { plan, issues } = compile(sourcePartitions);
    if (plan === undefined || sourcePartitions === undefined)
      throw new AppError(
        'DOCUMENT_INVALID',
        `The released document does not compile: ${issues.map(({ path, message }) => `${path}: ${message}`).join(' ')}`,
        { domain: 'user' },
      );
    return { plan, sourcePartitions };
  }

  /** Kafka may be away for as long as it likes: the worker waits for it, and says so. */
  async #whenReachable<T>(work: () => Promise<T>): Promise<T> {
    for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable || this.#phase !== WorkerPhase.Starting) throw error;
        this.#event('warning', error.code, `Not started yet, the next attempt is in ${wait} ms: ${error.message}`);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #startThread(input: ThreadInput): void {
    const thread = new Thread(new URL('./thread/thread-main.ts', import.meta.url), {
      workerData: input,
      // A small young generation: records die young anyway, and a large one only fills memory before it is looked at.
      resourceLimits: {
        maxYoungGenerationSizeMb: 24,
        maxOldGenerationSizeMb: Math.max(256, Math.floor((this.#spec.memoryMb * 0.6) / this.#spec.threads)),
      },
    });
    const running: RunningThread = { thread, report: undefined, isReady: false, isDone: false };
    this.#threads.push(running);
    thread.on('message', (message: FromThread) => this.#hear(running, message));
    thread.on('error', (error) =>
      this.#fail({ code: 'WORKER_THREAD_CRASHED', message: messageOf(error), retryable: true }),
    );
    thread.on('exit', () => {
      if (!running.isDone)
        this.#fail({
          code: 'WORKER_THREAD_CRASHED',
          message: 'A thread of the worker ended unexpectedly.',
          retryable: true,
        });
    });
  }

  #hear(from: RunningThread, message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        from.isReady = true;
        if (this.#phase === WorkerPhase.Starting && this.#threads.every(({ isReady }) => isReady)) {
          this.#phase = WorkerPhase.Running;
          this.#event(
            'info',
            'WORKER_RUNNING',
            `All tasks are fenced and restored; reading at up to ${this.#filler.rate} records/s.`,
          );
          void this.#beat();
        }
        return;
      case 'report':
        from.report = message.report;
        return;
      case 'event':
        this.#keep(message.event);
        return;
      case 'fenced':
        void this.#beat().then((desired) => {
          from.thread.postMessage({
            kind: 'owner',
            isOwner: desired !== undefined && desired !== 'exit',
          } satisfies ToThread);
        });
        return;
      case 'finished':
        this.#event('info', 'SOURCE_FINISHED', 'The data source has no more records.');
        this.drain();
        return;
      case 'failed':
        this.#fail(message.failure);
        return;
      case 'drained':
        from.isDone = true;
        if (this.#threads.every(({ isDone }) => isDone)) this.#finish(WorkerPhase.Stopped, ExitCode.Stopped);
    }
  }

  /** New partitions are read at once where no state depends on their number; otherwise somebody has to decide. */
  #watchPartitions(admin: TopicAdmin, plan: Plan, topic: string, known: number): void {
    let partitions = known;
    let isLooking = false;
    this.#every(PARTITIONS_MS, () => {
      if (isLooking || this.#phase !== WorkerPhase.Running) return;
      isLooking = true;
      admin
        .partitionCount(topic)
        .then((found) => {
          if (found === undefined || found <= partitions || this.#phase !== WorkerPhase.Running) return;
          if (statefulStages(plan).length > 0) {
            this.#fail({
              code: 'STATE_PARTITIONS_CHANGED',
              message: `Topic "${topic}" now has ${found} partitions instead of ${partitions}, and the state of the pipeline was kept by the old number. Stop the pipeline, which clears its state, and start it again.`,
              retryable: false,
            });
            return;
          }
          this.#event(
            'info',
            'SOURCE_PARTITIONS_ADDED',
            `Topic "${topic}" now has ${found} partitions instead of ${partitions}; the new ones are read too.`,
          );
          for (let partition = partitions; partition < found; partition++)
            this.#threads[partition % this.#threads.length]?.thread.postMessage({
              kind: 'open',
              place: { part: 0, partition },
            } satisfies ToThread);
          partitions = found;
        })
        .catch((error: unknown) =>
          this.#event(
            'warning',
            'SOURCE_PARTITIONS_UNKNOWN',
            `The partitions of "${topic}" could not be looked up: ${messageOf(error)}`,
          ),
        )
        .finally(() => {
          isLooking = false;
        });
    });
  }

  #fail(failure: RunFailure): void {
    if (this.#phase === WorkerPhase.Failed || this.#phase === WorkerPhase.Stopped) return;
    this.#failure = failure;
    this.#event('error', failure.code, failure.message);
    this.#finish(
      WorkerPhase.Failed,
      failure.code === 'RUN_TAKEN_OVER' ? ExitCode.TakenOver : failure.retryable ? ExitCode.Failed : ExitCode.Fatal,
    );
  }

  #finish(phase: WorkerPhase, code: ExitCode): void {
    this.#phase = phase;
    this.#end.resolve(code);
  }

  #tell(message: ToThread): void {
    for (const { thread } of this.#threads) thread.postMessage(message);
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms));
  }

  #event(severity: RunEvent['severity'], code: string, message: string): void {
    this.#keep({ at: Date.now(), severity, code, message });
  }

  #keep(event: RunEvent): void {
    this.#onEvent(event);
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events.splice(0, this.#events.length - MAX_EVENTS);
  }

  /** Sends one heartbeat and does what the answer says. Resolves to the answer's order. */
  async #beat(): Promise<string | undefined> {
    if (this.#isBeating) return 'run';
    this.#isBeating = true;
    this.#lastBeat = Date.now();
    try {
      const heartbeat = this.#heartbeat();
      const reply = await this.#control.heartbeat(heartbeat);
      if (reply === undefined) return undefined;
      this.#events = this.#events.filter((event) => !heartbeat.events.includes(event));
      this.#intervalMs = Math.max(100, reply.intervalMs);
      if (reply.kafkaRate !== this.#filler.rate) {
        this.#event('info', 'RATE_CHANGED', `The rate is now ${reply.kafkaRate} records/s.`);
        this.#filler.setRate(reply.kafkaRate);
      }
      if (reply.desired === 'exit')
        this.#fail({
          code: 'RUN_TAKEN_OVER',
          message: 'The service does not know this worker any more.',
          retryable: true,
        });
      else if (reply.desired !== 'run') this.drain();
      return reply.desired;
    } finally {
      this.#isBeating = false;
    }
  }

  /** The last word: tells the service how it ended, for a bounded time. */
  async #farewell(): Promise<void> {
    const until = Date.now() + FAREWELL_MS;
    while (Date.now() < until) {
      if ((await this.#control.heartbeat(this.#heartbeat())) !== undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  #heartbeat(): Heartbeat {
    const reports = this.#threads.flatMap(({ report }) => (report === undefined ? [] : [report]));
    const stages: Record<string, StageCounters> = {};
    for (const report of reports) addCounters(stages, report.stages);
    const cpu = process.cpuUsage();
    return {
      runId: this.#spec.runId,
      workerId: this.#workerId,
      pid: process.pid,
      host: hostname(),
      startedAt: this.#startedAt,
      sequence: ++this.#sequence,
      phase: this.#phase,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      tasks: reports.flatMap(({ tasks }) => tasks),
      stages,
      recordsRead: sum(reports, ({ recordsRead }) => recordsRead),
      bytesRead: sum(reports, ({ bytesRead }) => bytesRead),
      recordsWritten: sum(reports, ({ recordsWritten }) => recordsWritten),
      rssMb: Math.round(process.memoryUsage.rss() / 1048576),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      events: [...this.#events],
    };
  }
}

const failureOf = (error: unknown): RunFailure =>
  error instanceof AppError
    ? { code: error.code, message: error.message, retryable: error.retryable || error.domain !== 'user' }
    : { code: 'WORKER_BUG', message: messageOf(error), retryable: true };

const sum = (reports: readonly ThreadReport[], of: (report: ThreadReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);
