import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { GivenStore } from '@penstock/testkit';

/** Of a whole minute, in a past year. */
const FIRST_TIME = 1_567_296_000_000;
/** Between the last record of a round and the first of the next one. */
const PAUSE_MS = 60_000;

/**
 * Many of the records of a case: for each of so many replicas of its assets, round after round. Ids of assets and others
 * (`assetId`, `id`) get the number of the replica, wherever they stand in a record; times (`time`) go on from round to
 * round.
 */
export class Replicas {
  readonly #pattern: readonly JsonObject[];
  readonly #ids: ReadonlySet<string>;
  readonly #firstTime: number;
  readonly #roundMs: number;

  /** `ids`: further ones, those of the asset store. */
  constructor(pattern: readonly JsonObject[], ids: Iterable<string> = []) {
    this.#pattern = pattern;
    const times: number[] = [];
    const found = new Set(ids);
    for (const record of pattern)
      visit(record, (name, value) => {
        if ((name === 'assetId' || name === 'id') && typeof value === 'string') found.add(value);
        if (name === 'time' && typeof value === 'number') times.push(value);
      });
    this.#ids = found;
    this.#firstTime = times.length === 0 ? 0 : Math.min(...times);
    this.#roundMs = (times.length === 0 ? 0 : Math.max(...times) - this.#firstTime) + PAUSE_MS;
  }

  /** The records of a replica in a round, both counted from 0. */
  records(replica: number, round: number): JsonObject[] {
    const later = FIRST_TIME - this.#firstTime + round * this.#roundMs;
    return this.#pattern.map(
      (record) =>
        changed(record, (name, value) => {
          if (name === 'time' && typeof value === 'number') return value + later;
          return typeof value === 'string' && this.#ids.has(value) ? idOf(value, replica) : value;
        }) as JsonObject,
    );
  }
}

const idOf = (id: string, replica: number): string => `${id}-${replica}`;

/** The asset store of a case, with each asset as often as there are replicas, beside those that are in place of it. */
export const replicatedStore = ({ assets, trees, models }: GivenStore, replicas: number): GivenStore => {
  const all = Array.from({ length: replicas }, (_, replica) => replica);
  const each = <T>(given: Readonly<Record<string, T>>, of: (value: T, replica: number) => T): Record<string, T> =>
    Object.fromEntries(
      all.flatMap((replica) =>
        Object.entries(given).map(([id, value]): [string, T] => [idOf(id, replica), of(value, replica)]),
      ),
    );
  return {
    ...(assets === undefined ? {} : { assets: each(assets, (asset) => asset) }),
    ...(trees === undefined
      ? {}
      : {
          trees: Object.fromEntries(
            Object.entries(trees).map(([treeId, tree]) => [
              treeId,
              {
                ...tree,
                nodes: each(tree.nodes, (parent, replica) => (parent === null ? null : idOf(parent, replica))),
              },
            ]),
          ),
        }),
    ...(models === undefined ? {} : { models }),
  };
};

/** The ids of assets that a store has. */
export const idsIn = ({ assets = {}, trees = {} }: GivenStore): string[] => [
  ...Object.keys(assets),
  ...Object.values(trees).flatMap(({ nodes }) => Object.keys(nodes)),
];

const visit = (value: JsonValue, see: (name: string, value: JsonValue) => void): void => {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isJsonObject(value))
    for (const [name, inner] of Object.entries(value)) {
      see(name, inner);
      visit(inner, see);
    }
};

const changed = (value: JsonValue, change: (name: string, value: JsonValue) => JsonValue, name = ''): JsonValue => {
  if (Array.isArray(value)) return value.map((item) => changed(item, change, name));
  if (!isJsonObject(value)) return change(name, value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner, change, key)]));
};
