import { AppError, messageOf, type StageCounters } from '@penstock/model';
import type { Emitter, Processor } from '../operator/index.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { StageSettings } from '../stage-settings.ts';
import type { Failure } from './dead-letter-writer.ts';

/**
 * Somebody who looks at every record (previews, snapshots). Records go on changing after the call, and their bytes are
 * reused: whoever wants to keep one takes its text at once.
 */
export interface RecordObserver {
  /** A record as the source gave it. */
  onRead?(record: StreamRecord): void;
  /** A message that is no record: its text, where it has any. */
  onMalformed?(instanceName: string, text: string | null, failure: Failure): void;
  onInput?(instanceName: string, record: StreamRecord): void;
  onOutput?(instanceName: string, record: StreamRecord): void;
  onDrop?(instanceName: string, record: StreamRecord, reason: string): void;
  onError?(instanceName: string, record: StreamRecord, failure: Failure): void;
}

export interface StageHooks {
  deadLetter(record: StreamRecord, failure: Failure): void;
}

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
  /** May come and go while the stage runs. */
  observer: RecordObserver | undefined;
  readonly #processor: Processor;
  readonly #gate: Gate | undefined;
  readonly #settings: StageSettings;
  readonly #hooks: StageHooks;

  constructor(
    instanceName: string,
    processor: Processor,
    gate: Gate | undefined,
    settings: StageSettings,
    hooks: StageHooks,
  ) {
    this.instanceName = instanceName;
    this.#processor = processor;
    this.#gate = gate;
    this.#settings = settings;
    this.#hooks = hooks;
  }

  get takesBatches(): boolean {
    return this.#processor.process === undefined;
  }

  get ticks(): boolean {
    return this.#processor.tick !== undefined;
  }

  /** Works off `input` into `output`. Asynchronous only where the operator is. */
  run(): void | Promise<void> {
    const records = this.input;
    this.input = [];
    this.output = [];
    this.counters.input += records.length;
    const { observer } = this;
    if (observer?.onInput !== undefined) for (const record of records) observer.onInput(this.instanceName, record);
    const admitted = this.#gate === undefined ? records : this.#admit(records, this.#gate);
    if (admitted.length === 0) return;
    const { process, processBatch } = this.#processor;
    if (process !== undefined) {
      for (const record of admitted) {
        try {
          process.call(this.#processor, record, this);
        } catch (error) {
          this.#failed(record, error);
        }
      }
      return;
    }
    return processBatch?.call(this.#processor, admitted, this);
  }

  tick(nowMs: number): void {
    this.output = [];
    this.#processor.tick?.(nowMs, this);
  }

  async close(): Promise<void> {
    await this.#processor.close?.();
  }

  emit(record: StreamRecord): void {
    this.counters.output++;
    this.output.push(record);
    this.observer?.onOutput?.(this.instanceName, record);
  }

  drop(record: StreamRecord, reason: string): void {
    count(this.counters.dropped, reason);
    this.observer?.onDrop?.(this.instanceName, record, reason);
  }

  error(record: StreamRecord, code: string, message: string): void {
    const failure: Failure = { stage: this.instanceName, code, message };
    switch (this.#settings.onRecordError) {
      case 'DISCARD':
        this.drop(record, `discard:${code}`);
        return;
      case 'STOP_PIPELINE':
        throw stopError(failure);
      case 'TO_ERROR':
        count(this.counters.errors, code);
        this.observer?.onError?.(this.instanceName, record, failure);
        this.#hooks.deadLetter(record, failure);
    }
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

  #failed(record: StreamRecord, error: unknown, code = 'STAGE_FAILED'): void {
    if (error instanceof AppError && error.code === STOPPED_BY_STAGE) throw error;
    this.error(record, error instanceof AppError && error.domain === 'user' ? error.code : code, messageOf(error));
  }
}

export const STOPPED_BY_STAGE = 'STAGE_STOPPED_PIPELINE';

/** A stage whose "On Record Error" is "Stop Pipeline" met an error: starting again would only meet it again. */
const stopError = (failure: Failure): AppError =>
  new AppError(
    STOPPED_BY_STAGE,
    `Stage "${failure.stage}" stopped the pipeline at a record error (${failure.code}): ${failure.message}`,
    {
      domain: 'user',
      params: { stage: failure.stage, code: failure.code },
    },
  );

/** For counters whose names come from code, never from data. */
export const count = (counters: Record<string, number>, name: string, by = 1): void => {
  counters[name] = (counters[name] ?? 0) + by;
};
