import type { JsonObject, JsonValue } from '@penstock/model';

/**
 * What an expression may see of a record. Reading one field is much cheaper than `fields` where a record is held as
 * bytes, so nothing asks for more than it needs.
 */
export interface FieldReader {
  /** A top-level field; undefined where absent (own properties only). */
  get(name: string): JsonValue | undefined;
  /** An entry of the field `attr`; undefined where there is none. */
  getAttr(name: string): JsonValue | undefined;
  /** All fields as one object. */
  readonly fields: Readonly<JsonObject>;
  /**
   * The JSON text of a top-level field with all its digits; undefined where absent. Asked only where a number may have
   * lost some; a reader without it has only what `get` gives.
   */
  jsonOf?(name: string): string | undefined;
  /** A header attribute: `topic`, `partition`, `offset`, `timestamp` (Unix ms) or `key`; null where there is none. */
  getHeader(name: string): JsonValue;
}
