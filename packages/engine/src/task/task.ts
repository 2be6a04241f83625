import { AppError, messageOf, type StageCounters, type TaskTopics } from '@penstock/model';
import { type LookUps, noLookUps } from '../look-ups/look-ups.ts';
import { notDeclared, StageLookUps } from '../look-ups/stage-look-ups.ts';
import type { StageContext, Target } from '../operator/index.ts';
import { keyOrError } from '../plan/key-reader.ts';
import { termsOf } from '../plan/key-terms.ts';
import { type Plan, type PlanPart, type PlanStage, type Route, sourceOf } from '../plan/plan.ts';
import type {
  ChangelogEntry,
  Clock,
  InputPartition,
  Position,
  RecordHeader,
  SourceBatch,
  SqlPool,
  TaskLog,
} from '../ports.ts';
import { StreamRecord } from '../record/stream-record.ts';
import { References, TaskReferences } from '../references/references.ts';
import type { ShardOwners } from '../state/schedule-store.ts';
import { type ProgressMessage, readProgress } from '../time/progress-message.ts';
import { cameFrom, type Spent, type StageSpent, TaskWork } from '../work/task-work.ts';
import { BatchClock } from './batch-clock.ts';
import { CutWriter } from './cut-writer.ts';
import { DeadLetterWriter, type Failure } from './dead-letter-writer.ts';
import { type EntryFilter, entryFilterOf } from './entry-filter.ts';
import { gateOf } from './gate.ts';
import { type PartitionCheck, type PartitionForKey, partitionCheckOf } from './partition-check.ts';
import { count } from './record-errors.ts';
import { readReplay, replayedRecord, replayRoute } from './replay.ts';
import { type Reading, SourceReader } from './source-reader.ts';
import { type RecordObserver, type StageHooks, StageNode } from './stage-node.ts';
import { StageStores } from './stage-stores.ts';
import { passingTarget, TargetNode } from './target-node.ts';
import { TaskFlows } from './task-flows.ts';
import { TaskSchedules } from './task-schedules.ts';

export interface TaskOptions {
  readonly plan: Plan;
  readonly part: PlanPart;
  /** Partition number the task owns: of its input topic, and of the state topic. */
  readonly partition: number;
  /** How many partitions that input has; 1 where it is no topic. */
  readonly inputPartitions?: number;
  readonly runId: string;
  readonly topics: TaskTopics;
  readonly log: TaskLog;
  readonly clock: Clock;
  headersOf(batch: SourceBatch, index: number): readonly RecordHeader[];
  /** Looks at every record from the first on; selections are not made early then, so that it sees what they drop. */
  readonly observer?: RecordObserver;
  readonly isPreview?: boolean;
  /** What the tasks of the thread share in asking services; without it every look-up fails. */
  readonly lookUps?: LookUps;
  /** What the stages of the thread go by; to be complete when the task is opened. */
  readonly references?: References;
  /** Where it is given, what the plan believes of the source's partitions is checked. */
  readonly partitionForKey?: PartitionForKey;
  /** How keys of schedules are shared out over the tasks of the part; undefined: this is the only one. */
  readonly owners?: ShardOwners;
  /** Where the task notes how it spends its time; it outlives the task. */
  readonly work?: TaskWork;
  /** The database of a connection, for targets that write to one. Absent: the run was given none. */
  readonly sql?: (connection: string) => SqlPool;
  /**
   * Called between two pieces of a message of many records, on which the task goes on when this has resolved: others
   * have their turn, and output can be sent. A commit has to wait for the end of the message.
   */
  onPiece?(): Promise<void>;
  onLog?(level: 'info' | 'warning' | 'error', stage: string, message: string): void;
}

/**
 * Runs one part of a plan for one partition: bytes in, bytes out, state in between. Everything it writes goes through
 * the task log, so that output, state, dead letters and position of a commit stand or fall together. After any error
 * it throws, a task is closed and made anew: what it holds in memory is only ever ahead of its last commit.
 */
export class Task {
  readonly #options: TaskOptions;
  readonly #nodes: readonly StageNode[];
  readonly #work: TaskWork;
  /** By index of the node. */
  readonly #spent: readonly StageSpent[];
  /** Of reading: the source's, in its part; records behind a cut are read by no stage. */
  readonly #reading: Spent;
  readonly #source: string | undefined;
  /** How many passes the one under way stands for in the times of stages; 0: it is not timed. */
  #weight = 1;
  #untimed = 0;
  readonly #stages: readonly PlanStage[];
  readonly #stores: StageStores;
  readonly #cuts: ReadonlyMap<number, CutExit>;
  readonly #reader: SourceReader;
  readonly #filter: EntryFilter | undefined;
  readonly #clock: BatchClock;
  readonly #check: PartitionCheck | undefined;
  readonly #flows: TaskFlows;
  readonly #schedules: TaskSchedules;
  readonly #references: TaskReferences;
  /** Targets that outlived the last commit of the task, as long as it does once more what they have written. */
  #ahead: readonly TargetNode[] = [];
  #observer: RecordObserver | undefined;

  private constructor(
    options: TaskOptions,
    nodes: readonly StageNode[],
    stores: StageStores,
    deadLetters: DeadLetterWriter,
    clock: BatchClock,
    hooks: StageHooks,
    flows: TaskFlows,
    references: TaskReferences,
  ) {
    this.#options = options;
    this.#references = references;
    this.#clock = clock;
    this.#flows = flows;
    this.#nodes = nodes;
    this.#work = options.work ?? new TaskWork();
    this.#spent = nodes.map(({ instanceName }) => this.#work.stageOf(instanceName));
    this.#source = sourceOf(options.plan, options.part)?.instanceName;
    this.#reading = this.#source === undefined ? { ms: 0 } : this.#work.stageOf(this.#source);
    this.#stages = options.part.stages;
    this.#stores = stores;
    this.#schedules = new TaskSchedules(options, stores);
    this.#filter = options.observer === undefined ? entryFilterOf(options.part) : undefined;
    this.#check = partitionCheckOf(options.plan, options.part, options.partition, options.partitionForKey);
    this.#reader = new SourceReader({
      plan: options.plan,
      part: options.part,
      countsAll: options.part.batch !== undefined,
      isWanted: this.#filter?.isWanted,
      deadLetters,
      observer: () => this.#observer,
      progressAt: (batch, index) => this.#progressAt(batch, index),
      replay: (batch, index) => this.#replay(batch, index),
    });
    const written = new Set([...options.part.entry.cuts, ...options.part.stages.flatMap((stage) => stage.route.cuts)]);
    this.#cuts = new Map([...written].map((cut) => [cut, cutExitOf(cut, options, clock, hooks, flows, this.#work)]));
    this.observe(options.observer);
  }

  /**
   * Creates the stages. The log must already have fenced older owners of the task. Errors: `STAGE_OPEN_FAILED`;
   * `REFERENCE_MISSING`, retryable.
   */
  static async open(options: TaskOptions): Promise<Task> {
    const deadLetters = new DeadLetterWriter({
      appender: options.log.appender(options.topics.deadLetters),
      pipelineId: options.plan.facts.pipelineId,
      runId: options.runId,
      clock: options.clock,
      reader: readerOf(options),
    });
    const hooks: StageHooks = {
      deadLetter: (record, failure) => deadLetters.writeRecord(record, failure),
      log: (level, stage, message) => options.onLog?.(level, stage, message),
    };
    const clock = new BatchClock(options.clock);
    const flows = new TaskFlows(options, clock);
    const stores = new StageStores(options.part, clock);
    const references = new TaskReferences(options.references ?? new References([]), options.part);
    const nodes: StageNode[] = [];
    try {
      for (const stage of options.part.stages)
        nodes.push(await openStage(stage, options, clock, hooks, stores, flows, references));
      return new Task(options, nodes, stores, deadLetters, clock, hooks, flows, references);
    } catch (error) {
      await closeAll(nodes);
      throw error;
    }
  }

  /** Takes over one entry of the state topic; entries of stages that are not in this part are not its business. */
  restore(entry: ChangelogEntry): void {
    this.#stores.restore(entry);
  }

  /**
   * Once everything is restored, before the first record: lets stages rebuild what they need, and schedules go on from
   * their last slots. `nowMs`: Unix ms. Errors: `STAGE_OPEN_FAILED`.
   */
  async opened(nowMs: number): Promise<void> {
    this.#clock.refresh();
    for (const node of this.#nodes)
      try {
        await node.opened();
      } catch (error) {
        throw notOpened(node.instanceName, error);
      }
    for (const { stage, schedule } of this.#schedules.open(nowMs))
      this.#options.onLog?.(
        'warning',
        stage,
        `The last slot of its schedule "${schedule}" lay far ahead of the clock; the schedule begins anew.`,
      );
  }

  /** Whether something has to be committed although no record has been worked off or put out: slots that are done. */
  get wantsCommit(): boolean {
    return this.#schedules.isChanged;
  }

  /** Whether slots are due beyond those of the last `tick`: it is to be called again soon. */
  get isBehind(): boolean {
    return this.#schedules.isBehind;
  }

  /** Slots of schedules per key that have been worked off, over all lives of the task: how far a clock is. */
  get slots(): number {
    return this.#schedules.slots;
  }

  /** The next commit says once more how far the schedules are, even where nothing has happened: it is one that Kafka sees. */
  restateSlots(): void {
    this.#schedules.restate();
  }

  /** Whether something happens in this task by the clock alone. */
  get hasSchedules(): boolean {
    return !this.#schedules.isEmpty;
  }

  /**
   * Sets or takes away an observer while the task runs; none costs nothing. What an early selection drops before it is
   * a record is only counted: an observer set here does not see it, neither as output of the source nor as input.
   */
  observe(observer: RecordObserver | undefined): void {
    this.#observer = observer;
    for (const node of this.#nodes) node.observer = observer;
    for (const { stage } of this.#cuts.values()) stage.observer = observer;
  }

  /** Entries of state in memory, over all stages. */
  get stateEntries(): number {
    return this.#stores.size;
  }

  /** Whether a call of a stage of this task may take more than an instant: no transaction may be open meanwhile. */
  get isSlow(): boolean {
    return this.#stages.some(
      ({ definition }) =>
        definition.kind === 'processor' && (definition.longestCallMs !== undefined || definition.lookUps !== undefined),
    );
  }

  /** Bytes of what its stages asked outside for the last records, about: in memory at once. Undefined: they ask nothing. */
  get askedBytes(): number | undefined {
    const asked = this.#nodes.flatMap((node) => node.askedBytes ?? []);
    return asked.length === 0 ? undefined : asked.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether a stage of this task takes whole batches, and so would rather have large ones. */
  get takesBatches(): boolean {
    return this.#nodes.some((node) => node.takesBatches);
  }

  /** Works off records `from` to `to` (exclusive) of a batch. Asynchronous only where an operator of the part is. */
  process(batch: SourceBatch, from: number, to: number): void | Promise<void> {
    this.#references.renew();
    if (this.#ahead.length > 0) return this.#processAgain(batch, from, to);
    return this.#processAll(batch, from, to);
  }

  /** In pieces that end where a target has not written any more what comes. */
  #processAgain(batch: SourceBatch, from: number, to: number): void | Promise<void> {
    if (from >= to) return;
    const offset = batch.offsets[from] as number;
    this.#ahead = this.#ahead.filter((node) => {
      node.comesFrom(offset);
      return offset < node.aheadUntil;
    });
    if (this.#ahead.length === 0) return this.#processAll(batch, from, to);
    const next = Math.min(...this.#ahead.map(({ aheadUntil }) => aheadUntil));
    let end = from + 1;
    while (end < to && (batch.offsets[end] as number) < next) end++;
    const pending = this.#processAll(batch, from, end);
    if (pending === undefined) return this.#processAgain(batch, end, to);
    return pending.then(() => this.#processAgain(batch, end, to));
  }

  #processAll(batch: SourceBatch, from: number, to: number): void | Promise<void> {
    if (this.#stores.areShared) return this.#processOneByOne(batch, from, to);
    this.#weight = 1;
    return this.#process(batch, from, to);
  }

  /**
   * What one stage writes for a record another reads for it, and for those after it alone: how records came in batches
   * is of no matter.
   */
  #processOneByOne(batch: SourceBatch, from: number, to: number): void | Promise<void> {
    for (let index = from; index < to; index++) {
      this.#weight = this.#untimed === 0 ? TIMED_EVERY : 0;
      this.#untimed = (this.#untimed + 1) % TIMED_EVERY;
      const pending = this.#process(batch, index, index + 1);
      if (pending !== undefined) return pending.then(() => this.#processOneByOne(batch, index + 1, to));
    }
  }

  #process(batch: SourceBatch, from: number, to: number): void | Promise<void> {
    const reading: Reading = { batch, next: from, to, records: undefined, progress: [] };
    const pending = this.#workOff(reading);
    if (reading.next < to) return this.#workOffRest(reading, pending);
    // Behind the records of the same call: what was reported speaks of records in front of it.
    if (reading.progress.length === 0) return pending;
    return pending === undefined ? this.#progress(reading) : pending.then(() => this.#progress(reading));
  }

  /** A message of many records is worked off a piece at a time; all of it belongs to one transaction. */
  async #workOffRest(reading: Reading, first: void | Promise<void>): Promise<void> {
    await first;
    while (reading.next < reading.to) {
      await this.#options.onPiece?.();
      await this.#workOff(reading);
    }
    if (reading.progress.length > 0) await this.#progress(reading);
  }

  /** Works off what is read next: all of it, or as much of a message of many records as is good at once. */
  #workOff(reading: Reading): void | Promise<void> {
    this.#clock.refresh();
    const since = this.#weight === 0 ? 0 : this.#work.now();
    const { records, skipped, replays } = this.#reader.read(reading, this.#pieceSize);
    const filter = this.#filter;
    if (skipped > 0 && filter !== undefined) {
      this.#nodes[filter.stage]?.countSkipped(skipped, filter.reason);
      cameFrom(this.#spent[filter.stage], this.#source, skipped);
    }
    const observer = this.#observer;
    this.#check?.look(records);
    const source = this.#source;
    if (observer?.onRead !== undefined && source !== undefined)
      for (const record of records) observer.onRead(source, record);
    this.#flows.noteRead(records);
    this.#lookAtTime(records);
    this.#deliver(records, this.#options.part.entry, this.#source);
    const readAt = this.#work.computed(this.#reading, since, this.#weight);
    return records.length === 0 && replays === 0 ? undefined : this.#run(0, readAt);
  }

  #lookAtTime(records: readonly StreamRecord[]): void {
    const now = this.#clock.now();
    const last = records.at(-1);
    if (last === undefined || !this.#work.isLookDue(now)) return;
    const { time } = last;
    this.#work.look(now, time === undefined || this.#flows.eventTime.isTooFarAhead(time) ? undefined : time);
  }

  /** Records of one message that go through the stages together; where stages work on batches, records of all messages. */
  get #pieceSize(): number {
    if (this.#stores.areShared) return 1;
    const { batch } = this.#options.part;
    if (batch !== undefined) return batch.size;
    return this.takesBatches ? BATCH_PIECE : PIECE;
  }

  /** Takes note that all the input held at a time (Unix ms) has been worked off. */
  noteCaughtUp(at: number): void {
    this.#flows.noteCaughtUp(at);
  }

  /** How many messages to tasks behind cuts have been written since the last call. */
  takeReports(): number {
    return this.#flows.takeReports();
  }

  /** Works off slots of schedules that are due, a few at a time, and tells tasks behind cuts how far this one is. */
  tick(nowMs: number): void | Promise<void> {
    for (const node of this.#ahead) node.comesFrom(undefined);
    this.#weight = 1;
    this.#references.renew();
    this.#clock.refresh();
    this.#stores.sweep();
    const pending = this.#workOffSlots(nowMs, this.isSlow ? 1 : SLOTS_AT_A_TIME);
    if (pending === undefined) this.#flows.reportWhenDue();
    else return pending.then(() => this.#flows.reportWhenDue());
  }

  /** Each slot goes through all stages before the next, so that what it leads to does not hang on how many were due. */
  #workOffSlots(nowMs: number, atMost: number): void | Promise<void> {
    for (let left = atMost; left > 0; left--) {
      const due = this.#schedules.take(nowMs);
      if (due === undefined) return;
      const node = this.#nodes[due.stage] as StageNode;
      const pending = this.#spend(due.stage, () => node.scheduled(due.slot, nowMs));
      const delivered =
        pending === undefined ? this.#afterSlot(due.stage) : pending.then(() => this.#afterSlot(due.stage));
      if (delivered !== undefined) return delivered.then(() => this.#workOffSlots(nowMs, left - 1));
    }
  }

  #afterSlot(stage: number): void | Promise<void> {
    this.#deliverOutput(stage);
    return this.#run(0);
  }

  /** Lets stages act on what is known of the flows by now. */
  #progress({ batch, to, progress }: Reading): void | Promise<void> {
    if (!this.#flows.take(progress, batch.timestamps[to - 1] as number)) return;
    for (const [index, node] of this.#nodes.entries()) {
      if (!node.waits) continue;
      void this.#spend(index, () => node.progress(this.#clock.now()));
      this.#deliverOutput(index);
    }
    return this.#run(0);
  }

  #progressAt(batch: SourceBatch, index: number): ProgressMessage | undefined {
    if (this.#source !== undefined) return undefined;
    return readProgress(this.#options.headersOf(batch, index));
  }

  /**
   * Takes over the targets that learn of their owner by themselves. True where there are any: what is known of where the
   * task begins is from before that, and has to be asked once more.
   */
  async claim(input: InputPartition): Promise<boolean> {
    const targets = this.#nodes.filter((node) => node instanceof TargetNode).filter((node) => node.claims);
    for (const node of targets) await node.claim(input);
    return targets.length > 0;
  }

  /** Tells the targets where the task begins, before the first record. */
  async begin(start: Position): Promise<void> {
    const targets = this.#nodes.filter((node) => node instanceof TargetNode);
    for (const node of targets) await node.begin(start);
    this.#ahead = targets.filter(({ aheadUntil }) => aheadUntil > start.offset);
  }

  /** Whether a target holds as much as it should: the task is to commit before it is given more. */
  get isFull(): boolean {
    return this.#nodes.some((node) => node instanceof TargetNode && node.isFull);
  }

  /**
   * Ends the current transaction: output so far, changed state, and the position to go on from. Targets outside come
   * first: what they refuse goes to the dead letters of the same transaction.
   */
  async commit(position: Position | undefined): Promise<void> {
    for (const [index, node] of this.#nodes.entries())
      if (node instanceof TargetNode) await this.#spend(index, () => node.flush(position));
    let appender: ReturnType<TaskLog['appender']> | undefined;
    const now = this.#options.clock.now();
    this.#stores.drainChanges((key, value) => {
      appender ??= this.#options.log.appender(this.#options.topics.state);
      appender.append(this.#options.partition, key, value, now);
    });
    await this.#work.during(this.#work.commit, this.#options.log.commit(position));
    this.#work.commits += 1;
    this.#schedules.committed();
    for (const node of this.#nodes) if (node instanceof TargetNode) node.committed(position);
  }

  /** By instance name, the source included in its part. Live objects: copy what must not change. */
  counters(): Record<string, StageCounters> {
    const all: Record<string, StageCounters> = {};
    if (this.#source !== undefined) all[this.#source] = this.#reader.counters;
    for (const { stage } of this.#cuts.values()) all[stage.instanceName] = stage.counters;
    for (const node of this.#nodes) all[node.instanceName] = node.counters;
    return all;
  }

  /**
   * Makes errors of what the message at `offset` leads to in the stages that `isMeant` names, since it cannot be
   * committed; -1: records that no message led to. Returns false where this part has no such stage.
   */
  refuse(offset: number, reason: Omit<Failure, 'stage'>, refusal: Refusal): boolean {
    const { part, topics } = this.#options;
    const meant = this.#nodes.filter((node, index) => {
      const { target } = part.stages[index] as PlanStage;
      if (refusal.stage !== undefined) return node.instanceName === refusal.stage;
      return target?.topics.some(({ topic }) => topic === refusal.topic) === true;
    });
    for (const [cut, { stage }] of this.#cuts) if (topics.cuts[cut] === refusal.topic) meant.push(stage);
    for (const node of meant) node.refuse(offset, { stage: node.instanceName, ...reason });
    return meant.length > 0;
  }

  /**
   * Ends waits for answers from outside: what waits for them, such as `process`, rejects with the reason, and the task
   * is to be closed without a commit.
   */
  giveUp(reason: unknown): void {
    for (const node of this.#nodes) node.giveUp(reason);
  }

  async close(): Promise<void> {
    this.giveUp(new Error('The task was closed.'));
    await closeAll(this.#nodes);
    await this.#options.log.close();
  }

  /** Lets a dead letter go on at the stage that refused it. False where it is to begin at the source like any other. */
  #replay(batch: SourceBatch, index: number): boolean {
    const { plan, part, headersOf } = this.#options;
    const replay = readReplay(headersOf(batch, index));
    if (replay === undefined || replay.stage === this.#source) {
      if (replay === undefined || replay.pipelineId === plan.facts.pipelineId) return false;
    }
    if (replay.pipelineId !== plan.facts.pipelineId) {
      count(this.#reader.counters.dropped, 'replay-of-another-pipeline');
      return true;
    }
    const route = replayRoute(plan, part, replay.stage);
    const record = replayedRecord(replay, batch, index) ?? StreamRecord.read(batch, index);
    if (route === undefined)
      this.#reader.malformed(batch, index, {
        code: 'REPLAY_STAGE_UNKNOWN',
        message: `Stage "${replay.stage}", which refused this record, is not in the pipeline any more. Replay it from the source.`,
      });
    else if (!(record instanceof StreamRecord)) this.#reader.malformed(batch, index, record ?? NOT_A_RECORD);
    else {
      this.#reader.counters.output++;
      if ('stage' in route) (this.#nodes[route.stage] as StageNode).input.push(record);
      else {
        const exit = this.#cuts.get(route.cut);
        if (exit !== undefined) send(record, exit, replay.headers);
      }
    }
    return true;
  }

  /** Runs the stages from `first` on; they are in topological order, so one pass is enough. */
  #run(first: number, begunAt = this.#work.now()): void | Promise<void> {
    const weight = this.#weight;
    let since = begunAt;
    for (let index = first; index < this.#nodes.length; index++) {
      const node = this.#nodes[index] as StageNode;
      if (node.input.length === 0) continue;
      const pending = node.run();
      if (pending !== undefined) return this.#continue(pending, index, weight === 0 ? this.#work.now() : since);
      this.#deliverOutput(index);
      since = this.#work.computed(this.#spent[index] as StageSpent, since, weight);
    }
  }

  async #continue(pending: Promise<void>, index: number, begunAt: number): Promise<void> {
    const spent = this.#spent[index] as StageSpent;
    await this.#work.during(spent, pending, begunAt);
    const since = this.#work.now();
    this.#deliverOutput(index);
    await this.#run(index + 1, this.#work.computed(spent, since));
  }

  /** Lets a stage act outside the way of records, and counts its time. */
  #spend(index: number, act: () => void | Promise<void>): void | Promise<void> {
    const spent = this.#spent[index] as StageSpent;
    const since = this.#work.now();
    const pending = act();
    if (pending === undefined) this.#work.computed(spent, since);
    else return this.#work.during(spent, pending, since);
  }

  #deliverOutput(index: number): void {
    const node = this.#nodes[index] as StageNode;
    const { route, laneRoutes } = this.#stages[index] as PlanStage;
    const { output, outputLanes } = node;
    if (outputLanes === undefined) {
      this.#deliver(output, route, node.instanceName);
      return;
    }
    laneRoutes.forEach((laneRoute, lane) => {
      const isLast = lane === laneRoutes.length - 1;
      const records = output.flatMap((record, at) => {
        const only = outputLanes[at];
        if (only !== undefined) return only === lane ? [record] : [];
        return isLast ? [record] : copiesFor(node, [record]);
      });
      this.#deliver(records, laneRoute, node.instanceName);
    });
  }

  /**
   * Hands records on. Every destination but the last gets copies: stages own what they are given. `from`: the stage they
   * come from; undefined for those that come from another part, which has counted them.
   */
  #deliver(records: readonly StreamRecord[], route: Route, from: string | undefined): void {
    if (records.length === 0) return;
    for (const cut of route.cuts) {
      const exit = this.#cuts.get(cut);
      if (exit === undefined) continue;
      cameFrom(exit.spent, from, records.length);
      for (const record of records) send(record, exit);
    }
    const last = route.stages.length - 1;
    for (let i = 0; i <= last; i++) {
      const node = this.#nodes[route.stages[i] as number] as StageNode;
      const own = i === last ? records : copiesFor(node, records);
      cameFrom(this.#spent[route.stages[i] as number], from, own.length);
      if (node.input.length === 0) node.input = own as StreamRecord[];
      else for (const record of own) node.input.push(record);
    }
  }
}

/** Records of one message between two looks at what else there is to do; more where stages pay for each batch. */
const PIECE = 256;
const BATCH_PIECE = 1000;

/**
 * Where records go through the stages one by one, looking at the clock around each would cost as much as some stages do:
 * one pass in so many is timed and stands for them all. No round number, since records may come in rounds.
 */
const TIMED_EVERY = 17;

/** Slots between two looks at what else there is to do: after a long pause there may be many. */
const SLOTS_AT_A_TIME = 16;

/** A way out of the part, and the stage behind it: what does not get through is that stage's error. */
interface CutExit {
  readonly writer: CutWriter;
  readonly stage: StageNode;
  readonly spent: StageSpent;
}

/** Where something could not be committed: at a stage, or in a topic. */
export interface Refusal {
  readonly stage?: string | undefined;
  readonly topic?: string | undefined;
}

const cutExitOf = (
  index: number,
  options: TaskOptions,
  clock: Clock,
  hooks: StageHooks,
  flows: TaskFlows,
  work: TaskWork,
): CutExit => {
  const { plan, topics, log } = options;
  const cut = plan.cuts[index];
  const behind = plan.parts.flatMap(({ stages }) => stages).find(({ instanceName }) => instanceName === cut?.before);
  if (cut === undefined || behind === undefined)
    throw new AppError('PLAN_CUT_UNKNOWN', `The plan has no cut ${index}.`, { domain: 'internal' });
  const appender = log.appender(topics.cuts[index] as string);
  return {
    writer: new CutWriter(appender, cut.partitionedBy, readerOf(options), clock, (record) => flows.flowOf(record)),
    stage: new StageNode(behind.instanceName, {}, undefined, behind.settings, hooks),
    spent: work.stageOf(behind.instanceName),
  };
};

const send = (record: StreamRecord, { writer, stage }: CutExit, headers: readonly RecordHeader[] = []): void => {
  if (stage.rejects(record)) return;
  try {
    writer.write(record, headers);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'RECORD_NOT_WRITABLE';
    stage.error(record, code, messageOf(error));
  }
};

const NOT_A_RECORD = { code: 'REPLAY_NOT_A_RECORD', message: 'The replayed message is no record.' };

/** What cannot be copied (nested too deeply) is an error of the stage it does not reach. */
const copiesFor = (node: StageNode, records: readonly StreamRecord[]): StreamRecord[] =>
  records.flatMap((record) => {
    try {
      return [record.copy()];
    } catch (error) {
      node.error(record, 'RECORD_NOT_COPYABLE', messageOf(error));
      return [];
    }
  });

/** The stage opened last is closed first: it may use what those before it hold. */
const closeAll = async (nodes: readonly StageNode[]): Promise<void> => {
  for (const node of nodes.toReversed()) await node.close();
};

const readerOf = (options: TaskOptions): { headersOf: TaskOptions['headersOf']; isRepartition: boolean } => ({
  headersOf: options.headersOf,
  isRepartition: options.part.input.kind === 'cut',
});

const openStage = async (
  stage: PlanStage,
  options: TaskOptions,
  clock: Clock,
  hooks: StageHooks,
  stores: StageStores,
  flows: TaskFlows,
  references: TaskReferences,
): Promise<StageNode> => {
  const { definition, instanceName } = stage;
  const gate = gateOf(stage.settings);
  if (definition.kind === 'target') {
    const target = await openTarget(stage, options, clock, hooks);
    return new TargetNode(instanceName, target, gate, stage.settings, hooks);
  }
  const lookUps =
    definition.lookUps === undefined
      ? undefined
      : new StageLookUps(instanceName, definition.lookUps, stage.config, options.lookUps ?? noLookUps());
  const context: StageContext<unknown> = {
    instanceName,
    state: stores.stateOf(instanceName),
    store: (definition) => stores.of(instanceName, definition),
    keyOf: keyOrError(termsOf(definition.requires?.(stage.config)) ?? []),
    lookUp: (declared) => {
      if (lookUps === undefined) throw notDeclared(instanceName, declared.name);
      return lookUps.answersOf(declared);
    },
    reference: (declared) => references.of(stage, declared),
    clock: options.clock,
    eventTime: flows.eventTime,
    isPreview: options.isPreview ?? false,
    pipeline: options.plan.facts,
    lanes: stage.lanes,
    log: (level, message) => options.onLog?.(level, instanceName, message),
  };
  try {
    const processor = await definition.create(stage.config, context);
    return new StageNode(instanceName, processor, gate, stage.settings, hooks, lookUps);
  } catch (error) {
    throw notOpened(instanceName, error);
  }
};

const openTarget = async (
  { instanceName, target }: PlanStage,
  options: TaskOptions,
  clock: Clock,
  hooks: StageHooks,
): Promise<Target> => {
  if (target === undefined || (options.isPreview === true && target.isOutside === true)) return passingTarget;
  try {
    return await target.open({
      instanceName,
      pipeline: options.plan.facts,
      clock,
      appender: (topic) => options.log.appender(topic),
      sql: (connection) => options.sql?.(connection) ?? notGiven(connection),
      log: (level, message) => hooks.log(level, instanceName, message),
    });
  } catch (error) {
    // Kafka and the target have codes of their own for what becomes of the task.
    throw error instanceof AppError ? error : notOpened(instanceName, error);
  }
};

const notGiven = (connection: string): never => {
  throw new AppError('CONNECTION_NOT_GIVEN', `The run was not given the connection "${connection}".`, {
    domain: 'internal',
    params: { connection },
  });
};

const notOpened = (instanceName: string, error: unknown): AppError =>
  new AppError('STAGE_OPEN_FAILED', `Stage "${instanceName}" could not be started: ${messageOf(error)}`, {
    domain: error instanceof AppError ? error.domain : 'internal',
    cause: error,
    params: { stage: instanceName },
  });
