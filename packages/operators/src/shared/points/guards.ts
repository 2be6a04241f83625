import type { Emitter, EventTime, StreamRecord } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import { notSelected, nullValue } from '../outcomes.ts';
import type { Addressing } from './addressing.ts';
import { POINTS } from './point-addressing.ts';

/**
 * What measurement operators ask of a record before they work on it. Each guard that finds something missing has
 * ended the record (dropped it, or made it an error) by the time it answers false; the reasons and codes are those
 * declared in `outcomes.ts`, in the same words for every operator.
 */

type Value = Exclude<JsonValue, null>;
/** A record of the classic format whose state can be found. */
export type WithKey = StreamRecord & { readonly assetId: string; readonly pointId: string };
/** A record that has its place in time. */
export type WithTime = StreamRecord & { readonly time: number };

/** `not-selected` where no row applies (contract E.0: an operator passes on only what it handled). */
export const isSelected = (rows: readonly unknown[], record: StreamRecord, out: Emitter): boolean => {
  if (rows.length > 0) return true;
  out.drop(record, notSelected.reason);
  return false;
};

/** `null-value`; given the record's value, which whoever asks goes on with. */
export const hasValue = (value: JsonValue | undefined, record: StreamRecord, out: Emitter): value is Value => {
  if (value !== null && value !== undefined) return true;
  out.drop(record, nullValue.reason);
  return false;
};

/** `KEY_NOT_VALID`. */
export const hasKey = (record: StreamRecord, out: Emitter): record is WithKey => hasKeyBy(POINTS, record, out);

/** `KEY_NOT_VALID`. Where it answers true, `of.idOf` gives the other part of the key. */
export const hasKeyBy = (
  of: Addressing,
  record: StreamRecord,
  out: Emitter,
): record is StreamRecord & { readonly assetId: string } => {
  if (record.assetId !== undefined && of.idOf(record) !== undefined) return true;
  const message = `"assetId" and "${of.idField}" must be texts: the state of this stage is kept by them.`;
  out.error(record, 'KEY_NOT_VALID', message);
  return false;
};

/** `TIME_NOT_VALID`. */
export const hasValidTime = (record: StreamRecord, eventTime: EventTime, out: Emitter): record is WithTime => {
  const { time } = record;
  if (time === undefined) {
    const message = `"time" must be a whole number of milliseconds since 1970.${likelyUnit(record.get('time'))}`;
    out.error(record, 'TIME_NOT_VALID', message);
    return false;
  }
  if (isInSeconds(time, eventTime)) {
    const message = `"time" (${time}) lies in the first weeks of 1970. In seconds it would be ${new Date(time * 1000).toISOString()}: multiply it by 1000 in front of the stage.`;
    out.error(record, 'TIME_NOT_VALID', message);
    return false;
  }
  return true;
};

/** `TIME_NOT_VALID`, or `TIME_TOO_FAR_AHEAD`: it would move a watermark for good. */
export const hasTime = (record: StreamRecord, eventTime: EventTime, out: Emitter): record is WithTime => {
  if (!hasValidTime(record, eventTime, out)) return false;
  const { time } = record;
  if (!eventTime.isTooFarAhead(time)) return true;
  out.error(
    record,
    'TIME_TOO_FAR_AHEAD',
    `"time" (${time}) lies further ahead of the clock than the pipeline accepts (option "maxFutureMs"): with it, all records before it would be late.${likelyUnit(time)}`,
  );
  return false;
};

/** 2001-09-09 in seconds: the first with ten digits. */
const FIRST_OF_TEN_DIGITS = 1_000_000_000;

/** A time that was a day of this century up to now if it were seconds, and is of January 1970 as it stands. */
const isInSeconds = (time: number, eventTime: EventTime): boolean =>
  time >= FIRST_OF_TEN_DIGITS && time < 2 * FIRST_OF_TEN_DIGITS && !eventTime.isTooFarAhead(time * 1000);

/** In which unit a time would be one of these years, as a sentence; empty where that cannot be told. */
const likelyUnit = (time: JsonValue | undefined): string => {
  const number = typeof time === 'string' && /^\d{15,20}$/.test(time) ? Number(time) : time;
  if (typeof number !== 'number') return '';
  const unit = UNITS.find(([, perMs]) => number / perMs >= YEAR_2000 && number / perMs < YEAR_2100);
  if (unit === undefined) return '';
  const [name, perMs] = unit;
  return ` In ${name} it would be ${new Date(number / perMs).toISOString()}: divide it by ${perMs} in front of the stage.`;
};

const UNITS: readonly (readonly [name: string, perMs: number])[] = [
  ['microseconds', 1000],
  ['nanoseconds', 1_000_000],
];
const YEAR_2000 = Date.UTC(2000, 0);
const YEAR_2100 = Date.UTC(2100, 0);

/** `VALUE_NOT_NUMERIC`; which values are numeric is the operator's to say. */
export const reportNotNumeric = (record: StreamRecord, out: Emitter): void =>
  out.error(
    record,
    'VALUE_NOT_NUMERIC',
    `The value of ${record.pointId === undefined ? 'measurement' : 'point'} "${record.pointId ?? record.measurementId ?? ''}" is not a number.`,
  );
