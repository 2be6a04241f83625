import assert from 'node:assert/strict';
import { test } from 'node:test';
import { map } from '../workload/off-limit-workloads.ts';
import { clusterReportOf } from './cluster-report.ts';
import { clusterRow } from './cluster-row.ts';
import type { ModeOrder, ModePass, Stretch } from './measure-mode.ts';

const order: ModeOrder = {
  workload: map,
  guarantee: 'exactly-once',
  size: { executors: 1, threads: 1 },
  rate: 20_000,
  seconds: 60,
  expected: { records: 0, keys: new Map() },
};

const stretch = (driver: number, executors: number, workers: number, records = 1_000_000): Stretch => ({
  records,
  seconds: 50,
  spent: { driver, executors, workers, together: driver + executors + workers },
});

const pass = (steady: Stretch, changes: Partial<ModePass> = {}): ModePass => ({
  startSeconds: 3,
  stopSeconds: 1,
  steady,
  fullSpeed: stretch(0, 0, 2000),
  rest: stretch(0, 0, 500, 0),
  restBatchMs: [],
  memory: [{ role: 'worker', steadyMb: 100, peakMb: 120 }],
  problem: undefined,
  ...changes,
});

test('time is counted per million records, all processes of a mode together', () => {
  const standalone = [pass(stretch(0, 0, 4000)), pass(stretch(0, 0, 4200)), pass(stretch(0, 0, 3000))];
  const cluster = [pass(stretch(1000, 500, 6500, 2_000_000), { restBatchMs: [9, 4, 5] })];
  const row = clusterRow(3_000_000, order, { standalone, cluster });
  assert.equal(row.standalone.steadyCpu.together, 4);
  assert.deepEqual([row.standalone.steadyCpu.togetherMin, row.standalone.steadyCpu.togetherMax], [3, 4.2]);
  assert.deepEqual(row.cluster.steadyCpu, {
    driver: 0.5,
    executors: 0.25,
    workers: 3.25,
    together: 4,
    togetherMin: 4,
    togetherMax: 4,
  });
  assert.equal(row.ratio, 1);
  assert.equal(row.cluster.steadyRecordsPerSecond, 40_000);
  assert.equal(row.standalone.restCpuPerMinute.together, 0.6);
  assert.deepEqual([row.standalone.restBatchMs, row.cluster.restBatchMs], [null, { median: 5, max: 9 }]);
  assert.ok(row.verified);
});

test('the report judges the ratio where the bar applies, and tells of wrong output', () => {
  const standalone = [pass(stretch(0, 0, 4000))];
  const dear = [pass(stretch(2000, 500, 4000), { problem: 'one record too many' })];
  const row = clusterRow(3_000_000, order, { standalone, cluster: dear });
  assert.ok(!row.verified);
  const report = clusterReportOf([row]);
  assert.match(report, /^MISSED .*: 1\.63 \(bar 1\.5\)$/m);
  assert.match(report, /^NOT VERIFIED map exactly-once: cluster: one record too many$/m);
  const slow = clusterRow(3_000_000, { ...order, rate: 19_999 }, { standalone, cluster: dear });
  assert.doesNotMatch(clusterReportOf([slow]), /bar/);
});
