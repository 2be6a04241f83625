import type { Emitter, StreamRecord } from '@penstock/engine';

/** Errors that every operator with keyed state reports in the same words. */

export const reportMissingKey = (record: StreamRecord, out: Emitter): void =>
  out.error(record, 'KEY_NOT_VALID', '"assetId" and "pointId" must be texts: the state of this stage is kept by them.');

export const reportMissingTime = (record: StreamRecord, out: Emitter): void =>
  out.error(record, 'TIME_NOT_VALID', '"time" must be a whole number of milliseconds since 1970.');

export const reportNotNumeric = (record: StreamRecord, out: Emitter): void =>
  out.error(record, 'VALUE_NOT_NUMERIC', `The value of point "${record.pointId ?? ''}" is not a number.`);

export const reportTooFarAhead = (record: StreamRecord, out: Emitter): void =>
  out.error(
    record,
    'TIME_TOO_FAR_AHEAD',
    `"time" (${record.time ?? ''}) lies further ahead of the clock than the pipeline accepts (option "maxFutureMs"): with it, all records before it would be late.`,
  );
