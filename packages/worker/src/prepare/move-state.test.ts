import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnyStore, StoreEntry, StorePlace } from '@penstock/engine';
import type { Move, StateChanges } from './compare-manifest.ts';
import { changeOf } from './move-state.ts';

const place = (partitionedBy: readonly string[] | null, partitions: number, cut: string | null = 'c'): StorePlace => ({
  cut,
  partitionedBy,
  partitioner: cut === null ? 'source' : 'murmur2',
  partitions,
});
const entry = (key: readonly string[], where: StorePlace, version = 1): StoreEntry => ({
  stage: 'S_01',
  store: 'kept',
  version,
  operator: 'o',
  key: { kind: 'fields', fields: [...key] },
  config: '',
  place: where,
});
const nothing: StateChanges = {
  cleared: [],
  renames: new Map(),
  moved: new Map(),
  migrated: new Map(),
  unusable: new Map(),
};
const moved = (from: StorePlace, to: StorePlace, key: readonly string[]): StateChanges => ({
  ...nothing,
  moved: new Map<string, Move>([['"S_01"kept', { from: entry(key, from), to: entry(key, to) }]]),
});
const TEXT = '[2,"S_01","kept",1,["site","p","7"]]';
/** The hash of a key is its length here. */
const find = (changes: StateChanges, text = TEXT, value: string | null = '{"n":1}') =>
  changeOf(0, text, value, changes, (key, partitions) => key.length % partitions);

describe('an entry of kept state', () => {
  test('that is as the plan wants it stays', () => {
    assert.equal(find(nothing), undefined);
    assert.equal(find({ ...nothing, renames: new Map([['other', 'S_02']]) }), undefined);
  });

  test('moves by the parts of its key that choose the partition, whatever they are called', () => {
    const inner = ['/attr/site/id', "${record:value('/x')}"];
    const to = find(moved(place(null, 8, null), place(['/attr/site/id'], 8), inner))?.to;
    assert.deepEqual([to?.partition, to?.key], ['site'.length, TEXT]);
    const both = find(moved(place(null, 8, null), place(inner, 8), inner))?.to;
    assert.equal(both?.partition, 'site\u0000p'.length);
    assert.equal(find(moved(place(null, 3, null), place([], 3), []))?.to?.partition, undefined);
    assert.throws(() => find(moved(place(null, 3, null), place(['other'], 8), inner)), { code: 'STATE_PLACE_CHANGED' });
  });

  test('that belongs to the task is never taken for one of a key, whatever its own key looks like', () => {
    const where = [place(null, 8, null), place(['p'], 8)] as const;
    const by = moved(...where, ['x', 'p']);
    assert.equal(find(by)?.to?.partition, 'p'.length);
    const [[name, move]] = [...by.moved] as [[string, Move]];
    const ofTask = { ...by, moved: new Map([[name, { ...move, isOfTask: true }]]) };
    assert.throws(() => find(ofTask), { code: 'STATE_PLACE_CHANGED' });
  });

  test('goes under the new name of its stage, and that of a group stays', () => {
    const renames = new Map([['S_01', 'S_02']]);
    assert.equal(find({ ...nothing, renames })?.to?.key, '[2,"S_02","kept",1,["site","p","7"]]');
    assert.equal(find({ ...nothing, renames }, '[2,["S_01"],"kept",1,["a"]]'), undefined);
    assert.equal(find({ ...nothing, renames }, '["S_01","a","p"]')?.to?.key, '["S_02","a","p"]');
  });

  test('goes where its store is gone, and its neighbour of another store stays', () => {
    const cleared = [entry([], place([], 1))];
    assert.deepEqual(find({ ...nothing, cleared })?.to, undefined);
    assert.notEqual(find({ ...nothing, cleared }), undefined);
    assert.equal(find({ ...nothing, cleared }, '["S_01","a","p"]'), undefined);
  });

  test('of an older version is written anew in the one its operator keeps, or the start is refused', () => {
    const store = (migrate: AnyStore['migrate']): AnyStore => ({
      name: 'kept',
      version: 3,
      keyParts: 3,
      encode: () => null,
      decode: () => null,
      ...(migrate === undefined ? {} : { migrate }),
    });
    const changes = (migrate: AnyStore['migrate']): StateChanges => ({
      ...nothing,
      migrated: new Map([['"S_01"kept', store(migrate)]]),
    });
    assert.deepEqual(find(changes((stored, from) => [stored, from]))?.to, {
      partition: 0,
      key: '[2,"S_01","kept",3,["site","p","7"]]',
      value: '[{"n":1},1]',
    });
    const failing = changes(() => {
      throw new Error('odd');
    });
    assert.throws(() => find(failing), { code: 'STATE_VERSION_UNKNOWN', message: /S_01.*version 1/ });
    assert.equal(find(failing, '[2,"S_01","kept",3,["site","p","7"]]'), undefined);
  });
});
