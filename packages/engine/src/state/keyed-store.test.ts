import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import fc from 'fast-check';
import type { StateKey, StoreDefinition } from '../operator/index.ts';
import { KeyedStore } from './keyed-store.ts';
import { parseStoreKey } from './store-key.ts';

interface Reading {
  readonly value: number;
  readonly time: number;
}

const TTL = 10;
const definition = (keyParts: 1 | 2 | 3 | 4, isTimed: boolean): StoreDefinition<Reading> => ({
  name: 'readings',
  version: 3,
  keyParts,
  ranges: true,
  encode: ({ value, time }) => [value, time],
  decode: (stored) => {
    const [value, time] = stored as [number, number];
    return { value, time };
  },
  ...(isTimed ? { expiry: { afterMs: () => TTL, timeOf: ({ time }: Reading) => time } } : {}),
});

const open = (keyParts: 1 | 2 | 3 | 4, isTimed: boolean, clock = { now: () => 0 }): KeyedStore<Reading> =>
  new KeyedStore({
    definition: definition(keyParts, isTimed),
    owner: { stage: 'S_01' },
    ttl: isTimed ? TTL : undefined,
    now: clock.now,
  });

/** The store as anybody would write it who need not be quick: one map, everything looked through. */
class PlainStore {
  readonly entries = new Map<string, readonly [StateKey, Reading]>();
  readonly #isTimed: boolean;

  constructor(isTimed: boolean, entries: Iterable<readonly [StateKey, Reading]> = []) {
    this.#isTimed = isTimed;
    for (const [key, reading] of entries) this.put(key, reading);
  }

  put(key: StateKey, reading: Reading): void {
    this.entries.set(JSON.stringify(key), [key, reading]);
  }

  delete(key: StateKey): void {
    this.entries.delete(JSON.stringify(key));
  }

  get(key: StateKey, asOf: number): Reading | undefined {
    this.#expire(key[0], asOf);
    return this.entries.get(JSON.stringify(key))?.[1];
  }

  range(prefix: StateKey, asOf: number, from?: string, before?: string): (readonly [StateKey, Reading])[] {
    this.#expire(prefix[0], asOf);
    const at = prefix.length;
    return [...this.entries.values()]
      .filter(([key]) => prefix.every((part, index) => part === key[index]))
      .filter(
        ([key]) =>
          (from === undefined || (key[at] ?? '') >= from) && (before === undefined || (key[at] ?? '') < before),
      )
      .sort(([a], [b]) => compare(a, b));
  }

  #expire(first: string, asOf: number): void {
    const group = [...this.entries.values()].filter(([key]) => key[0] === first);
    const newest = Math.max(...group.map(([, { time }]) => time));
    if (this.#isTimed && asOf - newest > TTL) for (const [key] of group) this.delete(key);
  }
}

const compare = (a: StateKey, b: StateKey): number => {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
};

/** A changelog, compacted, as a commit leaves it. */
const commit = (store: KeyedStore<Reading>, changelog: Map<string, string>): void => {
  store.drainChanges((key, value) => {
    if (value === null) changelog.delete(key);
    else changelog.set(key, value);
  });
};

const restored = (
  keyParts: 1 | 2 | 3 | 4,
  isTimed: boolean,
  changelog: ReadonlyMap<string, string>,
): KeyedStore<Reading> => {
  const store = open(keyParts, isTimed);
  for (const [text, value] of changelog) {
    const entry = parseStoreKey(text);
    assert.deepEqual([entry?.store, entry?.version], ['readings', 3]);
    store.restore((entry as { key: StateKey }).key, JSON.parse(value) as JsonValue);
  }
  return store;
};

const part = fc.constantFrom('a', 'b', 'a\u0000');
const time = fc.integer({ min: 0, max: 40 });
const step = (keyParts: number) => {
  const key = fc.array(part, { minLength: keyParts, maxLength: keyParts }) as unknown as fc.Arbitrary<StateKey>;
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), key, value: fc.nat(9), time }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('get' as const), key, time }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('range' as const),
        key,
        length: fc.integer({ min: 1, max: 3 }),
        from: fc.option(part, { nil: undefined }),
        before: fc.option(part, { nil: undefined }),
        time,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  );
};

describe('a store, beside a plain map', () => {
  for (const keyParts of [1, 2, 3, 4] as const)
    for (const isTimed of [false, true])
      test(`holds the same over commits and crashes: ${keyParts} parts, ${isTimed ? 'with' : 'without'} a time to live`, () => {
        fc.assert(
          fc.property(fc.array(step(keyParts), { maxLength: 60 }), (steps) => {
            let store = open(keyParts, isTimed);
            let plain = new PlainStore(isTimed);
            let committed: (readonly [StateKey, Reading])[] = [];
            const changelog = new Map<string, string>();
            for (const one of steps) {
              if (one.kind === 'put') {
                const reading = { value: one.value, time: one.time };
                store.put(one.key, reading);
                plain.put(one.key, reading);
              } else if (one.kind === 'delete') {
                store.delete(one.key);
                plain.delete(one.key);
              } else if (one.kind === 'get') {
                assert.deepEqual(store.get(one.key, one.time), plain.get(one.key, one.time));
              } else if (one.kind === 'range') {
                const { length, from, before } = one;
                if (length >= keyParts) continue;
                const prefix = one.key.slice(0, length) as unknown as StateKey;
                const bounds = { ...(from === undefined ? {} : { from }), ...(before === undefined ? {} : { before }) };
                assert.deepEqual(store.range(prefix, bounds, one.time), plain.range(prefix, one.time, from, before));
              } else if (one.kind === 'commit') {
                commit(store, changelog);
                committed = [...plain.entries.values()];
              } else {
                store = restored(keyParts, isTimed, changelog);
                plain = new PlainStore(isTimed, committed);
              }
              assert.equal(store.size, plain.entries.size);
            }
            const all: (readonly [StateKey, Reading])[] = [];
            store.forEach((reading, key) => {
              all.push([key, reading]);
            });
            assert.deepEqual(
              all.sort(([a], [b]) => compare(a, b)),
              [...plain.entries.values()].sort(([a], [b]) => compare(a, b)),
            );
          }),
          { numRuns: 150 },
        );
      });
});

describe('a store', () => {
  test('gives a range only so far, and only where its definition says so', () => {
    const store = open(3, false);
    for (const at of ['1', '2', '3']) store.put(['a', 'p', at], { value: 1, time: 0 });
    assert.deepEqual(
      store.range(['a', 'p'], { limit: 2 }).map(([key]) => key[2]),
      ['1', '2'],
    );
    const { ranges, ...unordered } = definition(3, false);
    const plain = new KeyedStore({ definition: unordered, owner: { stage: 'S_01' }, ttl: undefined, now: () => 0 });
    assert.throws(() => plain.range(['a']), /keeps no order/);
    assert.throws(() => store.get(['a', 'p']), /3 parts/);
  });

  test('gives up in time what nobody asks for any more, and not before both clocks have moved on', () => {
    let now = 1000;
    const store = open(2, true, { now: () => now });
    const changelog = new Map<string, string>();
    store.put(['old', 'p'], { value: 1, time: 0 });
    commit(store, changelog);
    store.sweep();
    store.put(['new', 'p'], { value: 1, time: 100 });
    store.sweep();
    assert.equal(store.size, 2);
    now += TTL + 1;
    store.sweep();
    assert.equal(store.size, 1);
    commit(store, changelog);
    assert.deepEqual([...changelog.keys()], ['[2,"S_01","readings",3,["new","p"]]']);
  });

  test('refuses an entry larger than its operator allows, naming the stage', () => {
    const store = new KeyedStore<string>({
      definition: {
        name: 'state',
        version: 1,
        keyParts: 2,
        maxEntryBytes: 10,
        encode: (text) => text,
        decode: (stored) => String(stored),
      },
      owner: { stage: 'S_01' },
      ttl: undefined,
      now: () => 0,
    });
    store.put(['a', 'p'], 'äääää');
    assert.throws(() => store.drainChanges(() => {}), {
      code: 'STATE_ENTRY_TOO_LARGE',
      message: /\["S_01","a","p"\].*12 bytes.*10 at most/,
    });
  });
});
