import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { extname } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import {
  type Heartbeat,
  type HeartbeatReply,
  messageOf,
  PROTOCOL_VERSION,
  type RunEvent,
  type RunFailure,
  type RunSpec,
  type StageCounters,
  sourceTasksOf,
  type Waiting,
  type Work,
  WorkerExitCode,
  WorkerPhase,
} from '@penstock/model';
import type { ControlChannel } from '../control/control-channel.ts';
import { RepeatedEvents } from '../control/repeated-events.ts';
import type { Assignment } from '../plan/assignment.ts';
import { SnapshotRelay } from '../snapshot/snapshot-relay.ts';
import { createRateCells, RateFiller } from '../task/rate-limiter.ts';
import { addAllWork, addCounters, wholeWork } from '../task/sum-counters.ts';
import { longestWaiting } from '../task/waiting-state.ts';
import type { FromThread, ThreadInput, ThreadReport, ToThread } from './thread-messages.ts';

const HEARTBEAT_MS = 1000;
const FILL_MS = 20;
const DRAIN_MS = 25_000;
/** For what waits behind the cuts of the plan in a pause, and for the end of it: together no longer. */
const CUT_DRAIN_MS = 15_000;
const LAST_DRAIN_MS = DRAIN_MS - CUT_DRAIN_MS;
const FAREWELL_MS = 10_000;
const MAX_EVENTS = 200;

interface RunningThread {
  readonly thread: Thread;
  report: ThreadReport | undefined;
  prepared: number;
  waiting: Waiting | undefined;
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
  readonly #end = Promise.withResolvers<WorkerExitCode>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #onEvent: (event: RunEvent) => void;
  readonly #snapshot = new SnapshotRelay((request) => this.#tell({ kind: 'snapshot', request }));
  readonly #repeated = new RepeatedEvents();
  #events: RunEvent[] = [];
  #phase: WorkerPhase = WorkerPhase.Starting;
  #failure: RunFailure | undefined;
  #sequence = 0;
  /** Parts of the plan, and how many of them, the first, are those of sources. */
  #parts = 1;
  #sources = 1;
  /** The part whose tasks are finishing, in a pause, and the threads that still have some. */
  #drainingPart: number | undefined;
  #undrained = new Set<RunningThread>();
  #beating: Promise<HeartbeatReply['desired'] | undefined> | undefined;
  #intervalMs = HEARTBEAT_MS;
  #lastBeat = 0;

  /** `onEvent` hears everything worth knowing as it happens, for the log. */
  constructor(spec: RunSpec, control: ControlChannel, onEvent: (event: RunEvent) => void) {
    this.#onEvent = onEvent;
    this.#spec = spec;
    this.#control = control;
    this.#filler = new RateFiller(this.#rateCells, spec.kafkaRate, performance.now());
  }

  /** Resolves when the process has nothing more to do. */
  async run(): Promise<WorkerExitCode> {
    this.#every(HEARTBEAT_MS / 4, () => {
      if (Date.now() - this.#lastBeat >= this.#intervalMs) void this.#beat();
    });
    await this.#beat();
    this.#every(FILL_MS, () => this.#filler.fill(performance.now()));
    if (this.#phase === WorkerPhase.Starting) this.#startThread(0);
    const code = await this.#end.promise;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#farewell();
    return code;
  }

  /**
   * Pauses: the sources are no longer read, then what waits behind the cuts is worked off, part by part, since the next
   * version of the document may not have them; for a bounded time.
   */
  #pause(): void {
    if (this.#parts <= this.#sources || this.#phase !== WorkerPhase.Running) {
      this.drain();
      return;
    }
    this.#phase = WorkerPhase.Draining;
    this.#event('info', 'WORKER_DRAINING', 'The worker reads no more from the source, works off the rest and ends.');
    this.#drainPart(0);
    this.#timers.push(
      setTimeout(() => {
        if (this.#drainingPart === undefined) return;
        this.#event(
          'warning',
          'CUTS_NOT_DRAINED',
          `Records still wait in repartition topics after ${CUT_DRAIN_MS} ms; the next start goes on with them.`,
        );
        this.#drainAll(LAST_DRAIN_MS);
      }, CUT_DRAIN_MS),
    );
  }

  #drainPart(part: number): void {
    this.#drainingPart = part;
    this.#undrained = new Set(this.#threads);
    this.#tell({ kind: 'drain-part', part });
  }

  #partDrained(from: RunningThread, part: number): void {
    if (part !== this.#drainingPart) return;
    this.#undrained.delete(from);
    if (this.#undrained.size > 0) return;
    // Sources end together, with the first of them.
    const next = Math.max(this.#sources, part + 1);
    if (next < this.#parts) this.#drainPart(next);
    else this.#drainAll(LAST_DRAIN_MS);
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
      this.#finish(WorkerPhase.Stopped, WorkerExitCode.Stopped);
      return;
    }
    this.#drainAll(DRAIN_MS);
  }

  #drainAll(withinMs: number): void {
    this.#drainingPart = undefined;
    this.#tell({ kind: 'drain' });
    this.#timers.push(
      setTimeout(() => {
        this.#event(
          'warning',
          'WORKER_DRAIN_TIMEOUT',
          `Draining took longer than ${withinMs} ms; what was not committed will be done again.`,
        );
        this.#finish(WorkerPhase.Stopped, WorkerExitCode.Stopped);
      }, withinMs),
    );
  }

  /** Thread 0 has said what there is to do: shares it out. */
  #assign({ layout, places }: Assignment): void {
    const { threads } = this.#spec;
    this.#parts = Math.max(...places.map(({ part }) => part)) + 1;
    this.#sources = sourceTasksOf(layout).length;
    for (let thread = this.#threads.length; thread < threads; thread++) this.#startThread(thread);
    this.#threads.forEach(({ thread }, index) => {
      // Parts are staggered, so that a thread does not get the same partition of every part.
      const own = places.filter(({ part, partition }) => (part + partition) % threads === index);
      thread.postMessage({ kind: 'assign', assignment: { layout, places: own } } satisfies ToThread);
    });
  }

  #startThread(index: number): void {
    const input: ThreadInput = { spec: this.#spec, thread: index, rate: this.#rateCells };
    // With this file's own kind of name: TypeScript in the source tree, JavaScript in an installed package.
    const thread = new Thread(new URL(`./thread-main${extname(import.meta.url)}`, import.meta.url), {
      workerData: input,
      // A small young generation: records die young anyway, and a large one only fills memory before it is looked at.
      resourceLimits: {
        maxYoungGenerationSizeMb: 24,
        maxOldGenerationSizeMb: Math.max(96, Math.floor((this.#spec.memoryMb * 0.6) / this.#spec.threads)),
      },
    });
    const running: RunningThread = {
      thread,
      report: undefined,
      prepared: 0,
      waiting: undefined,
      isReady: false,
      isDone: false,
    };
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
      case 'prepared':
        if (this.#phase === WorkerPhase.Starting) this.#assign(message.assignment);
        return;
      case 'places-added':
        if (this.#phase !== WorkerPhase.Running) return;
        for (const place of message.places)
          this.#threads[place.partition % this.#threads.length]?.thread.postMessage({
            kind: 'open',
            place,
          } satisfies ToThread);
        return;
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
      case 'standing':
        from.prepared = message.prepared;
        from.waiting = message.waiting;
        return;
      case 'progress':
        from.report = message.report;
        // Not by the heartbeat that may be on its way: it was made before.
        this.#lastBeat = 0;
        return;
      case 'snapshot':
        this.#snapshot.caught(this.#threads.indexOf(from), message.result);
        if (message.isFull) this.#lastBeat = 0; // somebody is waiting for it
        return;
      case 'event':
        if (!this.#repeated.isRepeated(message.event)) this.#keep(message.event);
        return;
      case 'fenced':
        void this.#askOwner().then((isOwner) => from.thread.postMessage({ kind: 'owner', isOwner } satisfies ToThread));
        return;
      case 'finished':
        this.#event('info', 'SOURCE_FINISHED', 'The data source has no more records.');
        this.drain();
        return;
      case 'part-drained':
        this.#partDrained(from, message.part);
        return;
      case 'failed':
        this.#fail(message.failure);
        return;
      case 'drained':
        from.isDone = true;
        if (this.#threads.every(({ isDone }) => isDone)) this.#finish(WorkerPhase.Stopped, WorkerExitCode.Stopped);
    }
  }

  #fail(failure: RunFailure): void {
    if (this.#phase === WorkerPhase.Failed || this.#phase === WorkerPhase.Stopped) return;
    this.#failure = failure;
    this.#event('error', failure.code, failure.message);
    this.#finish(
      WorkerPhase.Failed,
      failure.code === 'RUN_TAKEN_OVER'
        ? WorkerExitCode.TakenOver
        : failure.retryable
          ? WorkerExitCode.Failed
          : WorkerExitCode.Fatal,
    );
  }

  #finish(phase: WorkerPhase, code: WorkerExitCode): void {
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

  /**
   * Whether this worker still owns the run. Only the service knows, so it is asked until somebody answers: taking the
   * tasks back unasked could take them from the worker's own successor.
   */
  async #askOwner(): Promise<boolean> {
    for (;;) {
      const desired = await this.#beat();
      if (desired !== undefined) return desired !== 'exit';
      if (this.#phase !== WorkerPhase.Running && this.#phase !== WorkerPhase.Starting) return false;
      await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS));
    }
  }

  /** Sends a heartbeat, unless one is on its way, and does what the answer says. Resolves to the answer's order. */
  #beat(): Promise<HeartbeatReply['desired'] | undefined> {
    this.#beating ??= this.#beatOnce().finally(() => {
      this.#beating = undefined;
    });
    return this.#beating;
  }

  async #beatOnce(): Promise<HeartbeatReply['desired'] | undefined> {
    this.#lastBeat = Date.now();
    const heartbeat = this.#heartbeat();
    const reply = await this.#control.heartbeat(heartbeat);
    if (reply === undefined) {
      this.#snapshot.notAnswered(Date.now());
      return undefined;
    }
    if (this.#phase === WorkerPhase.Running) this.#snapshot.ask(reply.snapshot, Date.now());
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
    else if (reply.desired === 'pause') this.#pause();
    else if (reply.desired !== 'run') this.drain();
    return reply.desired;
  }

  /** The last word: tells the service how it ended, for a bounded time. */
  async #farewell(): Promise<void> {
    const until = Date.now() + FAREWELL_MS;
    while (Date.now() < until) {
      const reply = await this.#control.heartbeat(this.#heartbeat());
      if (reply !== undefined || this.#control.isDisowned) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  #heartbeat(): Heartbeat {
    const reports = this.#threads.flatMap(({ report }) => (report === undefined ? [] : [report]));
    const stages: Record<string, StageCounters> = {};
    const work: Work = {};
    for (const report of reports) {
      addCounters(stages, report.stages);
      addAllWork(work, report.work);
    }
    const cpu = process.cpuUsage();
    const snapshot = this.#snapshot.result();
    const waiting = longestWaiting(this.#threads.map((thread) => thread.waiting));
    return {
      protocol: PROTOCOL_VERSION,
      ...(this.#spec.launchId === undefined ? {} : { launchId: this.#spec.launchId }),
      runId: this.#spec.runId,
      workerId: this.#workerId,
      pid: process.pid,
      host: hostname(),
      startedAt: this.#startedAt,
      sequence: ++this.#sequence,
      phase: this.#phase,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
      startProgress: this.#threads.reduce(
        (total, { prepared, isReady, report }) => total + prepared + (isReady ? 1 : 0) + (report?.startProgress ?? 0),
        this.#threads.length,
      ),
      ...(waiting === undefined ? {} : { waiting }),
      tasks: reports.flatMap(({ tasks }) => tasks),
      stages,
      work: wholeWork(work),
      recordsRead: sum(reports, ({ recordsRead }) => recordsRead),
      bytesRead: sum(reports, ({ bytesRead }) => bytesRead),
      recordsWritten: sum(reports, ({ recordsWritten }) => recordsWritten),
      rssMb: Math.round(process.memoryUsage.rss() / 1048576),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      events: [...this.#events],
      ...(snapshot === undefined ? {} : { snapshot }),
    };
  }
}

const sum = (reports: readonly ThreadReport[], of: (report: ThreadReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);
