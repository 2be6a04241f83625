import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { SourceBatch } from './ports.ts';

/** Where a record came from: its place in a source batch. Derived records keep the place of the record they came from. */
export interface RecordOrigin {
  readonly batch: SourceBatch;
  readonly index: number;
}

/**
 * A record on its way through the stages of a task: a JSON object, read and changed through this class so that how it
 * is held (text, scanned fields, parsed object) stays the engine's business. A stage owns the records it is given.
 */
export class StreamRecord {
  /** Undefined only for records made by hand (previews of typed-in records, tests). */
  readonly origin: RecordOrigin | undefined;
  #fields: JsonObject;

  private constructor(origin: RecordOrigin | undefined, fields: JsonObject) {
    this.origin = origin;
    this.#fields = fields;
  }

  /** A record that holds `fields` (taken over, not copied). */
  static from(fields: JsonObject, origin?: RecordOrigin): StreamRecord {
    return new StreamRecord(origin, fields);
  }

  /** A record with new contents that came of this one. */
  derive(fields: JsonObject): StreamRecord {
    return new StreamRecord(this.origin, fields);
  }

  /** A copy that shares nothing that can change. */
  copy(): StreamRecord {
    return new StreamRecord(this.origin, structuredClone(this.#fields));
  }

  /** Undefined where the field is absent or not a string. */
  get assetId(): string | undefined {
    return this.#text('assetId');
  }
  get pointId(): string | undefined {
    return this.#text('pointId');
  }
  get modelId(): string | undefined {
    return this.#text('modelId');
  }
  get modelIdPath(): string | undefined {
    return this.#text('modelIdPath');
  }
  /** Event time in Unix ms; undefined where absent or not a whole number. */
  get time(): number | undefined {
    const time = this.#fields.time;
    return typeof time === 'number' && Number.isSafeInteger(time) ? time : undefined;
  }

  /** A top-level field; undefined where absent (own properties only). */
  get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
  set(name: string, value: JsonValue): void {
    this.#fields[name] = value;
  }
  remove(name: string): void {
    delete this.#fields[name];
  }

  /** An entry of `attr`; undefined where there is none. */
  getAttr(name: string): JsonValue | undefined {
    const attr = this.#fields.attr;
    return isJsonObject(attr) && Object.hasOwn(attr, name) ? attr[name] : undefined;
  }
  /** Puts an entry into `attr`, making `attr` where it is absent or not an object. */
  setAttr(name: string, value: JsonValue): void {
    const attr = this.#fields.attr;
    if (isJsonObject(attr)) attr[name] = value;
    else this.#fields.attr = { [name]: value };
  }

  /** All fields as one object, for expressions and scripts. It is the record itself, not a copy. */
  get fields(): JsonObject {
    return this.#fields;
  }

  toJson(): string {
    return JSON.stringify(this.#fields);
  }

  #text(name: string): string | undefined {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : undefined;
  }
}
