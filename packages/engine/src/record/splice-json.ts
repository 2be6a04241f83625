import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { ByteWriter } from './byte-writer.ts';
import { MemberCursor, skipSpace } from './json-members.ts';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** The bytes of a value in a JSON text. */
export interface Span {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What becomes of the members of an object whose text is written again. */
export interface MemberEdits {
  /** The members to be written anew; those missing in the text are added in this order. */
  readonly names: readonly string[];
  /** Whether members that are not named are copied as they stand; otherwise they are left out. */
  readonly keepsOthers: boolean;
  /** Whether there still is a member of this name. */
  has(name: string): boolean;
  /** Writes the value of an edited member; `source` is what stood there. */
  write(writer: ByteWriter, name: string, source: Span | undefined): void;
}

/**
 * Writes the object in `source` with some members edited: edited ones are replaced where they stood or left out, new
 * ones follow at the end, and all others keep every byte. Of members with the same name, which JSON allows, an edit
 * leaves one.
 */
export const spliceObject = (writer: ByteWriter, source: Span, edits: MemberEdits): void => {
  const begun = writer.length;
  if (splice(writer, source, edits, undefined)) return;
  // A name occurs twice, which nearly no text has: the last one counts, so that is the one to edit.
  writer.length = begun;
  splice(writer, source, edits, lastOfEach(source));
};

/** Where the value of the last member of each name begins. */
const lastOfEach = ({ bytes, start, end }: Span): ReadonlyMap<string, number> => {
  const cursor = new MemberCursor(bytes, skipSpace(bytes, start), end);
  const last = new Map<string, number>();
  while (cursor.next()) last.set(cursor.name, cursor.valueStart);
  return last;
};

/** False where an edited name occurs twice and it is not known which is the last. */
const splice = (
  writer: ByteWriter,
  source: Span,
  edits: MemberEdits,
  last: ReadonlyMap<string, number> | undefined,
): boolean => {
  const { bytes, end } = source;
  const start = skipSpace(bytes, source.start);
  const cursor = new MemberCursor(bytes, start, end);
  const { names, keepsOthers } = edits;
  const written = new Uint8Array(names.length);
  let isFirst = true;
  // Neighbours that are copied are copied at once, with the commas between them.
  let runStart = -1;
  let runEnd = -1;
  const begin = (): void => {
    if (runStart >= 0) writer.copy(bytes, runStart, runEnd);
    runStart = -1;
    if (!isFirst) writer.byte(COMMA);
    isFirst = false;
  };
  writer.byte(OPEN_OBJECT);
  while (cursor.next()) {
    const { segmentStart, segmentEnd, valueStart, valueEnd } = cursor;
    const edited = cursor.indexIn(names);
    if (edited < 0 && keepsOthers) {
      if (runStart < 0) {
        begin();
        runStart = segmentStart;
      }
      runEnd = segmentEnd;
      continue;
    }
    if (written[edited] === 1) return false;
    const name = names[edited];
    if (name === undefined || !edits.has(name) || (last !== undefined && last.get(name) !== valueStart)) {
      if (runStart >= 0) writer.copy(bytes, runStart, runEnd);
      runStart = -1;
      continue;
    }
    begin();
    writer.copy(bytes, segmentStart, valueStart);
    edits.write(writer, name, { bytes, start: valueStart, end: valueEnd });
    writer.copy(bytes, valueEnd, segmentEnd);
    written[edited] = 1;
  }
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (written[i] === 0 && edits.has(name)) {
      begin();
      writer.json(name);
      writer.byte(COLON);
      edits.write(writer, name, undefined);
    }
  }
  if (runStart >= 0) writer.copy(bytes, runStart, runEnd);
  writer.byte(CLOSE_OBJECT);
  return true;
};

/**
 * Writes `value`, which was made of the value in `source` by somebody who cannot tell what he changed: a number that
 * still is where it was and still the same keeps its spelling, however many digits it has.
 */
export const writeMerged = (writer: ByteWriter, value: JsonValue, source: Span | undefined): void => {
  if (source === undefined) {
    writer.json(value);
    return;
  }
  const { bytes, start, end } = source;
  if (typeof value === 'number') {
    if (isNumber(bytes, start) && Object.is(Number(bytes.latin1Slice(start, end)), value))
      writer.copy(bytes, start, end);
    else writer.json(value);
  } else if (isJsonObject(value) && bytes[start] === OPEN_OBJECT) spliceObject(writer, source, mergeOf(value));
  else if (Array.isArray(value) && bytes[start] === OPEN_LIST) writeMergedList(writer, value, source);
  else writer.json(value);
};

const isNumber = (bytes: Buffer, start: number): boolean => {
  const first = bytes[start] as number;
  return first === MINUS || (first >= ZERO && first <= NINE);
};

const mergeOf = (value: JsonObject): MemberEdits => ({
  names: Object.keys(value),
  keepsOthers: false,
  has: () => true,
  write: (writer, name, source) => writeMerged(writer, value[name] as JsonValue, source),
});

const writeMergedList = (writer: ByteWriter, value: readonly JsonValue[], { bytes, start, end }: Span): void => {
  const cursor = new MemberCursor(bytes, start, end);
  writer.byte(OPEN_LIST);
  value.forEach((item, i) => {
    if (i > 0) writer.byte(COMMA);
    const source = cursor.next() ? { bytes, start: cursor.valueStart, end: cursor.valueEnd } : undefined;
    writeMerged(writer, item, source);
  });
  writer.byte(CLOSE_LIST);
};

/** Whether two spellings of numbers are of the same one, as JavaScript reads them. */
const isSameDouble = (now: string, before: string): boolean => Number(now) === Number(before);

const WHOLE = /^-?\d+$/;

/** Whether they are the same for somebody who reads whole numbers with all their digits, and others as doubles. */
export const isSameExactly = (now: string, before: string): boolean => {
  const areWhole = WHOLE.test(now);
  if (areWhole !== WHOLE.test(before)) return false;
  return areWhole ? BigInt(now) === BigInt(before) : isSameDouble(now, before);
};

/**
 * Copies the value in `now`, which somebody made by parsing the value in `before` and writing it again: numbers that
 * are still where they were and still the same (`isSame`) are spelled as before.
 */
export const writeRespelled = (
  writer: ByteWriter,
  now: Span,
  before: Span | undefined,
  isSame: (now: string, before: string) => boolean = isSameDouble,
): void => {
  const { bytes, start, end } = now;
  const first = bytes[start];
  if (before === undefined || (first !== before.bytes[before.start] && !areNumbers(now, before)))
    writer.copy(bytes, start, end);
  else if (first === OPEN_OBJECT || first === OPEN_LIST) {
    const known = first === OPEN_OBJECT ? spansByName(before) : undefined;
    const items = new MemberCursor(before.bytes, before.start, before.end);
    const cursor = new MemberCursor(bytes, start, end);
    let copied = start;
    while (cursor.next()) {
      const { valueStart, valueEnd } = cursor;
      const hasItem = known === undefined && items.next();
      const item = hasItem ? { bytes: before.bytes, start: items.valueStart, end: items.valueEnd } : undefined;
      writer.copy(bytes, copied, valueStart);
      writeRespelled(writer, { bytes, start: valueStart, end: valueEnd }, known?.get(cursor.name) ?? item, isSame);
      copied = valueEnd;
    }
    writer.copy(bytes, copied, end);
  } else if (areNumbers(now, before) && isSame(numberIn(now), numberIn(before)))
    writer.copy(before.bytes, before.start, before.end);
  else writer.copy(bytes, start, end);
};

const areNumbers = (a: Span, b: Span): boolean => isNumber(a.bytes, a.start) && isNumber(b.bytes, b.start);

const numberIn = ({ bytes, start, end }: Span): string => bytes.latin1Slice(start, end);

const spansByName = ({ bytes, start, end }: Span): ReadonlyMap<string, Span> => {
  const cursor = new MemberCursor(bytes, start, end);
  const spans = new Map<string, Span>();
  while (cursor.next()) spans.set(cursor.name, { bytes, start: cursor.valueStart, end: cursor.valueEnd });
  return spans;
};

/** The JSON text of a member of the object in `source`; undefined where there is none. */
export const memberText = ({ bytes, start, end }: Span, name: string): string | undefined => {
  const cursor = new MemberCursor(bytes, skipSpace(bytes, start), end);
  let found: string | undefined;
  // The last of several counts, as for JSON.parse.
  while (cursor.next()) if (cursor.name === name) found = bytes.utf8Slice(cursor.valueStart, cursor.valueEnd);
  return found;
};

/** JSON texts of the items of a list. */
export const itemTexts = (json: string): string[] => {
  const bytes = Buffer.from(json);
  const cursor = new MemberCursor(bytes, skipSpace(bytes, 0), bytes.length);
  const items: string[] = [];
  while (cursor.next()) items.push(bytes.utf8Slice(cursor.valueStart, cursor.valueEnd));
  return items;
};

/** Names and JSON texts of the members of an object. */
export const memberTexts = (json: string): [name: string, text: string][] => {
  const bytes = Buffer.from(json);
  const cursor = new MemberCursor(bytes, skipSpace(bytes, 0), bytes.length);
  const members: [string, string][] = [];
  while (cursor.next()) members.push([cursor.name, bytes.utf8Slice(cursor.valueStart, cursor.valueEnd)]);
  return members;
};
