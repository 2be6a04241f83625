import type { StageCounters } from '@penstock/model';
import { type Plan, type PlanPart, type PlanSource, sourceOf } from '../plan/plan.ts';
import type { SourceBatch } from '../ports.ts';
import { MalformedCode, MalformedValue } from '../record/decode-value.ts';
import { MessageRecords, placeInMessage } from '../record/message/message-records.ts';
import { beginsWithArray, isSequence } from '../record/message/message-values.ts';
import { type PointFilter, StreamRecord } from '../record/stream-record.ts';
import type { ProgressMessage } from '../time/progress-message.ts';
import type { DeadLetterWriter, Failure } from './dead-letter-writer.ts';
import { count, judgeRecordError } from './record-errors.ts';
import { isReplay } from './replay.ts';
import type { RecordObserver } from './stage-node.ts';

/** A way through messages `next` to `to` (exclusive) of a batch, which may pause inside a message of many records. */
export interface Reading {
  readonly batch: SourceBatch;
  next: number;
  readonly to: number;
  /** The records of message `next` that have not been read yet. */
  records: MessageRecords | undefined;
  /** What was found of what tasks in front of the cut report. */
  readonly progress: ProgressMessage[];
}

/** What was read. */
export interface ReadRecords {
  readonly records: StreamRecord[];
  /** Records that the selection of the stage behind has rejected by the scan alone. */
  skipped: number;
  /** Messages that are replays and were dealt with. */
  replays: number;
}

export interface SourceReaderOptions {
  readonly plan: Plan;
  readonly part: PlanPart;
  /** Every record counts towards the room there is, also one that is a message of its own. */
  readonly countsAll: boolean;
  readonly isWanted: PointFilter | undefined;
  readonly deadLetters: DeadLetterWriter;
  observer(): RecordObserver | undefined;
  /** What a message reports of tasks in front of the cut; undefined where it is a record, or anything else. */
  progressAt(batch: SourceBatch, index: number): ProgressMessage | undefined;
  /** Deals with a message that is a replay; false where it is to be read like any other. */
  replay(batch: SourceBatch, index: number): boolean;
}

export const NO_RECORDS = 'no-records';

/**
 * Makes records of messages, and errors of what is none. A message of the source that holds several, as an array or
 * one after the other, becomes so many; behind cuts a message is one record. An ordinary message costs a look at its first
 * byte: objects one after the other are looked for only where a full parse has failed.
 */
export class SourceReader {
  /** Of the source stage. `input` counts records, whether they came alone or in one message. */
  readonly counters: StageCounters = { input: 0, output: 0, errors: {}, dropped: {} };
  readonly #options: SourceReaderOptions;
  readonly #maxRecordBytes: number;
  readonly #isSource: boolean;
  readonly #stage: PlanSource;

  constructor(options: SourceReaderOptions) {
    this.#options = options;
    const { plan, part } = options;
    const source = sourceOf(plan, part);
    this.#isSource = source !== undefined;
    // Behind a cut nobody has read yet; what cannot be is told of the first source.
    this.#stage = source ?? (plan.sources[0] as PlanSource);
    this.#maxRecordBytes = source?.spec.kind === 'topic' ? source.spec.maxRecordBytes : Number.POSITIVE_INFINITY;
  }

  /** Reads on: to the end, or until so many records were read (of those that share a message, unless all count). */
  read(reading: Reading, room: number): ReadRecords {
    const { batch, to } = reading;
    const found: ReadRecords = { records: [], skipped: 0, replays: 0 };
    let left = room;
    for (; reading.next < to; reading.next++) {
      reading.records ??= this.#message(reading, found);
      if (reading.records === undefined) {
        if (!this.#options.countsAll || (batch.valueStart[reading.next] as number) < 0) continue;
        left -= 1;
        if (left > 0) continue;
        reading.next++;
        break;
      }
      left = this.#recordsOf(reading.records, batch, reading.next, left, found);
      if (left === 0) break;
      reading.records = undefined;
    }
    this.counters.output += found.records.length + found.skipped;
    return found;
  }

  /** A message, or a record of one, that is none: an error of the source stage. */
  malformed(batch: SourceBatch, index: number, { code, message }: Pick<Failure, 'code' | 'message'>): void {
    const { deadLetters } = this.#options;
    const { instanceName, settings } = this.#stage;
    const failure: Failure = { stage: instanceName, code, message };
    const place = ` at offset ${batch.offsets[index]} of partition ${batch.partition}`;
    if (judgeRecordError(settings.onRecordError, this.counters, failure, place).kind === 'discard') return;
    this.#options.observer()?.onMalformed?.(instanceName, textOf(batch, index), failure);
    deadLetters.writeMessage(batch, index, failure);
  }

  /** Takes in the next message; gives its records where there are several, which are to be read one by one then. */
  #message(reading: Reading, found: ReadRecords): MessageRecords | undefined {
    const { batch, next: index, progress } = reading;
    const { bytes } = batch;
    const start = batch.valueStart[index] as number;
    const end = batch.valueEnd[index] as number;
    if (start < 0) {
      const report = this.#options.progressAt(batch, index);
      if (report !== undefined) {
        progress.push(report);
        return undefined;
      }
    }
    if (isReplay(batch, index) && this.#options.replay(batch, index)) {
      this.counters.input++;
      found.replays++;
      return undefined;
    }
    if (this.#isSource && start >= 0) {
      if (bytes[start] !== OPEN_OBJECT && beginsWithArray(bytes, start, end))
        return new MessageRecords(batch, index, 'array');
      if (end - start > this.#maxRecordBytes && isSequence(bytes, start, end))
        return new MessageRecords(batch, index, 'sequence');
    }
    const malformed = this.#record(batch, index, found);
    if (malformed !== undefined) {
      if (this.#isSource && mayBeSequence(malformed) && isSequence(bytes, start, end))
        return new MessageRecords(batch, index, 'sequence');
      this.malformed(batch, index, malformed);
    }
    this.counters.input++;
    return undefined;
  }

  /** Reads at most `room` of the records of a message, and returns what is left of it: 0 where there may be more. */
  #recordsOf(records: MessageRecords, batch: SourceBatch, index: number, room: number, found: ReadRecords): number {
    const piece = records.take(room);
    if (piece === undefined) {
      if (records.taken === 0) this.#noRecords(batch, index);
      return room;
    }
    const last = piece.batch.count - 1;
    this.counters.input += piece.batch.count;
    for (let entry = 0; entry <= last; entry++) {
      const malformed =
        entry === last && piece.fault !== undefined
          ? new MalformedValue(MalformedCode.NotJson, piece.fault)
          : withPlace(this.#record(piece.batch, entry, found), piece.batch, entry);
      if (malformed !== undefined) this.malformed(piece.batch, entry, malformed);
    }
    return room - piece.batch.count;
  }

  /** Reads one record into `found`; says where there is none. */
  #record(batch: SourceBatch, index: number, found: ReadRecords): MalformedValue | undefined {
    const start = batch.valueStart[index] as number;
    if (start < 0) return new MalformedValue(MalformedCode.Null, 'The message has no value (a tombstone).');
    const size = (batch.valueEnd[index] as number) - start;
    if (size > this.#maxRecordBytes)
      return new MalformedValue(
        MalformedCode.TooLarge,
        `The value has ${size} bytes; the data source accepts ${this.#maxRecordBytes}.`,
      );
    const record = StreamRecord.read(batch, index, this.#options.isWanted);
    if (record === undefined) found.skipped++;
    else if (record instanceof StreamRecord) found.records.push(record);
    else return record;
    return undefined;
  }

  /** An empty array is no mistake, and nothing came of the message. */
  #noRecords(batch: SourceBatch, index: number): void {
    this.counters.input++;
    count(this.counters.dropped, NO_RECORDS);
    const { instanceName } = this.#stage;
    this.#options.observer()?.onNoRecords?.(instanceName, textOf(batch, index), NO_RECORDS);
  }
}

const OPEN_OBJECT = 0x7b;

/** A full parse, which came first, has stopped at the second object, or before: at bytes that are no text. */
const mayBeSequence = ({ code }: MalformedValue): boolean =>
  code === MalformedCode.NotJson || code === MalformedCode.NotUtf8;

const withPlace = (
  malformed: MalformedValue | undefined,
  batch: SourceBatch,
  index: number,
): MalformedValue | undefined => {
  const place = placeInMessage(batch, index);
  if (malformed === undefined || place === undefined) return malformed;
  const { code, message } = malformed;
  return new MalformedValue(
    code,
    `${message} It is record ${place.number} of its message (from 0), at byte ${place.start}.`,
  );
};

const textOf = (batch: SourceBatch, index: number): string | null => {
  const start = batch.valueStart[index] as number;
  return start < 0 ? null : batch.bytes.utf8Slice(start, batch.valueEnd[index]);
};
