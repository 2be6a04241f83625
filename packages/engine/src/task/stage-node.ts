import { messageOf, type StageCounters } from '@penstock/model';
import type { StageLookUps } from '../look-ups/stage-look-ups.ts';
import type { Emitter, Processor, ScheduleSlot } from '../operator/index.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { StageSettings } from '../stage-settings.ts';
import { BatchCall } from './batch-call.ts';
import type { Failure } from './dead-letter-writer.ts';
import { count, failureOf, judgeRecordError } from './record-errors.ts';

/**
 * Somebody who looks at every record (previews, snapshots). Records go on changing after the call, and their bytes are
 * reused: whoever wants to keep one takes its text at once.
 */
export interface RecordObserver {
  /** A record as the source gave it. */
  onRead?(source: string, record: StreamRecord): void;
  /** A message that is no record: its text, where it has any. */
  onMalformed?(instanceName: string, text: string | null, failure: Failure): void;
  /** A message in which no record stands: its text, and under which reason it was counted. */
  onNoRecords?(instanceName: string, text: string | null, reason: string): void;
  onInput?(instanceName: string, record: StreamRecord): void;
  onOutput?(instanceName: string, record: StreamRecord): void;
  onDrop?(instanceName: string, record: StreamRecord, reason: string): void;
  onError?(instanceName: string, record: StreamRecord, failure: Failure): void;
}

export interface StageHooks {
  deadLetter(record: StreamRecord, failure: Failure): void;
  log(level: 'info' | 'warning' | 'error', stage: string, message: string): void;
}

/** A trigger that fails again and again is told this often. */
const TOLD_EVERY_MS = 60_000;

/** Checks of the engine's own that every stage may have (required fields, preconditions, quality): a drop reason, or undefined. */
export type Gate = (record: StreamRecord) => string | undefined;

/**
 * A stage of a running task: the operator's processor with everything that is the same for all operators around it,
 * namely gates, counters and what happens to errors. Operators contain none of that.
 */
export class StageNode implements Emitter {
  readonly instanceName: string;
  readonly counters: StageCounters = { input: 0, output: 0, errors: {}, dropped: {} };
  /** Records waiting for this stage, in order. */
  input: StreamRecord[] = [];
  /** What the stage emitted in the current run. */
  output: StreamRecord[] = [];
  /** The lane of each record in `output`, undefined for all lanes; absent where no lane was named in the run. */
  outputLanes: (number | undefined)[] | undefined;
  /** May come and go while the stage runs. */
  observer: RecordObserver | undefined;
  readonly #processor: Processor;
  readonly #gate: Gate | undefined;
  readonly #settings: StageSettings;
  readonly #hooks: StageHooks;
  readonly #lookUps: StageLookUps | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  /** By offset of the message they came from: -1 for records that no message led to. */
  readonly #refused = new Map<number, Failure>();

  constructor(
    instanceName: string,
    processor: Processor,
    gate: Gate | undefined,
    settings: StageSettings,
    hooks: StageHooks,
    lookUps?: StageLookUps,
  ) {
    this.#lookUps = lookUps;
    if (lookUps !== undefined) this.counters.lookUps = lookUps.counters;
    this.instanceName = instanceName;
    this.#processor = processor;
    this.#gate = gate;
    this.#settings = settings;
    this.#hooks = hooks;
  }

  get takesBatches(): boolean {
    return this.#processor.process === undefined || this.#lookUps !== undefined;
  }

  /** Bytes of what it asked for its last batch, about; undefined: it asks nothing. */
  get askedBytes(): number | undefined {
    return this.#lookUps?.askedBytes;
  }

  /** Ends its waits for answers from outside, those to come included: `run` rejects with the reason. */
  giveUp(reason: unknown): void {
    this.#lookUps?.giveUp(reason);
  }

  /** Works off `input` into `output`. Asynchronous only where the operator is. */
  run(): void | Promise<void> {
    const records = this.input;
    this.input = [];
    this.#clearOutput();
    this.counters.input += records.length;
    const { observer } = this;
    if (observer?.onInput !== undefined) for (const record of records) observer.onInput(this.instanceName, record);
    const taken = this.#refused.size === 0 ? records : records.filter((record) => !this.rejects(record));
    const admitted = this.#gate === undefined ? taken : this.#admit(taken, this.#gate);
    if (admitted.length === 0) return;
    if (this.#lookUps === undefined) return this.#work(admitted);
    const pending = this.#lookUps.prepare(admitted);
    return pending === undefined ? this.#workInformed(admitted) : pending.then(() => this.#workInformed(admitted));
  }

  /** With the answers at hand; records that have none are errors, in their order. */
  #workInformed(records: readonly StreamRecord[]): void | Promise<void> {
    const informed = records.filter((record) => {
      const failure = this.#lookUps?.failureOf(record);
      if (failure !== undefined) this.error(record, failure.code, failure.message);
      return failure === undefined;
    });
    const done = this.#work(informed);
    if (done === undefined) this.#lookUps?.clear();
    else return done.then(() => this.#lookUps?.clear());
  }

  #work(admitted: readonly StreamRecord[]): void | Promise<void> {
    if (admitted.length === 0) return;
    const { process } = this.#processor;
    if (process === undefined) return this.#runBatch(admitted);
    for (const record of admitted) {
      try {
        process.call(this.#processor, record, this);
      } catch (error) {
        this.#failed(record, error);
      }
    }
  }

  /** Lets it rebuild what it needs from what was kept. */
  opened(): void | Promise<void> {
    return this.#processor.opened?.();
  }

  /** Lets it work off a slot of a schedule into `output`. Asynchronous only where the operator is. */
  scheduled(slot: ScheduleSlot, nowMs: number): void | Promise<void> {
    const call = new BatchCall(this);
    const acted = this.#act('schedule', nowMs, () => this.#processor.scheduled?.(slot, call));
    if (acted === undefined) call.end();
    else return acted.then(() => call.end());
  }

  /** Whether the stage waits for watermarks that can move without a record of their key. */
  get waits(): boolean {
    return this.#processor.progress !== undefined;
  }

  /** Lets it put out what it held back. */
  progress(nowMs: number): void {
    void this.#act('watermark', nowMs, () => this.#processor.progress?.(this));
  }

  /** What it throws without a record is counted and told; there is no record to keep. */
  #act(occasion: string, nowMs: number, act: () => void | Promise<void>): void | Promise<void> {
    this.#clearOutput();
    const failed = (error: unknown): void => {
      const failure = failureOf(this.instanceName, error);
      judgeRecordError(this.#settings.onRecordError, this.counters, failure, ` of its ${occasion}`);
      if (nowMs - this.#toldAt < TOLD_EVERY_MS) return;
      this.#toldAt = nowMs;
      this.#hooks.log('error', this.instanceName, `Its ${occasion} failed (${failure.code}): ${failure.message}`);
    };
    try {
      return act()?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Never rejects: at the end of a task a stage that fails to close is told, and changes nothing about what was done. */
  async close(): Promise<void> {
    try {
      await this.#processor.close?.();
    } catch (error) {
      this.#hooks.log('warning', this.instanceName, `It could not be closed: ${messageOf(error)}`);
    }
  }

  #clearOutput(): void {
    this.output = [];
    this.outputLanes = undefined;
  }

  emit(record: StreamRecord, lane?: number): void {
    this.counters.output++;
    if (lane !== undefined) this.outputLanes ??= [];
    if (this.outputLanes !== undefined) this.outputLanes[this.output.length] = lane;
    this.output.push(record);
    this.observer?.onOutput?.(this.instanceName, record);
  }

  drop(record: StreamRecord, reason: string): void {
    count(this.counters.dropped, reason);
    this.observer?.onDrop?.(this.instanceName, record, reason);
  }

  error(record: StreamRecord, code: string, message: string): void {
    const failure: Failure = { stage: this.instanceName, code, message };
    const verdict = judgeRecordError(this.#settings.onRecordError, this.counters, failure);
    if (verdict.kind === 'discard') {
      this.observer?.onDrop?.(this.instanceName, record, verdict.reason);
      return;
    }
    this.observer?.onError?.(this.instanceName, record, failure);
    this.#hooks.deadLetter(record, failure);
  }

  /** Makes errors of the records that come of the message at `offset`: what they lead to cannot be committed. */
  refuse(offset: number, failure: Failure): void {
    this.#refused.set(offset, failure);
  }

  /** True for a record that was refused; it is dealt with then. */
  rejects(record: StreamRecord): boolean {
    if (this.#refused.size === 0) return false;
    const failure = this.#refused.get(record.batch === undefined ? -1 : (record.batch.offsets[record.index] ?? -1));
    if (failure === undefined) return false;
    this.error(record, failure.code, failure.message);
    return true;
  }

  /** Counts records that were dropped before they were built. */
  countSkipped(records: number, reason: string): void {
    this.counters.input += records;
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + records;
  }

  #admit(records: readonly StreamRecord[], gate: Gate): StreamRecord[] {
    return records.filter((record) => {
      try {
        const reason = gate(record);
        if (reason === undefined) return true;
        this.drop(record, reason);
      } catch (error) {
        this.#failed(record, error, 'PRECONDITION_FAILED');
      }
      return false;
    });
  }

  /** What a call with many records throws is an error of those it had not finished. */
  #runBatch(records: readonly StreamRecord[]): void | Promise<void> {
    const call = new BatchCall(this);
    const failed = (error: unknown): void => {
      call.end();
      const failure = failureOf(this.instanceName, error);
      for (const record of call.unfinished(records)) this.error(record, failure.code, failure.message);
    };
    try {
      const pending = this.#processor.processBatch?.call(this.#processor, records, call);
      if (pending !== undefined) return pending.then(() => call.end(), failed);
      call.end();
    } catch (error) {
      failed(error);
    }
  }

  #failed(record: StreamRecord, error: unknown, code?: string): void {
    const failure = failureOf(this.instanceName, error, code);
    this.error(record, failure.code, failure.message);
  }
}
