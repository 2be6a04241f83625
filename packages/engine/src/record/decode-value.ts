import { isJsonObject, type JsonObject } from '@penstock/model';
import { notFinitePath } from './finite-numbers.ts';
import { jsonFault } from './json-fault.ts';

/** Why a message cannot become a record; the codes are part of the dead letters. */
export const MalformedCode = {
  Null: 'RECORD_VALUE_NULL',
  TooLarge: 'RECORD_TOO_LARGE',
  NotUtf8: 'RECORD_NOT_UTF8',
  NotJson: 'RECORD_NOT_JSON',
  NotObject: 'RECORD_NOT_OBJECT',
  NumberTooLarge: 'RECORD_NUMBER_TOO_LARGE',
} as const;
export type MalformedCode = (typeof MalformedCode)[keyof typeof MalformedCode];

export class MalformedValue {
  readonly code: MalformedCode;
  readonly message: string;
  constructor(code: MalformedCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a message value in full. Never throws: what is wrong comes back as a `MalformedValue`. */
export const decodeValue = (bytes: Buffer, start: number, end: number): JsonObject | MalformedValue => {
  let text = bytes.utf8Slice(start, end);
  if (text.includes('\ufffd')) {
    // Either the replacement character itself or a sign of invalid bytes: only now is the strict decoder worth it.
    try {
      text = strictUtf8.decode(bytes.subarray(start, end));
    } catch {
      return new MalformedValue(MalformedCode.NotUtf8, 'The value is not valid UTF-8.');
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new MalformedValue(MalformedCode.NotJson, `The value is not JSON: ${jsonFault(text)}`);
  }
  if (!isJsonObject(value)) {
    const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    return new MalformedValue(MalformedCode.NotObject, `The value is ${kind}; a record is a JSON object.`);
  }
  if (MAY_BE_INFINITE.test(text)) {
    const path = notFinitePath(value);
    if (path !== undefined)
      return new MalformedValue(
        MalformedCode.NumberTooLarge,
        `The number at ${path} is beyond what a 64-bit floating point number holds (1.8e308).`,
      );
  }
  return value;
};

/** An exponent of three digits or a number of three hundred: only then is it worth a look at every number. */
const MAY_BE_INFINITE = /\d[eE]\+?\d{3}|\d{300}/;
