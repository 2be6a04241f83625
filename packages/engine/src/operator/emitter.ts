import type { StreamRecord } from '../record/stream-record.ts';

/** Where a stage sends what it made of its records. Valid only during the call it was passed to. */
export interface Emitter {
  /**
   * Hands the record on: to every output lane, or to one, by its index in `StageContext.lanes`. A record that goes to
   * several lanes one by one is copied for all but the last.
   */
  emit(record: StreamRecord, lane?: number): void;
  /** Ends a record for a reason that is part of the operator's behaviour; counted under `reason` (kebab-case). */
  drop(record: StreamRecord, reason: string): void;
  /** Ends a record as an error; the engine then does what the stage's "On Record Error" says. */
  error(record: StreamRecord, code: string, message: string): void;
}
