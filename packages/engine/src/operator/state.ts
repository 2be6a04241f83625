import type { JsonObject, JsonValue } from '@penstock/model';

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

/** How a stateful operator's entries are kept and shown. */
// biome-ignore lint/suspicious/noExplicitAny: state that does not look at the configuration fits any operator
export interface StateDefinition<S, C = any> {
  /** False where a configuration does without it. */
  readonly isKept?: (config: C) => boolean;
  readonly encode: (state: S) => JsonValue;
  readonly decode: (stored: JsonValue) => S;
  /** The item of Get Stage State for an entry (contract A.3), or undefined where there is nothing to show. */
  readonly toItem?: (state: S, assetId: string, pointId: string) => JsonObject | undefined;
}
