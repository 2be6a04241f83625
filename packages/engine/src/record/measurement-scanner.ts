import type { JsonValue } from '@penstock/model';
import { SpanStore } from './span-store.ts';
import { StringPool } from './string-pool.ts';

/**
 * Reads a measurement point message (contract G.1), or one of the data format of 0.4.0 (E.5), from its bytes without
 * parsing all of it.
 *
 * It accepts only what it is sure about: one flat JSON object in ASCII, strings without escapes, plain decimal
 * numbers, at most one empty object or array as a value, each known field at most once. Everything else is left to
 * `JSON.parse` (`scan` answers false), so a record that was scanned is always one that parses, with the same values.
 * That property is what the fuzz tests beside this file check.
 */

/** Known fields, as bits of `present`. */
export const Field = {
  orgId: 1,
  modelId: 2,
  modelIdPath: 4,
  assetId: 8,
  pointId: 16,
  time: 32,
  value: 64,
  quality: 128,
  dq: 256,
  attr: 512,
  measurementId: 1024,
} as const;

const NAMES = [
  'orgId',
  'modelId',
  'modelIdPath',
  'assetId',
  'pointId',
  'time',
  'value',
  'quality',
  'dq',
  'attr',
  'measurementId',
] as const;
export type FieldName = (typeof NAMES)[number];
const NAME_BYTES = NAMES.map((name) => Buffer.from(name, 'latin1'));
/** Number of a field: its bit in `present`, its place among the spans. */
export const fieldIndex = (name: string): number => NAMES.indexOf(name as FieldName);
export const FIELD_COUNT = NAMES.length;

const ATTR = fieldIndex('attr');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * 1 for the characters a string may consist of here: printable ASCII without quote and backslash. Reading on to the
 * next other character needs no look at the end: a value ends with a brace of its own, and what runs beyond it is
 * found out by its position afterwards.
 */
const PLAIN = Uint8Array.from({ length: 256 }, (_, c) =>
  c >= SPACE && c <= 0x7e && c !== QUOTE && c !== BACKSLASH ? 1 : 0,
);

/** Powers of ten that a double holds exactly: mantissa < 2^53 divided by one of them is correctly rounded. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const MAX_SAFE_MANTISSA = 2 ** 53;
/** More digits than any 64-bit number has; with 309 a number may be infinite. */
const MAX_DIGITS = 40;

export class MeasurementScanner {
  /** Which known fields the last scanned record has: bits of `Field`. */
  present = 0;
  assetId = '';
  pointId = '';
  modelId = '';
  modelIdPath = '';
  measurementId = '';
  /** Values of fields that may be of any type; undefined where the field is absent. */
  time: JsonValue | undefined;
  value: JsonValue | undefined;
  quality: JsonValue | undefined;
  dq: JsonValue | undefined;
  /** Byte range of each known field's value, by `fieldIndex`: those of the last record in `slot`, until it is kept. */
  readonly spans = new SpanStore(FIELD_COUNT);
  /** Position of the closing brace. */
  close = 0;
  /** False for `{}`. */
  hasMembers = false;
  /** Whether a number may be spelled otherwise than JavaScript would write it; see `hasOddNumbers`. */
  mayHaveOddNumbers = false;

  readonly #pool = new StringPool();
  #position = 0;
  #hash = 0;
  #number = 0;

  /** True when `bytes[start, end)` is a record this scanner is sure about; its fields then describe that record. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.present = 0;
    this.time = undefined;
    this.value = undefined;
    this.quality = undefined;
    this.dq = undefined;
    this.hasMembers = false;
    this.mayHaveOddNumbers = false;
    const { spans, slot } = this.spans;
    let p = start;
    if (end - start < 2 || bytes[p] !== OPEN || bytes[end - 1] !== CLOSE) return false;
    p++;
    this.close = end - 1;
    if (p === this.close) return true;
    this.hasMembers = true;
    for (;;) {
      // A member: "name": value
      if (bytes[p] !== QUOTE) return false;
      const nameStart = ++p;
      while (PLAIN[bytes[p] as number] === 1) p++;
      if (bytes[p] !== QUOTE) return false;
      const field = knownField(bytes, nameStart, p);
      p++;
      if (bytes[p] !== COLON) return false;
      p++;
      if (bytes[p] === SPACE) p++;
      if (field >= 0) {
        const bit = 1 << field;
        if ((this.present & bit) !== 0) return false;
        this.present |= bit;
      }
      const valueStart = p;
      const first = bytes[p] as number;
      if (first === QUOTE) {
        if (field === ATTR) return false;
        if (!this.#string(bytes, p + 1, end)) return false;
        p = this.#position;
        if (field >= 0) this.#keepString(field, bytes, valueStart + 1, p - 1);
      } else if (first === MINUS || (first >= ZERO && first <= NINE)) {
        if (!this.#decimal(bytes, p, end)) return false;
        p = this.#position;
        if (field >= 0 && !this.#keepValue(field, this.#number)) return false;
      } else if (first === OPEN && bytes[p + 1] === CLOSE) {
        p += 2;
        if (field >= 0 && field !== ATTR) return false;
      } else {
        const length = literalLength(bytes, p);
        if (length === 0) return false;
        p += length;
        if (field >= 0 && !this.#keepValue(field, LITERALS.get(length + (bytes[valueStart] as number)) as JsonValue))
          return false;
      }
      if (field >= 0) {
        spans[slot + field] = valueStart;
        spans[slot + FIELD_COUNT + field] = p;
      }
      if (p === this.close) return true;
      if (bytes[p] !== COMMA) return false;
      p++;
      if (bytes[p] === SPACE) p++;
      if (p >= this.close) return false;
    }
  }

  /** Walks a string body from `p`; on success `#position` is behind the closing quote and `#hash` is of its bytes. */
  #string(bytes: Buffer, p: number, end: number): boolean {
    let hash = 0;
    let c = bytes[p] as number;
    while (PLAIN[c] === 1) {
      hash = (Math.imul(hash, 31) + c) | 0;
      c = bytes[++p] as number;
    }
    if (c !== QUOTE || p >= end) return false;
    this.#position = p + 1;
    this.#hash = hash;
    return true;
  }

  /** Walks a decimal number without exponent; on success `#number` is its value, exactly as `JSON.parse` rounds it. */
  #decimal(bytes: Buffer, p: number, end: number): boolean {
    const start = p;
    const negative = bytes[p] === MINUS;
    if (negative) p++;
    let c = bytes[p] as number;
    if (!(c >= ZERO && c <= NINE)) return false;
    let mantissa = 0;
    let digits = 0;
    if (c === ZERO) {
      c = bytes[++p] as number;
      if (c >= ZERO && c <= NINE) return false;
    } else {
      while (c >= ZERO && c <= NINE) {
        mantissa = mantissa * 10 + (c - ZERO);
        digits++;
        c = bytes[++p] as number;
      }
    }
    let scale = 0;
    if (c === DOT) {
      c = bytes[++p] as number;
      if (!(c >= ZERO && c <= NINE)) return false;
      while (c >= ZERO && c <= NINE) {
        mantissa = mantissa * 10 + (c - ZERO);
        digits++;
        scale++;
        c = bytes[++p] as number;
      }
    }
    // An exponent, a number that runs into the end or one that may be infinite: not for this scanner.
    if (c === 0x65 || c === 0x45 || p >= end || digits > MAX_DIGITS) return false;
    this.#position = p;
    if (digits > 15 || (negative && bytes[start + 1] === ZERO) || (scale > 0 && isOddFraction(bytes, start, p)))
      this.mayHaveOddNumbers = true;
    if (digits > 15 && mantissa >= MAX_SAFE_MANTISSA) this.#number = Number(bytes.latin1Slice(start, p));
    else if (scale > 22) this.#number = Number(bytes.latin1Slice(start, p));
    else {
      const magnitude = scale === 0 ? mantissa : mantissa / (POWERS_OF_TEN[scale] as number);
      this.#number = negative ? -magnitude : magnitude;
    }
    return true;
  }

  #keepString(field: number, bytes: Buffer, start: number, end: number): void {
    switch (field) {
      case 1:
        this.modelId = this.#pool.get(bytes, start, end, this.#hash);
        break;
      case 2:
        this.modelIdPath = this.#pool.get(bytes, start, end, this.#hash);
        break;
      case 3:
        this.assetId = this.#pool.get(bytes, start, end, this.#hash);
        break;
      case 4:
        this.pointId = this.#pool.get(bytes, start, end, this.#hash);
        break;
      case 5:
        this.time = bytes.latin1Slice(start, end);
        break;
      case 6:
        this.value = bytes.latin1Slice(start, end);
        break;
      case 7:
        this.quality = bytes.latin1Slice(start, end);
        break;
      case 8:
        this.dq = bytes.latin1Slice(start, end);
        break;
      case 10:
        this.measurementId = this.#pool.get(bytes, start, end, this.#hash);
        break;
      default:
      // orgId: nobody asks for it often enough to keep it.
    }
  }

  /** False for values of a type that field does not usually have: those records are parsed. */
  #keepValue(field: number, value: JsonValue): boolean {
    switch (field) {
      case 5:
        this.time = value;
        return true;
      case 6:
        this.value = value;
        return true;
      case 7:
        this.quality = value;
        return true;
      case 8:
        this.dq = value;
        return true;
      default:
        return false;
    }
  }
}

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');
/** Keyed by length + first byte of the literal. */
const LITERALS = new Map<number, JsonValue>([
  [4 + 0x74, true],
  [5 + 0x66, false],
  [4 + 0x6e, null],
]);

const literalLength = (bytes: Buffer, p: number): number => {
  const first = bytes[p];
  const literal = first === 0x74 ? TRUE : first === 0x66 ? FALSE : first === 0x6e ? NULL : undefined;
  if (literal === undefined) return 0;
  for (let i = 1; i < literal.length; i++) if (bytes[p + i] !== literal[i]) return 0;
  return literal.length;
};

/** Index of the known field whose name is `bytes[start, end)`, or -1. */
const knownField = (bytes: Buffer, start: number, end: number): number => {
  let candidate = -1;
  switch (end - start) {
    case 2:
      candidate = 8;
      break;
    case 4:
      candidate = bytes[start] === 0x74 ? 5 : 9;
      break;
    case 5:
      candidate = bytes[start] === 0x6f ? 0 : 6;
      break;
    case 7:
      candidate = bytes[start] === 0x61 ? 3 : bytes[start] === 0x70 ? 4 : bytes[start] === 0x71 ? 7 : 1;
      break;
    case 11:
      candidate = 2;
      break;
    case 13:
      candidate = 10;
      break;
    default:
      return -1;
  }
  const name = NAME_BYTES[candidate] as Buffer;
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return -1;
  return candidate;
};

/** A last zero is not written, and far below a tenth JavaScript writes an exponent. */
const isOddFraction = (bytes: Buffer, start: number, end: number): boolean =>
  bytes[end - 1] === ZERO || (bytes[start] === ZERO && bytes[start + 2] === ZERO);
