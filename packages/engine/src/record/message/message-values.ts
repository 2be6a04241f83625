/**
 * Finds the JSON values that stand in one message: the items of an array, or objects one after the other. It works on
 * the bytes, looks only at brackets, strings and what stands between values, and leaves it to whoever reads a value to
 * find out whether it is JSON: a message has come through without a fault exactly where `JSON.parse` would have taken
 * it (an array), or each of its values (a sequence).
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const PLAIN = 0;
const STRING = 1;
const OPEN = 2;
const CLOSE = 3;
const BLANK = 4;
const SEPARATOR = 5;

/** What each byte is where a value is looked for. */
const KINDS = new Uint8Array(256);
KINDS[QUOTE] = STRING;
KINDS[OPEN_ARRAY] = KINDS[OPEN_OBJECT] = OPEN;
KINDS[CLOSE_ARRAY] = KINDS[CLOSE_OBJECT] = CLOSE;
KINDS[0x20] = KINDS[0x09] = KINDS[0x0a] = KINDS[0x0d] = BLANK;
KINDS[COMMA] = KINDS[0x3a] = SEPARATOR;

/** How the values of a message stand: the items of one array, or one after the other, with or without white space. */
export type Arrangement = 'array' | 'sequence';

/** True where the first thing in the message is an array. */
export const beginsWithArray = (bytes: Buffer, start: number, end: number): boolean => {
  const first = skipBlanks(bytes, start, end);
  return first < end && bytes[first] === OPEN_ARRAY;
};

/** True where an object is followed by the beginning of another. Walks over the first; `{…}}` is no sequence. */
export const isSequence = (bytes: Buffer, start: number, end: number): boolean => {
  const first = skipBlanks(bytes, start, end);
  if (first >= end || bytes[first] !== OPEN_OBJECT) return false;
  const close = endOfValue(bytes, first, end);
  if (close < 0) return false;
  const next = skipBlanks(bytes, close, end);
  return next < end && bytes[next] === OPEN_OBJECT;
};

/** Walks over the values of one message. */
export class MessageValues {
  /** The value that `next` found, as a range of bytes. */
  start: number;
  end: number;
  /** Present where that is no value but all that is left: why nothing more can be found. */
  fault: string | undefined;
  /** How many `next` has found. */
  count = 0;
  readonly #bytes: Buffer;
  readonly #messageStart: number;
  readonly #messageEnd: number;
  readonly #arrangement: Arrangement;
  #at: number;
  #isDone = false;

  constructor(bytes: Buffer, start: number, end: number, arrangement: Arrangement) {
    this.#bytes = bytes;
    this.#messageStart = start;
    this.#messageEnd = end;
    this.#arrangement = arrangement;
    this.start = start;
    this.end = start;
    const first = skipBlanks(bytes, start, end);
    this.#at = arrangement === 'array' ? first + 1 : first;
  }

  /** False once there is no more. */
  next(): boolean {
    if (this.#isDone) return false;
    return this.#arrangement === 'array' ? this.#nextItem() : this.#nextOfSequence();
  }

  #nextItem(): boolean {
    const bytes = this.#bytes;
    let p = this.#skipBlanks(this.#at);
    if (this.#byteAt(p) === CLOSE_ARRAY) {
      const behind = this.#skipBlanks(p + 1);
      this.#isDone = true;
      return behind < this.#messageEnd && this.#rest(behind, 'something follows the array');
    }
    if (this.count > 0) {
      if (this.#byteAt(p) !== COMMA) return this.#rest(p, 'a comma or "]" is missing');
      const comma = p;
      p = this.#skipBlanks(p + 1);
      const kind = p < this.#messageEnd ? KINDS[bytes[p] as number] : CLOSE;
      if (kind === CLOSE || kind === SEPARATOR) return this.#rest(comma, 'no value follows a comma');
    }
    return this.#value(p);
  }

  #nextOfSequence(): boolean {
    const p = this.#skipBlanks(this.#at);
    if (p < this.#messageEnd) return this.#value(p);
    this.#isDone = true;
    return false;
  }

  #value(p: number): boolean {
    const end = endOfValue(this.#bytes, p, this.#messageEnd);
    if (end < 0)
      return this.#rest(
        p,
        p >= this.#messageEnd ? 'the array does not end' : 'a value does not begin or end as it should',
      );
    this.start = p;
    this.end = end;
    this.#at = end;
    this.count++;
    return true;
  }

  #rest(p: number, fault: string): true {
    this.#isDone = true;
    this.start = Math.min(p, this.#messageEnd);
    this.end = this.#messageEnd;
    this.fault = `The rest of the message, from byte ${this.start - this.#messageStart} on, is not JSON: ${fault}.`;
    this.count++;
    return true;
  }

  #skipBlanks(p: number): number {
    return skipBlanks(this.#bytes, p, this.#messageEnd);
  }

  #byteAt(p: number): number {
    return p < this.#messageEnd ? (this.#bytes[p] as number) : -1;
  }
}

/** White space as JSON has it, no other. */
const skipBlanks = (bytes: Buffer, p: number, end: number): number => {
  let at = p;
  while (at < end && KINDS[bytes[at] as number] === BLANK) at++;
  return at;
};

/**
 * Position behind the value at `p`, -1 where none begins there or it does not end before `end`. Brackets are counted
 * and not paired, but for the outermost: whether what is inside is JSON is seen when the value is read.
 */
const endOfValue = (bytes: Buffer, p: number, end: number): number => {
  if (p >= end) return -1;
  const first = bytes[p] as number;
  const kind = KINDS[first];
  if (kind === STRING) return endOfString(bytes, p, end);
  if (kind === PLAIN) {
    let at = p + 1;
    while (at < end && KINDS[bytes[at] as number] === PLAIN) at++;
    return at;
  }
  if (kind !== OPEN) return -1;
  let depth = 1;
  let at = p + 1;
  while (at < end) {
    const kind = KINDS[bytes[at] as number];
    if (kind === STRING) {
      at = endOfString(bytes, at, end);
      if (at < 0) return -1;
      continue;
    }
    if (kind === OPEN) depth++;
    else if (kind === CLOSE && --depth === 0)
      return bytes[at] === (first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY) ? at + 1 : -1;
    at++;
  }
  return -1;
};

const endOfString = (bytes: Buffer, p: number, end: number): number => {
  for (let at = p + 1; at < end; at++) {
    const c = bytes[at];
    if (c === QUOTE) return at + 1;
    if (c === BACKSLASH) at++;
  }
  return -1;
};
