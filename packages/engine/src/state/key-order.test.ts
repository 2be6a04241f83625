import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyOf, restOf } from './key-order.ts';
import { parseStoreKey, type StoreOwner, writeStoreKey } from './store-key.ts';

const part = fc.string({ unit: fc.constantFrom('\u0000', '\u0001', '\u0002', 'a', 'b', '"', '\ud800') });
const compare = (a: readonly string[], b: readonly string[]): number => {
  const at = a.findIndex((text, index) => text !== b[index]);
  return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
};

test('a key is the same again, and keys are in the order of their parts', () => {
  for (const keyParts of [1, 2, 3, 4]) {
    const key = fc.array(part, { minLength: keyParts, maxLength: keyParts });
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.deepEqual(keyOf(a[0] as string, restOf(a), keyParts), a);
        const [left, right] = [restOf(a), restOf(b)];
        assert.equal(left < right ? -1 : left > right ? 1 : 0, compare(a.slice(1), b.slice(1)));
      }),
    );
  }
});

test('what an entry says of itself is read as it was written', () => {
  const owner = fc
    .string()
    .chain((name): fc.Arbitrary<StoreOwner> => fc.constantFrom({ stage: name }, { group: name }));
  fc.assert(
    fc.property(
      owner,
      fc.constantFrom('state', 'other'),
      fc.integer({ min: 1, max: 3 }),
      fc.array(part, { minLength: 1, maxLength: 4 }),
      (whose, store, version, parts) => {
        const entry = { owner: whose, store, version, key: parts as [string, ...string[]] };
        assert.deepEqual(parseStoreKey(writeStoreKey(entry)), entry);
      },
    ),
  );
});

test('the first edition’s only kind of entry keeps its key; what is none of ours is none', () => {
  assert.equal(
    writeStoreKey({ owner: { stage: 'W_01' }, store: 'state', version: 1, key: ['a', 'p'] }),
    '["W_01","a","p"]',
  );
  for (const text of [
    '',
    'x',
    '{}',
    '[]',
    '["a","b"]',
    '[3,"s","state",1,["a"]]',
    '[2,"s","state","1",["a"]]',
    '[2,"s","state",1,[]]',
  ])
    assert.equal(parseStoreKey(text), undefined, text);
});
