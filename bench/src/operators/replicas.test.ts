import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsIn, Replicas, replicatedStore } from './replicas.ts';

const PATTERN = [
  {
    assetId: 't1',
    pointId: 'p',
    time: 1000,
    value: 5,
    attr: { site: [{ id: 's1' }], last: { time: 500, assetId: 't1' } },
  },
  { assetId: 't2', pointId: 'p', time: 4000, value: 's1' },
];

test('the records of a case come again for other assets, and later round by round', () => {
  const replicas = new Replicas(PATTERN);
  const [first, second] = [replicas.records(0, 0), replicas.records(7, 1)];
  assert.deepEqual(
    first.map(({ assetId }) => assetId),
    ['t1-0', 't2-0'],
  );
  // What hangs together does so in every replica, and times keep their distances.
  assert.deepEqual(second[0]?.attr, {
    site: [{ id: 's1-7' }],
    last: { time: Number(second[0]?.time) - 500, assetId: 't1-7' },
  });
  assert.equal(Number(first[1]?.time) - Number(first[0]?.time), 3000);
  assert.ok(Number(second[0]?.time) > Number(first[1]?.time));
  assert.equal(second[1]?.value, 's1-7');
});

test('what has no time and no asset stays as it is', () => {
  assert.deepEqual(new Replicas([{ pointId: 'p', value: 1 }]).records(3, 2), [{ pointId: 'p', value: 1 }]);
});

test('the asset store has every replica, below its own parents', () => {
  const store = {
    assets: { t1: { modelIdPath: '/turbine' }, farm: { modelIdPath: '/farm' } },
    trees: { sites: { tags: { kind: 'site' }, nodes: { farm: null, t1: 'farm' } } },
  };
  assert.deepEqual(idsIn(store), ['t1', 'farm', 'farm', 't1']);
  const { assets, trees } = replicatedStore(store, 2);
  assert.deepEqual(Object.keys(assets ?? {}).sort(), ['farm-0', 'farm-1', 't1-0', 't1-1']);
  assert.deepEqual(trees?.sites?.nodes, { 'farm-0': null, 't1-0': 'farm-0', 'farm-1': null, 't1-1': 'farm-1' });
});
