import type { FieldReader } from '@penstock/expression';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { SourceBatch } from '../ports.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeValue, MalformedValue } from './decode-value.ts';
import { FIELD_COUNT, Field, fieldIndex, MeasurementScanner } from './measurement-scanner.ts';
import { SpanStore } from './span-store.ts';

/** Where a record came from: its place in a source batch. Derived records keep the place of the record they came from. */
export interface RecordOrigin {
  readonly batch: SourceBatch;
  readonly index: number;
}

/** Shared by all records of a thread: a scan, and a splice, is over before the next one begins. */
const scanner = new MeasurementScanner();
const spans = new SpanStore();
const textWriter = new ByteWriter();

const COMMA = 0x2c;
const CLOSE = 0x7d;

/**
 * A record on its way through the stages of a task: a JSON object, read and changed through this class, so that how it
 * is held stays the engine's business. A stage owns the records it is given.
 *
 * Two ways of holding it. *Scanned*: the well-known fields are here and the rest is still the source's bytes; changes
 * of well-known fields are remembered in `#changed` and spliced into the text when the record is written. *Parsed*:
 * `#fields` is the record. A record moves from scanned to parsed when somebody needs more than the well-known fields,
 * and never back.
 */
export class StreamRecord implements FieldReader {
  /** Undefined only for records made by hand (previews of typed-in records, tests). */
  readonly batch: SourceBatch | undefined;
  readonly index: number;
  #fields: JsonObject | undefined;
  /** In the parsed form: whether `#fields` may differ from the source's bytes. */
  #isTouched = false;
  #text: string | undefined;
  #present = 0;
  #changed = 0;
  /** Finds the spans of the scan again. */
  #ticket = 0;
  #assetId = '';
  #pointId = '';
  #modelId = '';
  #modelIdPath = '';
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
    const record = new StreamRecord(origin?.batch, origin?.index ?? 0, fields);
    record.#isTouched = true;
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
    if (wanted !== undefined && !wanted(scanner.pointId, scanner.modelId, scanner.modelIdPath, scanner.present))
      return undefined;
    const record = new StreamRecord(batch, index, undefined);
    record.#takeScan();
    return record;
  }

  /** A record with new contents that came of this one. */
  derive(fields: JsonObject): StreamRecord {
    const record = new StreamRecord(this.batch, this.index, fields);
    record.#isTouched = true;
    return record;
  }

  /**
   * A record whose contents are this JSON text, which must be that of an object (scripts hand whole batches across as
   * text; parsing each record again would be work for nothing). Whoever knows its `assetId` and `pointId` says so: the
   * key of a message is made of them, and the text then need not be parsed at all.
   */
  deriveFromJson(text: string, assetId?: string, pointId?: string): StreamRecord {
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
    return record;
  }

  /** A copy that shares nothing that can change. */
  copy(): StreamRecord {
    const copy = new StreamRecord(
      this.batch,
      this.index,
      this.#fields === undefined ? undefined : structuredClone(this.#fields),
    );
    copy.#isTouched = this.#isTouched;
    copy.#text = this.#text;
    copy.#present = this.#present;
    copy.#changed = this.#changed;
    copy.#ticket = this.#ticket;
    copy.#assetId = this.#assetId;
    copy.#pointId = this.#pointId;
    copy.#modelId = this.#modelId;
    copy.#modelIdPath = this.#modelIdPath;
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
    return !this.#isTouched && this.#text === undefined && this.#changed === 0 && this.batch !== undefined;
  }

  /** Undefined where the field is absent or not a string. */
  get assetId(): string | undefined {
    if (this.#fields === undefined && this.#present & Field.assetId) return this.#assetId;
    return this.#isScanned() ? undefined : this.#string('assetId');
  }
  get pointId(): string | undefined {
    if (this.#fields === undefined && this.#present & Field.pointId) return this.#pointId;
    return this.#isScanned() ? undefined : this.#string('pointId');
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
  /** Event time in Unix ms; undefined where absent or not a whole number. */
  get time(): number | undefined {
    const time = this.#isScanned() ? this.#time : this.#parsed().time;
    return typeof time === 'number' && Number.isSafeInteger(time) ? time : undefined;
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

  set(name: string, value: JsonValue): void {
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
    setOwn(this.#touched(), name, value);
  }

  remove(name: string): void {
    delete this.#touched()[name];
  }

  /** An entry of `attr`; undefined where there is none. */
  getAttr(name: string): JsonValue | undefined {
    const attr = this.#isScanned() ? this.#attr : this.#parsed().attr;
    return isJsonObject(attr) && Object.hasOwn(attr, name) ? attr[name] : undefined;
  }

  /** Puts an entry into `attr`, making `attr` where it is absent or not an object. */
  setAttr(name: string, value: JsonValue): void {
    if (this.#isScanned()) {
      this.#attr ??= {};
      setOwn(this.#attr, name, value);
      this.#mark(Field.attr);
      return;
    }
    const fields = this.#touched();
    if (isJsonObject(fields.attr)) setOwn(fields.attr, name, value);
    else fields.attr = { [name]: value };
  }

  /**
   * A header attribute: `topic`, `partition`, `offset`, `timestamp` (Unix ms) or `key` (as UTF-8); null where there is
   * none, as on records made by hand.
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

  /** The record as JSON text. Fields nobody changed keep their spelling as long as the record was not parsed. */
  toJson(): string {
    if (this.#text !== undefined) return this.#text;
    if (this.#isTouched || this.batch === undefined) return JSON.stringify(this.#parsed());
    const { bytes, valueStart, valueEnd } = this.batch;
    if (this.#changed === 0) return bytes.utf8Slice(valueStart[this.index], valueEnd[this.index]);
    textWriter.reset();
    this.#splice(textWriter);
    return textWriter.bytes.utf8Slice(0, textWriter.length);
  }

  /** Writes `toJson()` as UTF-8, without making the string where that can be avoided. */
  writeJson(writer: ByteWriter): void {
    if (this.#fields === undefined && this.#changed !== 0) this.#splice(writer);
    else writer.text(this.toJson());
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
    this.#assetId = scanner.assetId;
    this.#pointId = scanner.pointId;
    this.#modelId = scanner.modelId;
    this.#modelIdPath = scanner.modelIdPath;
    this.#time = scanner.time;
    this.#value = scanner.value;
    this.#quality = scanner.quality;
    this.#dq = scanner.dq;
  }

  /** The parsed form, about to be changed. */
  #touched(): JsonObject {
    const fields = this.#parsed();
    this.#isTouched = true;
    return fields;
  }

  #string(name: string): string | undefined {
    const value = this.#parsed()[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Moves from scanned to parsed. */
  #parsed(): JsonObject {
    if (this.#fields !== undefined) return this.#fields;
    let fields: JsonObject;
    if (this.#text !== undefined) {
      fields = JSON.parse(this.#text) as JsonObject;
      this.#text = undefined;
      this.#isTouched = true;
    } else {
      const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
      fields = JSON.parse(bytes.latin1Slice(valueStart[this.index], valueEnd[this.index])) as JsonObject;
      if (this.#changed !== 0) {
        this.#isTouched = true;
        for (let i = 0; i < FIELD_COUNT; i++)
          if (this.#changed & (1 << i)) fields[FIELD_NAMES[i] as string] = this.#changedValue(1 << i);
      }
    }
    this.#fields = fields;
    return fields;
  }

  #changedValue(field: number): JsonValue {
    switch (field) {
      case Field.pointId:
        return this.#pointId;
      case Field.modelId:
        return this.#modelId;
      case Field.modelIdPath:
        return this.#modelIdPath;
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

  /** The original text with the changed fields put in: replaced where they stood, new ones at the end. */
  #splice(writer: ByteWriter): void {
    const { bytes, valueStart, valueEnd } = this.batch as SourceBatch;
    let copied = valueStart[this.index] as number;
    const end = valueEnd[this.index] as number;
    if (!spans.recall(this.#ticket, scanner)) scanner.scan(bytes, copied, end);
    let remaining = this.#changed & scanner.present;
    while (remaining !== 0) {
      // The changed field that comes next in the text.
      let next = -1;
      let nextStart = Number.MAX_SAFE_INTEGER;
      for (let i = 0; i < FIELD_COUNT; i++) {
        if (remaining & (1 << i) && (scanner.valueStart[i] as number) < nextStart) {
          nextStart = scanner.valueStart[i] as number;
          next = i;
        }
      }
      writer.copy(bytes, copied, nextStart);
      writer.json(this.#changedValue(1 << next));
      copied = scanner.valueEnd[next] as number;
      remaining &= ~(1 << next);
    }
    const added = this.#changed & ~scanner.present;
    if (added === 0) {
      writer.copy(bytes, copied, end);
      return;
    }
    writer.copy(bytes, copied, scanner.close);
    let needsComma = scanner.hasMembers;
    for (let i = 0; i < FIELD_COUNT; i++) {
      if (added & (1 << i)) {
        if (needsComma) writer.byte(COMMA);
        const name = NAMES_WITH_COLON[i] as Buffer;
        writer.copy(name, 0, name.length);
        writer.json(this.#changedValue(1 << i));
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
export type PointFilter = (pointId: string, modelId: string, modelIdPath: string, present: number) => boolean;

const FIELD_NAMES = Object.keys(Field).sort((a, b) => fieldIndex(a) - fieldIndex(b));

const NAMES_WITH_COLON = FIELD_NAMES.map((name) => Buffer.from(`"${name}":`));

/** Plain assignment of `__proto__` would change the prototype instead of the record. */
const setOwn = (target: JsonObject, name: string, value: JsonValue): void => {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
};
