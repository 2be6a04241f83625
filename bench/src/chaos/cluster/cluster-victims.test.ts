import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@penstock/testkit';
import type { ChaosWorld } from '../chaos-world.ts';
import type { ChaosCluster } from './chaos-cluster.ts';
import { CLUSTER_VICTIMS, ClusterVictims } from './cluster-victims.ts';

const dealt = (seed: number, kills: number): string[] => {
  const victims = new ClusterVictims({} as ChaosWorld, {} as ChaosCluster, createRandom(seed), () => {});
  return Array.from({ length: kills }, () => victims.next());
};

test('thirty kills hold every kind of victim as often as any other thirty, in another order', () => {
  for (const seed of [1, 2, 3]) {
    const [first, second] = [dealt(seed, 60).slice(0, 30), dealt(seed, 60).slice(30)];
    assert.deepEqual([...new Set(first)].sort(), [...CLUSTER_VICTIMS].sort());
    assert.deepEqual([...first].sort(), [...second].sort());
    assert.notDeepEqual(first, second);
  }
});

test('a seed says who is killed, and in which order', () => {
  assert.deepEqual(dealt(7, 30), dealt(7, 30));
  assert.notDeepEqual(dealt(7, 30), dealt(8, 30));
});
