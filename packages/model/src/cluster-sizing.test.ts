import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { advancedRowPath } from './advanced-parameters.ts';
import { clusterSizing, MIN_HEAP_MB } from './cluster-sizing.ts';
import type { ClusterResources } from './resource-config.ts';

const CU = { memoryMb: 2048, threads: 1 };
const resources = (
  advanced: Record<string, string> = {},
  yarn = { workerCount: 2, master: 1, slave: 1 },
): ClusterResources => ({ mode: 'cluster', server: 1, yarn, advanced });

test('a driver gives its heap most, an executor its worker', () => {
  assert.deepEqual(clusterSizing(resources(), CU), {
    value: {
      driver: { cores: 1, heapMb: 1664, overheadMb: 384, containerMb: 2048 },
      executor: { cores: 1, heapMb: 512, overheadMb: 1536, containerMb: 2048 },
      executors: 2,
      workerMemoryMb: 1336,
    },
    issues: [],
  });
});

test('CUs are cores and memory, rounded up to whole cores', () => {
  const sizing = clusterSizing(resources({}, { workerCount: 1, master: 4.5, slave: 1.5 }), {
    memoryMb: 2000,
    threads: 2,
  });
  assert.deepEqual(sizing.value?.driver, { cores: 9, heapMb: 8100, overheadMb: 900, containerMb: 9000 });
  assert.deepEqual(sizing.value?.executor, { cores: 3, heapMb: 512, overheadMb: 2488, containerMb: 3000 });
});

test('a given overhead is taken from the container, not added to it', () => {
  const given = { 'spark.driver.memoryOverhead': '1g', 'spark.executor.memoryOverhead': '800' };
  const { value } = clusterSizing(resources(given), CU);
  assert.deepEqual(value?.driver, { cores: 1, heapMb: 1024, overheadMb: 1024, containerMb: 2048 });
  assert.deepEqual(value?.executor, { cores: 1, heapMb: 1248, overheadMb: 800, containerMb: 2048 });
  assert.equal(value?.workerMemoryMb, 600);
});

test('a given factor divides the container; an amount wins over it', () => {
  const factors = { 'spark.driver.memoryOverheadFactor': '1', 'spark.executor.memoryOverheadFactor': '3' };
  const { value } = clusterSizing(resources(factors), CU);
  assert.deepEqual([value?.driver.heapMb, value?.executor.heapMb], [1024, 512]);
  const both = clusterSizing(resources({ ...factors, 'spark.executor.memoryOverhead': '600m' }), CU).value;
  assert.equal(both?.executor.overheadMb, 600);
});

test('an overhead that leaves too little heap is named where it was given', () => {
  const rows = [
    { key: 'spark.memory.fraction', value: '0.5' },
    { key: 'spark.yarn.driver.memoryOverhead', value: '1600' },
  ];
  const pathOf = (name: string): string => advancedRowPath(rows, '/resourceConfig/advanced', name);
  const { value, issues } = clusterSizing(
    resources({ 'spark.driver.memoryOverhead': '1600' }),
    CU,
    '/resourceConfig',
    pathOf,
  );
  assert.equal(value, undefined);
  assert.deepEqual(issues, [
    {
      code: 'ADVANCED_VALUE_INVALID',
      severity: 'error',
      path: '/resourceConfig/advanced/1/value',
      message:
        '"spark.driver.memoryOverhead" leaves 448 MiB of the 2048 MiB of the driver for its heap; ' +
        'at least 512 MiB are needed. Lower it, or raise "master".',
    },
  ]);
});

test('an overhead larger than the container is named, too', () => {
  const { issues } = clusterSizing(resources({ 'spark.executor.memoryOverhead': '1t' }), CU);
  assert.equal(issues[0]?.path, '/resourceConfig/advanced/spark.executor.memoryOverhead');
  assert.match(issues[0]?.message ?? '', /leaves 0 MiB of the 2048 MiB of an executor/);
});

test('where CUs are small, how many are needed is said', () => {
  const { issues } = clusterSizing(resources(), { memoryMb: 512, threads: 1 });
  assert.deepEqual(
    issues.map(({ path, message }) => [path, message]),
    [
      [
        '/resourceConfig/yarn/master',
        '"master" gives the driver 512 MiB; at least 896 MiB are needed, which are 1.75 CU of 512 MiB.',
      ],
      [
        '/resourceConfig/yarn/slave',
        '"slave" gives an executor 512 MiB; at least 776 MiB are needed, which are 1.516 CU of 512 MiB.',
      ],
    ],
  );
});

test('whatever is asked for, containers are what was granted, and every heap is large enough', () => {
  const cu = fc.integer({ min: 1000, max: 64_000 }).map((milli) => milli / 1000);
  const amount = fc.option(fc.integer({ min: 1, max: 100_000 }).map(String), { nil: undefined });
  const factor = fc.option(fc.double({ min: 0.001, max: 10, noNaN: true }).map(String), { nil: undefined });
  const advanced = fc.record({
    'spark.driver.memoryOverhead': amount,
    'spark.executor.memoryOverhead': amount,
    'spark.driver.memoryOverheadFactor': factor,
    'spark.executor.memoryOverheadFactor': factor,
  });
  const given = fc.record({
    yarn: fc.record({ workerCount: fc.integer({ min: 1, max: 1000 }), master: cu, slave: cu }),
    memoryMb: fc.integer({ min: 256, max: 65_536 }),
    threads: fc.integer({ min: 1, max: 16 }),
    advanced,
  });
  fc.assert(
    fc.property(given, ({ yarn, memoryMb, threads, advanced: all }) => {
      const named = Object.fromEntries(
        Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const { value, issues } = clusterSizing(resources(named, yarn), { memoryMb, threads });
      assert.equal(value === undefined, issues.length > 0);
      if (value === undefined) return;
      for (const [size, cus] of [
        [value.driver, yarn.master],
        [value.executor, yarn.slave],
      ] as const) {
        assert.equal(size.containerMb, Math.round(cus * memoryMb));
        assert.equal(size.heapMb + size.overheadMb, size.containerMb);
        assert.ok(size.heapMb >= MIN_HEAP_MB && size.overheadMb >= 0 && size.cores >= 1);
        assert.ok(Number.isInteger(size.heapMb) && Number.isInteger(size.cores));
      }
      assert.ok(value.workerMemoryMb >= 64);
      assert.equal(value.executors, yarn.workerCount);
    }),
    { numRuns: 1000 },
  );
});
