import type { JsonObject, JsonValue } from '@penstock/model';

/**
 * Key of an entry: 1 to 4 texts, as many as the store says. It begins with the parts of the stage's key, in their
 * order, so that entries can move to where their records are; what follows is the operator's own.
 */
export type StateKey = readonly [string, ...string[]];

/** Which entries of a range, by the part of their key behind the prefix, in the order of UTF-16 units. */
export interface RangeBounds {
  /** The least, included. */
  readonly from?: string;
  /** The greatest, not included. */
  readonly before?: string;
  readonly limit?: number;
}

/**
 * Entries of a store, by key. Those changed since the last commit are written to the changelog in the same transaction
 * as the output they led to.
 */
export interface Store<S> {
  /** `asOf` (event time, Unix ms), where the store has a time to live: what has expired by then is gone. */
  get(key: StateKey, asOf?: number): S | undefined;
  /** Stores the value and marks the entry as changed. A value mutated in place must be put again. */
  put(key: StateKey, state: S): void;
  delete(key: StateKey): void;
  /**
   * Entries whose keys begin with `prefix`, in the order of their keys, as a list of its own. For stores that say
   * `ranges`; others throw.
   */
  range(prefix: StateKey, bounds?: RangeBounds, asOf?: number): readonly (readonly [StateKey, S])[];
  /** Visits every entry, in no particular order; the callback may put or delete the entry it is given. */
  forEach(visit: (state: S, key: StateKey) => void): void;
}

/**
 * A store of an operator: how its entries are kept and shown. Versions of an operator, and operators that share a
 * store, use the same name. `S` must survive `encode` and `decode`.
 */
// biome-ignore lint/suspicious/noExplicitAny: stores that do not look at the configuration fit any operator
export interface StoreDefinition<S, C = any> {
  /** Unique within the operator; written with each entry, so it never changes. */
  readonly name: string;
  /** Of the encoding, from 1; raised whenever `encode` gives something older versions cannot read, or `keyParts` changes. */
  readonly version: number;
  readonly keyParts: 1 | 2 | 3 | 4;
  readonly encode: (state: S) => JsonValue;
  /** Throws for what `encode` never gave. */
  readonly decode: (stored: JsonValue) => S;
  /**
   * An entry in the encoding of this version, from that of an older one; stored entries are rewritten with it when a run
   * is prepared. Without it, and for an entry it throws for, the start is refused (`STATE_VERSION_UNKNOWN`).
   */
  readonly migrate?: (stored: JsonValue, from: number) => JsonValue;
  /** Keeps the keys in order, for `range`. */
  readonly ranges?: boolean;
  readonly expiry?: Expiry<S, C>;
  /**
   * Stages of a pipeline whose stores have the same name and group share one store. The plan has to bring them
   * together by the same key in one part; it is refused otherwise (`PLAN_STORE_SPLIT`). Undefined: the stage's own.
   */
  readonly group?: (config: C) => string | undefined;
  /**
   * Entries belong to the task, and their keys name nothing of a record's key: they cannot be shared out where records
   * come by other partitions than before (`STATE_PLACE_CHANGED`).
   */
  readonly ofTask?: boolean;
  /** False where a configuration does without it. */
  readonly isKept?: (config: C) => boolean;
  /** Of an encoded entry, in bytes; a larger one is an error of its record. Default: what the state topic takes. */
  readonly maxEntryBytes?: number;
  /** The item of Get Stage State for an entry (contract A.3), or undefined where there is nothing to show. */
  readonly toItem?: (state: S, key: StateKey) => JsonObject | undefined;
  /**
   * By which asset and point an entry is asked for and deleted; the first two parts of its key where it is not given.
   * An empty point: it is kept per asset.
   */
  readonly pointOf?: (key: StateKey) => readonly [assetId: string, pointId: string];
}

/**
 * Time to live, in event time, of all entries that share the first part of their key: they go together once none of
 * them is newer. Whoever asks says as of when. What nobody asks for goes once other keys are as far and the clock has
 * moved on by as much as well; that alone is no function of the input.
 */
export interface Expiry<S, C> {
  /** In ms; undefined: for ever. */
  readonly afterMs: (config: C) => number | undefined;
  /** Event time of an entry, Unix ms. */
  readonly timeOf: (state: S) => number;
}

// biome-ignore lint/suspicious/noExplicitAny: see `StoreDefinition`
export const defineStore = <S, C = any>(definition: StoreDefinition<S, C>): StoreDefinition<S, C> => definition;
