import { isDeepStrictEqual } from 'node:util';
import { StreamRecord } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import type { AppendPolicy } from '../../shared/appended-records.ts';

/** A record whose value differed from the one before it. */
export interface ChangedRecord {
  /** Its JSON. */
  readonly text: string;
  readonly value: JsonValue;
  /** JSON of the value, with all digits. */
  readonly valueText: string;
  /** JSON of what is appended to other records. */
  readonly entry: string;
}

/** With the digits of the record; null where it has no such field. */
const textOf = (record: StreamRecord, name: string): string =>
  record.spellingOf(name) ?? JSON.stringify(record.get(name) ?? null);

const changedRecord = (text: string, record: StreamRecord): ChangedRecord => {
  const valueText = textOf(record, 'value');
  return {
    text,
    value: record.get('value') ?? null,
    valueText,
    entry: `{"lastChangedTs":${textOf(record, 'time')},"lastChangedValue":${valueText},"lastChangedRecord":${text}}`,
  };
};

/** Of a record that was stored. */
export const changedRecordOf = (text: string): ChangedRecord =>
  changedRecord(text, StreamRecord.from({}).deriveFromJson(text));

/** Numbers are the same where they are as numbers, 1 and 1.0; whole ones too large for that where every digit is. */
const isSame = (kept: ChangedRecord, value: JsonValue, record: StreamRecord): boolean => {
  if (typeof value === 'object') return isDeepStrictEqual(kept.value, value);
  if (kept.value !== value) return false;
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return true;
  const text = textOf(record, 'value');
  return text === kept.valueText || !(WHOLE.test(text) && WHOLE.test(kept.valueText));
};

const WHOLE = /^-?\d+$/;

export const changedRecordPolicy: AppendPolicy<ChangedRecord> = {
  attribute: 'lastChangedRecordAppender',
  replaces: (kept, record) => {
    const value = record.get('value');
    // Nothing was measured: that is no change of what was.
    if (value === undefined || value === null) return false;
    return kept === undefined || !isSame(kept, value, record);
  },
  keep: changedRecord,
  // The first record is appended to itself.
  entryOf: (before, after) => (before ?? after)?.entry ?? '{}',
};
