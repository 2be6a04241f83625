import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterSizing } from '@penstock/model';
import { type ClusterFacts, whyNeverFits } from './cluster-fit.ts';

const sizing = (driverMb: number, executorMb: number, executors: number, cores = 1): ClusterSizing => ({
  driver: { cores: 1, heapMb: driverMb - 384, overheadMb: 384, containerMb: driverMb },
  executor: { cores, heapMb: 512, overheadMb: executorMb - 512, containerMb: executorMb },
  executors,
  workerMemoryMb: executorMb - 712,
});
const node = (memoryMb: number, vcores: number, state = 'RUNNING') => ({
  id: 'n',
  state,
  httpAddress: '',
  memoryMb,
  vcores,
});
const queue = { name: 'default', path: 'root.default', isStopped: false, maximumAllocation: undefined };
const facts = (over: Partial<ClusterFacts> = {}): ClusterFacts => ({
  nodes: [node(8192, 8), node(4096, 4)],
  scheduler: { maximumAllocation: { memoryMb: 8192, vcores: 8 }, queues: [] },
  queue: undefined,
  countsCores: true,
  ...over,
});
const inQueue = (limits: { maxShare?: number; maxMemoryMb?: number; isStopped?: boolean }): Partial<ClusterFacts> => ({
  scheduler: {
    maximumAllocation: undefined,
    queues: [{ ...queue, maxShare: undefined, maxMemoryMb: undefined, ...limits }],
  },
});

const cases: readonly [name: string, sizing: ClusterSizing, over: Partial<ClusterFacts>, why: RegExp | undefined][] = [
  ['what fits exactly', sizing(4096, 4096, 2), {}, undefined],
  ['one executor too many', sizing(4096, 4096, 3), {}, /room for the driver and 2 of 3 executors/],
  // 8192 + 4096 hold three containers of 3500 in all, though 12288 / 3500 is more than three.
  ['what the sum would hold, but no nodes', sizing(2048, 3500, 3), {}, /room for the driver and 2 of 3/],
  ['a driver that had better go to the smaller node', sizing(4096, 8192, 1), {}, undefined],
  ['an executor above the limit', sizing(2048, 9000, 1), {}, /An executor needs a container of 9000 MiB .* up to 8192/],
  ['more cores than the limit', sizing(2048, 2048, 1, 9), {}, /and 9 cores; the cluster allows .* 8 cores/],
  [
    'an executor larger than every node',
    sizing(2048, 9000, 1),
    { scheduler: { maximumAllocation: undefined, queues: [] } },
    /no node of the cluster is that large \(the largest has 8192 MiB\)/,
  ],
  ['more cores than there are', sizing(1024, 1024, 3, 4), {}, /2 of 3 executors/],
  ['the same where cores are not counted', sizing(1024, 1024, 3, 4), { countsCores: false }, undefined],
  ['a queue that gets half', sizing(2048, 2048, 2), inQueue({ maxShare: 0.5 }), undefined],
  ['more than half', sizing(2048, 2048, 3), inQueue({ maxShare: 0.5 }), /can never have more than 6144 MiB/],
  ['more than an amount', sizing(2048, 2048, 1), inQueue({ maxMemoryMb: 4000 }), /never have more than 4000 MiB/],
  ['a stopped queue', sizing(1024, 1024, 1), inQueue({ isStopped: true }), /"root\.default" is stopped/],
  ['a queue nobody has', sizing(1024, 1024, 1), { ...inQueue({}), queue: 'nope' }, /has no queue "nope"/],
  ['a queue by its full name', sizing(1024, 1024, 1), { ...inQueue({}), queue: 'root.default' }, undefined],
  ['nodes that are lost for good', sizing(1024, 1024, 5), { nodes: [node(2048, 8), node(8192, 8, 'LOST')] }, /1 of 5/],
  ['a cluster whose nodes have yet to come', sizing(1024, 1024, 1), { nodes: [] }, undefined],
];

for (const [name, wanted, over, why] of cases)
  test(`${why === undefined ? 'nothing is said against' : 'never fits:'} ${name}`, () => {
    const found = whyNeverFits(wanted, facts(over));
    if (why === undefined) assert.equal(found, undefined);
    else assert.match(found ?? '', why);
  });
