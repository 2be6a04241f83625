import type { JsonObject, JsonValue } from '@penstock/model';
import type { Static, TObject } from 'typebox';

/** Record fields that a key is made of, for example `['assetId', 'pointId']`. */
export type KeyFields = readonly string[];

/**
 * State of one stage in one task, by key. Entries changed since the last commit are written to the changelog in the
 * same transaction as the output they led to. `S` must survive `encode` and `decode` of the definition.
 */
export interface KeyedState<S> {
  get(assetId: string, pointId: string): S | undefined;
  /** Stores the value and marks the entry as changed. A value mutated in place must be put again. */
  put(assetId: string, pointId: string, value: S): void;
  delete(assetId: string, pointId: string): void;
  /** Visits every entry, in no particular order; the callback may put or delete the entry it is given. */
  forEach(visit: (value: S, assetId: string, pointId: string) => void): void;
}

/** How a stateful operator's entries are keyed, kept and shown. */
export interface StateDefinition<C extends TObject, S> {
  /**
   * Fields that decide which entry a record touches: the plan sees to it that all records of a key reach one task.
   * Undefined: the state belongs to the task, not to a key, and the stage runs wherever its records arrive.
   */
  readonly keyFields: (config: Static<C>) => KeyFields | undefined;
  readonly encode: (state: S) => JsonValue;
  readonly decode: (stored: JsonValue) => S;
  /** The item of Get Stage State for an entry (contract A.3), or undefined where there is nothing to show. */
  readonly toItem?: (state: S, assetId: string, pointId: string) => JsonObject | undefined;
}
