import type { StreamRecord } from '../record/stream-record.ts';

/** Where a stage sends what it made of its records. Valid only during the call it was passed to. */
export interface Emitter {
  emit(record: StreamRecord): void;
  /** Ends a record for a reason that is part of the operator's behaviour; counted under `reason` (kebab-case). */
  drop(record: StreamRecord, reason: string): void;
  /** Ends a record as an error; the engine then does what the stage's "On Record Error" says. */
  error(record: StreamRecord, code: string, message: string): void;
}
