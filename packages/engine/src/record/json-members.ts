/**
 * Walks the members of objects and the items of arrays in the bytes of a JSON text that is known to be valid: it
 * checks nothing. It finds where values are, so that they can be copied as they are spelled.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const SPACE = 0x20;

/** Index of the next byte that is no white space. */
export const skipSpace = (bytes: Buffer, from: number): number => {
  let p = from;
  while ((bytes[p] as number) <= SPACE) p++;
  return p;
};

/** Index behind the string that begins at `from`. */
const skipString = (bytes: Buffer, from: number): number => {
  let p = from + 1;
  for (;;) {
    const c = bytes[p] as number;
    if (c === QUOTE) return p + 1;
    p += c === BACKSLASH ? 2 : 1;
  }
};

/** Index behind the value that begins at `from`. */
export const skipValue = (bytes: Buffer, from: number, end: number): number => {
  const first = bytes[from];
  if (first === QUOTE) return skipString(bytes, from);
  let p = from;
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    for (;;) {
      const c = bytes[p] as number;
      if (p >= end || c === COMMA || c === CLOSE_OBJECT || c === CLOSE_LIST || c <= SPACE) return p;
      p++;
    }
  }
  let depth = 0;
  for (;;) {
    const c = bytes[p] as number;
    if (c === QUOTE) {
      p = skipString(bytes, p);
      continue;
    }
    p++;
    if (c === OPEN_OBJECT || c === OPEN_LIST) depth++;
    else if ((c === CLOSE_OBJECT || c === CLOSE_LIST) && --depth === 0) return p;
  }
};

/** One member of an object, or one item of an array, where the cursor stands. */
export class MemberCursor {
  /** What stands between the last comma, or the opening bracket, and the next one: the member and the space around. */
  segmentStart = 0;
  segmentEnd = 0;
  /** The name with its quotes; empty in arrays. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #isObject: boolean;
  #at: number;

  /** `start` is where the opening bracket stands. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.#isObject = bytes[start] === OPEN_OBJECT;
    this.#at = start + 1;
  }

  /** Moves on; false at the closing bracket. */
  next(): boolean {
    const bytes = this.#bytes;
    const close = this.#isObject ? CLOSE_OBJECT : CLOSE_LIST;
    this.segmentStart = this.#at;
    let p = skipSpace(bytes, this.#at);
    if (bytes[p] === close) return false;
    if (this.#isObject) {
      this.nameStart = p;
      this.nameEnd = skipString(bytes, p);
      p = skipSpace(bytes, skipSpace(bytes, this.nameEnd) + 1);
    }
    this.valueStart = p;
    this.valueEnd = skipValue(bytes, p, this.#end);
    p = skipSpace(bytes, this.valueEnd);
    this.segmentEnd = p;
    this.#at = bytes[p] === COMMA ? p + 1 : p;
    return true;
  }

  /** Which of `names` the member has; -1 where none. Makes no string where the name has no escapes. */
  indexIn(names: readonly string[]): number {
    const bytes = this.#bytes;
    const start = this.nameStart + 1;
    const length = this.nameEnd - 1 - start;
    let isEscaped = false;
    for (let i = 0; i < length && !isEscaped; i++) isEscaped = bytes[start + i] === BACKSLASH;
    if (isEscaped) return names.indexOf(this.name);
    for (let i = 0; i < names.length; i++) {
      const name = bytesOf(names[i] as string);
      let at = name.length === length ? length - 1 : -2;
      while (at >= 0 && name[at] === bytes[start + at]) at--;
      if (at === -1) return i;
    }
    return -1;
  }

  /** The name of the member. */
  get name(): string {
    const text = this.#bytes.utf8Slice(this.nameStart + 1, this.nameEnd - 1);
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
  }
}

/** Names as UTF-8. Those that are asked for are named by operators and configurations, and so are few. */
const encoded = new Map<string, Buffer>();
const MAX_ENCODED = 10_000;

const bytesOf = (name: string): Buffer => {
  let bytes = encoded.get(name);
  if (bytes === undefined) {
    if (encoded.size >= MAX_ENCODED) encoded.clear();
    bytes = Buffer.from(name);
    encoded.set(name, bytes);
  }
  return bytes;
};
