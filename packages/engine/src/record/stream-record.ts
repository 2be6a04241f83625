import type { FieldReader } from '@penstock/expression';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { SourceBatch } from '../ports.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeValue, MalformedValue } from './decode-value.ts';
import { checkFinite } from './finite-numbers.ts';
import { skipSpace } from './json-members.ts';
import { FIELD_COUNT, Field, fieldIndex, MeasurementScanner } from './measurement-scanner.ts';
import { hasOddNumbers } from './odd-numbers.ts';
import {
  isSameExactly,
  type MemberEdits,
  memberText,
  memberTexts,
  type Span,
  spliceObject,
  writeMerged,
  writeRespelled,
} from './splice-json.ts';

/** Where a record came from: its place in a source batch. Derived records keep the place of the record they came from. */
export interface RecordOrigin {
  readonly batch: SourceBatch;
  readonly index: number;
}

/** Shared by all records of a thread: a scan, and a splice, is over before the next one begins. */
const scanner = new MeasurementScanner();
const { spans } = scanner;
const textWriter = new ByteWriter();

const COMMA = 0x2c;
const CLOSE = 0x7d;
const OPEN = 0x7b;

/**
 * A record on its way through the stages of a task: a JSON object, read and changed through this class, so that how it
 * is held stays the engine's business. A stage owns the records it is given.
 *
 * Two ways of holding it. *Scanned*: the well-known fields are here and the rest is still the source's bytes; changes
 * of well-known fields are remembered in `#changed`. *Parsed*: `#fields` is the record, and `#edited` and
 * `#editedAttrs` say what in it is no longer what the source's text says. A record moves from scanned to parsed when
 * somebody needs more than the well-known fields, and never back.
 *
 * Either way a record is written by splicing its changes into the text it came from: JavaScript's numbers hold neither
 * 64-bit integers nor spellings such as `1.10`, so what nobody changed is never written from them (decision 0300).
 */
export class StreamRecord implements FieldReader {
  /** Undefined only for records made by hand (previews of typed-in records, tests). */
  readonly batch: SourceBatch | undefined;
  readonly index: number;
  /** True where it stands for records that came different ways, as the result of a window does. */
  isMerged = false;
  #fields: JsonObject | undefined;
  /** True where `#fields` came of no text. */
  #isMade = false;
  /** The text it came from, where that is not the source's. */
  #text: string | undefined;
  /** In the parsed form: top-level fields that were set or removed. */
  #edited: Set<string> | undefined;
  /** In the parsed form: entries of `attr` that were set or removed, while `attr` itself is not in `#edited`. */
  #editedAttrs: Set<string> | undefined;
  /** JSON texts of fields and of entries of `attr` that were given as text and are written as given. */
  #exact: Map<string, string> | undefined;
  #exactAttrs: Map<string, string> | undefined;
  #present = 0;
  /** Of a text that was not parsed: it has no `pointId`, as whoever derived it knows. */
  #hasNoPoint = false;
  #changed = 0;
  /** Finds the spans of the scan again. */
  #ticket = 0;
  /** What the scan says of the numbers in the text. */
  #mayBeOdd = true;
  #assetId = '';
  #pointId = '';
  #modelId = '';
  #modelIdPath = '';
  #measurementId = '';
  #time: JsonValue | undefined;
  #value: JsonValue | undefined;
  #quality: JsonValue | undefined;
  #dq: JsonValue | undefined;
  #attr: JsonObject | undefined;

  private constructor(batch: SourceBatch | undefined, index: number, fields: JsonObject | undefined) {
    this.batch = batch;
    this.index = index;
    this.#fields = fields;
  }

  /** A record that holds `fields` (taken over, not copied). */
  static from(fields: JsonObject, origin?: RecordOrigin): StreamRecord {
    checkFinite(fields, '');
    const record = new StreamRecord(origin?.batch, origin?.index ?? 0, fields);
    record.#isMade = true;
    return record;
  }

  /**
   * The record at `index` of a batch, or why there is none. With `wanted`, a record whose point is surely not among
   * them gives `undefined` without being built.
   */
  static read(batch: SourceBatch, index: number, wanted?: PointFilter): StreamRecord | MalformedValue | undefined {
    const start = batch.valueStart[index] as number;
    const end = batch.valueEnd[index] as number;
    if (!scanner.scan(batch.bytes, start, end)) {
      const fields = decodeValue(batch.bytes, start, end);
      return fields instanceof MalformedValue ? fields : new StreamRecord(batch, index, fields);
    }
    if (wanted !== undefined && !wanted(scanner)) return undefined;
    const record = new StreamRecord(batch, index, undefined);
    record.#takeScan();
    return record;
  }

  /** A record with new contents that came of this one. */
  derive(fields: JsonObject): StreamRecord {
    checkFinite(fields, '');
    const record = new StreamRecord(this.batch, this.index, fields);
    record.#isMade = true;
    return record;
  }

  /**
   * A record whose contents are this JSON text, which must be that of an object (scripts hand whole batches across as
   * text; parsing each record again would be work for nothing). Whoever knows its `assetId` and `pointId`, or in the
   * format of 0.4.0 `measurementId`, says so: the key of a message is made of them, and the text then need not be parsed
   * at all.
   */
  deriveFromJson(text: string, assetId?: string, pointId?: string, measurementId?: string): StreamRecord {
    const record = new StreamRecord(this.batch, this.index, undefined);
    record.#text = text;
    if (assetId !== undefined) {
      record.#assetId = assetId;
      record.#present |= Field.assetId;
    }
    if (pointId !== undefined) {
      record.#pointId = pointId;
      record.#present |= Field.pointId;
    }
    if (measurementId !== undefined) {
      record.#measurementId = measurementId;
      record.#present |= Field.measurementId;
      record.#hasNoPoint = pointId === undefined && !text.includes('"pointId"');
    }
    return record;
  }

  /** Whether numbers in `toJson()` would come out differently when it is parsed and written again. */
  #hasOddNumbers(): boolean {
    // What was changed since the scan is written as JavaScript does, unless it was given as text.
    const isScanned = this.#isScanned() && this.#exact === undefined && this.#exactAttrs === undefined;
    return (this.#mayBeOdd || !isScanned) && hasOddNumbers(this.toJson());
  }

  /**
   * `json`, an object's text that somebody made of this record by parsing and writing it: with the numbers that are
   * still the same spelled as they are here.
   */
  withDigits(json: string): string {
    return this.#hasOddNumbers() ? this.#respelled(json) : json;
  }

  /**
   * As `withDigits`, for somebody who reads whole numbers exactly, as Python does: of those a number is the same only
   * where every digit is.
   */
  withExactDigits(json: string): string {
    // Python writes small numbers in another way than JavaScript does: 1e-05 for 0.00001.
    return json.includes('e-') || this.#hasOddNumbers() ? this.#respelled(json, isSameExactly) : json;
  }

  #respelled(json: string, isSame?: typeof isSameExactly): string {
    const source = this.toJson();
    textWriter.reset();
    writeRespelled(textWriter, spanOf(json), spanOf(source), isSame);
    return textWriter.bytes.utf8Slice(0, textWriter.length);
  }

  /** A copy that shares nothing that can change. */
  copy(): StreamRecord {
    const copy = new StreamRecord(
      this.batch,
      this.index,
      this.#fields === undefined ? undefined : structuredClone(this.#fields),
    );
    copy.isMerged = this.isMerged;
    copy.#isMade = this.#isMade;
    copy.#text = this.#text;
    if (this.#edited !== undefined) copy.#edited = new Set(this.#edited);
    if (this.#editedAttrs !== undefined) copy.#editedAttrs = new Set(this.#editedAttrs);
    if (this.#exact !== undefined) copy.#exact = new Map(this.#exact);
    if (this.#exactAttrs !== undefined) copy.#exactAttrs = new Map(this.#exactAttrs);
    copy.#present = this.#present;
    copy.#changed = this.#changed;
    copy.#ticket = this.#ticket;
    copy.#mayBeOdd = this.#mayBeOdd;
    copy.#assetId = this.#assetId;
    copy.#pointId = this.#pointId;
    copy.#modelId = this.#modelId;
    copy.#modelIdPath = this.#modelIdPath;
    copy.#measurementId = this.#measurementId;
    copy.#hasNoPoint = this.#hasNoPoint;
    copy.#time = this.#time;
    copy.#value = this.#value;
    copy.#quality = this.#quality;
    copy.#dq = this.#dq;
    copy.#attr = this.#attr === undefined ? undefined : structuredClone(this.#attr);
    return copy;
  }

  /** Undefined for records made by hand. */
  get origin(): RecordOrigin | undefined {
    return this.batch === undefined ? undefined : { batch: this.batch, index: this.index };
  }

  /** True while the record is still, byte for byte, what was read. */
  get isUntouched(): boolean {
    return (
      !this.#isMade &&
      this.#text === undefined &&
      this.#changed === 0 &&
      this.#edited === undefined &&
      this.#editedAttrs === undefined &&
      this.batch !== undefined
    );
  }

  /** Undefined where the field is absent or not a string. */
  get assetId(): string | undefined {
    if (this.#fields === undefined && this.#present & Field.assetId) return this.#assetId;
    return this.#isScanned() ? undefined : this.#string('assetId');
  }
  get pointId(): string | undefined {
    if (this.#fields === undefined) {
      if (this.#present & Field.pointId) return this.#pointId;
      if (this.#hasNoPoint) return undefined;
    }
    return this.#isScanned() ? undefined : this.#string('pointId');
  }
  /** What names its data in the format of 0.4.0, in place of model and point. */
  get measurementId(): string | undefined {
    if (this.#fields === undefined && this.#present & Field.measurementId) return this.#measurementId;
    return this.#isScanned() ? undefined : this.#string('measurementId');
  }
  get modelId(): string | undefined {
    return this.#isScanned() ? (this.#present & Field.modelId ? this.#modelId : undefined) : this.#string('modelId');
  }
  get modelIdPath(): string | undefined {
    return this.#isScanned()
      ? this.#present & Field.modelIdPath
        ? this.#modelIdPath
        : undefined
      : this.#string('modelIdPath');
  }
  /** Event time in Unix ms, also where a text spells its digits; undefined where absent or not a whole number. */
  get time(): number | undefined {
    const time = this.#isScanned() ? this.#time : this.#parsed().time;
    if (typeof time === 'number') return Number.isSafeInteger(time) ? time : undefined;
    if (typeof time !== 'string' || !DIGITS.test(time)) return undefined;
    const number = Number(time);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  /** A top-level field; undefined where absent (own properties only). */
  get(name: string): JsonValue | undefined {
    if (this.#isScanned()) {
      switch (name) {
        case 'assetId':
          return this.assetId;
        case 'pointId':
          return this.pointId;
        case 'modelId':
          return this.modelId;
        case 'modelIdPath':
          return this.modelIdPath;
        case 'measurementId':
          return this.measurementId;
        case 'time':
          return this.#time;
        case 'value':
          return this.#value;
        case 'quality':
          return this.#quality;
        case 'dq':
          return this.#dq;
      }
    }
    const fields = this.#parsed();
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
  }

  /** Throws an `AppError` (code `RECORD_NUMBER_NOT_FINITE`) for numbers that JSON has not. */
  set(name: string, value: JsonValue): void {
    if (typeof value === 'number' || typeof value === 'object') checkFinite(value, `/${name}`);
    this.#put(name, value);
    this.#exact?.delete(name);
    if (name === 'attr') this.#exactAttrs = undefined;
  }

  /**
   * Sets a field to a JSON text, which is written as given: for values that a JavaScript number does not hold, such as
   * 64-bit integers. Readers get what `JSON.parse` makes of it.
   */
  setJson(name: string, text: string): void {
    const value = JSON.parse(text) as JsonValue;
    if (name === 'attr' && isJsonObject(value)) {
      this.set('attr', {});
      for (const [entry, entryText] of memberTexts(text)) this.setAttrJson(entry, entryText);
      return;
    }
    this.#put(name, value);
    if (name === 'attr') this.#exactAttrs = undefined;
    this.#exact ??= new Map();
    this.#exact.set(name, text);
  }

  #put(name: string, value: JsonValue): void {
    if (this.#isScanned()) {
      switch (name) {
        case 'pointId':
          if (typeof value === 'string') {
            this.#pointId = value;
            this.#mark(Field.pointId);
            return;
          }
          break;
        case 'modelId':
          if (typeof value === 'string') {
            this.#modelId = value;
            this.#mark(Field.modelId);
            return;
          }
          break;
        case 'modelIdPath':
          if (typeof value === 'string') {
            this.#modelIdPath = value;
            this.#mark(Field.modelIdPath);
            return;
          }
          break;
        case 'measurementId':
          if (typeof value === 'string') {
            this.#measurementId = value;
            this.#mark(Field.measurementId);
            return;
          }
          break;
        case 'time':
          this.#time = value;
          this.#mark(Field.time);
          return;
        case 'value':
          this.#value = value;
          this.#mark(Field.value);
          return;
        case 'quality':
          this.#quality = value;
          this.#mark(Field.quality);
          return;
        case 'dq':
          this.#dq = value;
          this.#mark(Field.dq);
          return;
      }
    }
    setOwn(this.#edit(name), name, value);
  }

  remove(name: string): void {
    delete this.#edit(name)[name];
    this.#exact?.delete(name);
    if (name === 'attr') this.#exactAttrs = undefined;
  }

  /** The JSON text of a top-level field with all its digits; undefined where absent. Much slower than `get`. */
  jsonOf(name: string): string | undefined {
    const bytes = Buffer.from(this.toJson());
    return memberText({ bytes, start: 0, end: bytes.length }, name);
  }

  /** `jsonOf` where numbers of the record are spelled as `get` does not tell; undefined where it tells all. */
  spellingOf(name: string): string | undefined {
    return this.#hasOddNumbers() ? this.jsonOf(name) : undefined;
  }

  /** An entry of `attr`; undefined where there is none. */
  getAttr(name: string): JsonValue | undefined {
    if (!this.#isScanned()) return ownOf(this.#parsed().attr, name);
    const text = this.#exactAttrs?.get(name);
    return text === undefined ? ownOf(this.#attr, name) : (JSON.parse(text) as JsonValue);
  }

  /** Puts an entry into `attr`, making `attr` where it is absent or not an object. Throws as `set` does. */
  setAttr(name: string, value: JsonValue): void {
    if (typeof value === 'number' || typeof value === 'object') checkFinite(value, `/attr/${name}`);
    this.#exactAttrs?.delete(name);
    this.#putAttr(name, value);
  }

  /** `setAttr` for a JSON text, which is written as given: whatever digits it has stay. */
  setAttrJson(name: string, text: string): void {
    // Nobody may ever look at it: while the record is scanned it stays a text.
    this.#putAttr(name, this.#isScanned() ? null : (JSON.parse(text) as JsonValue));
    this.#exactAttrs ??= new Map();
    this.#exactAttrs.set(name, text);
  }

  #putAttr(name: string, value: JsonValue): void {
    if (this.#isScanned()) {
      this.#attr ??= {};
      setOwn(this.#attr, name, value);
      this.#mark(Field.attr);
      return;
    }
    const fields = this.#parsed();
    if (!isJsonObject(fields.attr)) {
      this.#edit('attr');
      this.#exact?.delete('attr');
      fields.attr = {};
    }
    this.#editAttr(name);
    setOwn(fields.attr as JsonObject, name, value);
  }

  /** Removes an entry of `attr`. */
  removeAttr(name: string): void {
    if (this.getAttr(name) === undefined) return;
    const { attr } = this.#parsed();
    this.#exactAttrs?.delete(name);
    this.#editAttr(name);
    if (isJsonObject(attr)) delete attr[name];
  }

  /**
   * A header attribute: `topic`, `partition`, `offset`, `timestamp` (Unix ms), `key` (as UTF-8) or `place` (of a message
   * with several records: which of them, from 0); null where there is none, as on records made by hand.
   */
  getHeader(name: string): JsonValue {
    const { batch, index } = this;
    if (batch === undefined) return null;
    switch (name) {
      case 'topic':
        return batch.topic;
      case 'partition':
        return batch.partition;
      case 'offset':
        return batch.offsets[index] ?? null;
      case 'timestamp':
        return batch.timestamps[index] ?? null;
      case 'place':
        return batch.message === undefined ? null : batch.message.first + index;
      case 'key': {
        const start = batch.keyStart[index] ?? -1;
        return start < 0 ? null : batch.bytes.toString('utf8', start, batch.keyEnd[index]);
      }
      default:
        return null;
    }
  }

  /** All fields as one object, to read: changes go through `set`, `setAttr` and `remove`. */
  get fields(): Readonly<JsonObject> {
    return this.#parsed();
  }

  /** The record as JSON text. What nobody changed keeps its spelling. */
  toJson(): string {
    if (this.#isUnchanged()) {
      if (this.#text !== undefined) return this.#text;
      const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
      return bytes.utf8Slice(valueStart[this.index], valueEnd[this.index]);
    }
    textWriter.reset();
    this.#write(textWriter);
    return textWriter.bytes.utf8Slice(0, textWriter.length);
  }

  /** Writes `toJson()` as UTF-8, without making the string where that can be avoided. */
  writeJson(writer: ByteWriter): void {
    if (this.#isUnchanged()) writer.text(this.toJson());
    else this.#write(writer);
  }

  /** True where the text it came from says all of it. */
  #isUnchanged(): boolean {
    if (this.#fields === undefined) return this.#changed === 0;
    return !this.#isMade && this.#edited === undefined && this.#editedAttrs === undefined;
  }

  #write(writer: ByteWriter): void {
    if (this.#fields === undefined) this.#splice(writer);
    else if (this.#isMade && this.#exact === undefined && this.#exactAttrs === undefined)
      writer.text(JSON.stringify(this.#fields));
    else spliceObject(writer, this.#isMade ? NOTHING : this.#sourceText(), this.#edits(this.#fields));
  }

  /** The text the record came from. */
  #sourceText(): Span {
    if (this.#text !== undefined) {
      const bytes = Buffer.from(this.#text);
      return { bytes, start: 0, end: bytes.length };
    }
    const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
    return { bytes, start: valueStart[this.index] as number, end: valueEnd[this.index] as number };
  }

  /** What of the parsed form is to be written anew. */
  #edits(fields: JsonObject): MemberEdits {
    const names = this.#isMade ? Object.keys(fields) : [...(this.#edited ?? [])];
    if (this.#editedAttrs !== undefined && !names.includes('attr')) names.push('attr');
    return {
      names,
      keepsOthers: true,
      has: (name) => Object.hasOwn(fields, name),
      write: (writer, name, source) => {
        const text = this.#exact?.get(name);
        if (text !== undefined) writer.text(text);
        else if (name === 'attr') this.#writeAttr(writer, fields.attr as JsonValue, source);
        else writeSet(writer, fields[name] as JsonValue, source);
      },
    };
  }

  /** `attr`: where only entries were set, the others keep their text. */
  #writeAttr(writer: ByteWriter, attr: JsonValue, source: Span | undefined): void {
    if (!isJsonObject(attr)) {
      writer.json(attr);
      return;
    }
    const exact = this.#exactAttrs;
    const editedAttrs = this.#edited?.has('attr') === true || this.#isMade ? undefined : this.#editedAttrs;
    const isObject = source !== undefined && source.bytes[source.start] === OPEN;
    spliceObject(writer, isObject ? source : NOTHING, {
      names: editedAttrs === undefined ? Object.keys(attr) : [...editedAttrs],
      keepsOthers: editedAttrs !== undefined,
      has: (name) => Object.hasOwn(attr, name),
      write: (into, name, from) => {
        const text = exact?.get(name);
        if (text !== undefined) into.text(text);
        else if (editedAttrs === undefined) writeMerged(into, attr[name] as JsonValue, from);
        else writeSet(into, attr[name] as JsonValue, from);
      },
    });
  }

  #isScanned(): boolean {
    return this.#fields === undefined && this.#text === undefined;
  }

  #mark(field: number): void {
    this.#changed |= field;
    this.#present |= field;
  }

  #takeScan(): void {
    this.#ticket = spans.keep(scanner);
    this.#present = scanner.present;
    this.#mayBeOdd = scanner.mayHaveOddNumbers;
    this.#assetId = scanner.assetId;
    this.#pointId = scanner.pointId;
    this.#modelId = scanner.modelId;
    this.#modelIdPath = scanner.modelIdPath;
    this.#measurementId = scanner.measurementId;
    this.#time = scanner.time;
    this.#value = scanner.value;
    this.#quality = scanner.quality;
    this.#dq = scanner.dq;
  }

  /** The parsed form, whose field `name` is about to be changed. */
  #edit(name: string): JsonObject {
    const fields = this.#parsed();
    this.#edited ??= new Set();
    this.#edited.add(name);
    return fields;
  }

  #editAttr(name: string): void {
    this.#editedAttrs ??= new Set();
    this.#editedAttrs.add(name);
  }

  #string(name: string): string | undefined {
    const value = this.#parsed()[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Moves from scanned to parsed. */
  #parsed(): JsonObject {
    if (this.#fields !== undefined) return this.#fields;
    let fields: JsonObject;
    if (this.#text !== undefined) fields = JSON.parse(this.#text) as JsonObject;
    else {
      const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
      fields = JSON.parse(bytes.latin1Slice(valueStart[this.index], valueEnd[this.index])) as JsonObject;
      if (this.#changed !== 0) this.#moveChanges(fields);
    }
    this.#fields = fields;
    return fields;
  }

  /** Takes the changes of the scanned form over into the parsed one. */
  #moveChanges(fields: JsonObject): void {
    this.#edited ??= new Set();
    for (let i = 0; i < FIELD_COUNT; i++) {
      if ((this.#changed & (1 << i)) === 0) continue;
      const name = FIELD_NAMES[i] as string;
      this.#edited.add(name);
      fields[name] = this.#changedValue(1 << i);
    }
    if (this.#exactAttrs !== undefined && isJsonObject(fields.attr))
      for (const [name, text] of this.#exactAttrs) setOwn(fields.attr, name, JSON.parse(text) as JsonValue);
    this.#changed = 0;
  }

  #changedValue(field: number): JsonValue {
    switch (field) {
      case Field.pointId:
        return this.#pointId;
      case Field.modelId:
        return this.#modelId;
      case Field.modelIdPath:
        return this.#modelIdPath;
      case Field.measurementId:
        return this.#measurementId;
      case Field.time:
        return this.#time as JsonValue;
      case Field.value:
        return this.#value as JsonValue;
      case Field.quality:
        return this.#quality as JsonValue;
      case Field.dq:
        return this.#dq as JsonValue;
      default:
        return this.#attr as JsonObject;
    }
  }

  #writeChanged(writer: ByteWriter, index: number): void {
    const text = this.#exact?.get(FIELD_NAMES[index] as string);
    if (text !== undefined) writer.text(text);
    else if (1 << index === Field.attr && this.#exactAttrs !== undefined)
      this.#writeAttr(writer, this.#attr as JsonObject, undefined);
    else writer.json(this.#changedValue(1 << index));
  }

  #scanAgain(bytes: Buffer, start: number, end: number): number {
    scanner.scan(bytes, start, end);
    const { slot } = spans;
    this.#ticket = spans.keep(scanner);
    return slot;
  }

  /** The original text with the changed fields put in: replaced where they stood, new ones at the end. */
  #splice(writer: ByteWriter): void {
    const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
    let copied = valueStart[this.index] as number;
    const end = valueEnd[this.index] as number;
    const slot = spans.slotOf(this.#ticket) ?? this.#scanAgain(bytes, copied, end);
    const { present, close, hasMembers } = spans.shapeAt(slot);
    let remaining = this.#changed & present;
    while (remaining !== 0) {
      // The changed field that comes next in the text.
      let next = -1;
      let nextStart = Number.MAX_SAFE_INTEGER;
      for (let i = 0; i < FIELD_COUNT; i++) {
        if (remaining & (1 << i) && spans.startAt(slot, i) < nextStart) {
          nextStart = spans.startAt(slot, i);
          next = i;
        }
      }
      writer.copy(bytes, copied, nextStart);
      this.#writeChanged(writer, next);
      copied = spans.endAt(slot, next);
      remaining &= ~(1 << next);
    }
    const added = this.#changed & ~present;
    if (added === 0) {
      writer.copy(bytes, copied, end);
      return;
    }
    writer.copy(bytes, copied, close);
    let needsComma = hasMembers;
    for (let i = 0; i < FIELD_COUNT; i++) {
      if (added & (1 << i)) {
        if (needsComma) writer.byte(COMMA);
        const name = NAMES_WITH_COLON[i] as Buffer;
        writer.copy(name, 0, name.length);
        this.#writeChanged(writer, i);
        needsComma = true;
      }
    }
    writer.byte(CLOSE);
  }
}

/**
 * Decides from a scanned record whether it can be of interest. `present` holds the bits of `Field` the record has;
 * the texts are only meaningful where their bit is set.
 */
export type PointFilter = (scanned: {
  readonly present: number;
  readonly pointId: string;
  readonly measurementId: string;
}) => boolean;

const FIELD_NAMES = Object.keys(Field).sort((a, b) => fieldIndex(a) - fieldIndex(b));

const NAMES_WITH_COLON = FIELD_NAMES.map((name) => Buffer.from(`"${name}":`));

/** A time as the digits of a text; longer ones are beyond what a time can be. */
const DIGITS = /^-?\d{1,16}$/;

/** The text of a record that came of none. */
const NOTHING: Span = { bytes: Buffer.from('{}'), start: 0, end: 2 };

/** A value that was set: a number is meant as it is, in an object it may be one that was there before. */
const writeSet = (writer: ByteWriter, value: JsonValue, source: Span | undefined): void => {
  if (typeof value === 'object') writeMerged(writer, value, source);
  else writer.json(value);
};

const spanOf = (json: string): Span => {
  const bytes = Buffer.from(json);
  return { bytes, start: skipSpace(bytes, 0), end: bytes.length };
};

const ownOf = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Plain assignment of `__proto__` would change the prototype instead of the record. */
const setOwn = (target: JsonObject, name: string, value: JsonValue): void => {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
};
