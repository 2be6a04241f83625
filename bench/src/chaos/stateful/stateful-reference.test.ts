import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { canonical } from '@penstock/testkit';
import { createChaosInput } from '../chaos-input.ts';
import type { ChaosOutput } from './stateful-pipeline.ts';
import { ChaosReference } from './stateful-reference.ts';

const START = Date.UTC(2026, 0, 1);

const run = (readings: readonly JsonObject[]): Record<ChaosOutput, JsonObject[]> => {
  const outputs: Record<ChaosOutput, JsonObject[]> = { last: [], late: [], window: [], merged: [], restored: [] };
  const reference = new ChaosReference((output, record) => outputs[output].push(record));
  for (const reading of readings) {
    reference.add(JSON.stringify({ assetId: 'a', pointId: 'flow', quality: 0, attr: {}, ...reading }));
  }
  return outputs;
};

test('the last record is the one before, without what was appended to it', () => {
  const { last } = run([
    { time: START, value: 1 },
    { time: START + 1000, value: 2 },
    { time: START + 2000, value: 3 },
  ]);
  assert.deepEqual(
    last.map(({ attr }) => attr),
    [
      { lastRecordAppender: {} },
      {
        lastRecordAppender: {
          lastRecord: { assetId: 'a', pointId: 'flow_last', quality: 0, attr: {}, time: START, value: 1 },
        },
      },
      {
        lastRecordAppender: {
          lastRecord: { assetId: 'a', pointId: 'flow_last', quality: 0, attr: {}, time: START + 1000, value: 2 },
        },
      },
    ],
  );
});

test('a record of bad quality is not kept where a condition says so', () => {
  const { last } = run([
    { pointId: 'level', time: START, value: 1, quality: 1 },
    { pointId: 'level', time: START + 1000, value: 2 },
  ]);
  assert.deepEqual(last[1]?.attr, { lastRecordAppender: {} });
});

test('late is older than the newest, not the same time', () => {
  const { late } = run([
    { time: START + 5000, value: 1 },
    { time: START + 5000, value: 2 },
    { time: START + 4000, value: 3 },
    { time: START + 4500, value: 4 },
    { time: START + 6000, value: 5 },
  ]);
  assert.deepEqual(
    late.map(({ dq }) => dq),
    [0, 0, 5, 5, 0],
  );
});

test('a window takes late records within the latency and comes out once', () => {
  const { window } = run([
    { time: START + 10_000, value: 1 },
    { time: START + 70_000, value: 10 },
    { time: START + 20_000, value: 3 },
    { time: START + 119_999, value: 20 },
    { time: START + 120_000, value: null },
    { time: START + 120_000, value: 30 },
    { time: START + 30_000, value: 100 },
  ]);
  assert.deepEqual(
    window.map(({ time, value }) => ({ time, value })),
    [{ time: START, value: 2 }],
  );
});

test('a jump in time closes all windows, oldest first', () => {
  const { window } = run([
    { time: START + 70_000, value: 10 },
    { time: START + 10_000, value: 1 },
    { time: START + 600_000, value: 5 },
  ]);
  assert.deepEqual(
    window.map(({ time, value }) => ({ time, value })),
    [
      { time: START, value: 1 },
      { time: START + 60_000, value: 10 },
    ],
  );
});

test('the newest records of an asset are merged when the trigger comes, and forgotten once they are left behind', () => {
  const { merged } = run([
    { pointId: 'pressure', time: START + 2000, value: 1 },
    { pointId: 'pressure', time: START + 1000, value: 2 },
    { pointId: 'level', time: START + 2000, value: 3 },
    { pointId: 'speed', time: START + 3000, value: 4 },
    { assetId: 'b', pointId: 'speed', time: START + 3000, value: 5 },
    { pointId: 'speed', time: START + 303_000, value: 6 },
    { pointId: 'speed', time: START + 603_001, value: 7 },
  ]);
  const valuesOf = ({ attr }: JsonObject) => {
    const { mergedTag, mergedRecords } = (attr as { latestRecordMerger: JsonObject }).latestRecordMerger;
    return [mergedTag, ...(mergedRecords as JsonObject[]).map(({ value }) => value)];
  };
  assert.deepEqual(merged.map(valuesOf), [
    ['tag of a', 1, 4],
    ['tag of b', 5],
    ['tag of a', 1, 6],
    ['tag of a', 7],
  ]);
});

test('what was captured last is restored as often as its trigger comes', () => {
  const { restored } = run([
    { pointId: 'torque', time: START, value: 0 },
    { pointId: 'level', time: START + 2000, value: 1 },
    { pointId: 'torque', time: START + 3000, value: 2 },
    { pointId: 'level', time: START + 1000, value: 3 },
    { pointId: 'torque', time: START + 3000, value: 4 },
    { pointId: 'torque', time: START + 4000, value: 5 },
    { pointId: 'flow', time: START + 5000, value: 6 },
  ]);
  assert.deepEqual(
    restored.map(({ pointId, time, value }) => [pointId, Number(time) - START, value]),
    [
      ['restored', 2000, 1],
      ['restored', 1000, 3],
      ['restored', 1000, 3],
      ['restored', 5000, 6],
    ],
  );
});

test('the input has late, equal-time, null and malformed records, and is a function of its seed', () => {
  const next = createChaosInput(3);
  const again = createChaosInput(3);
  const newest = new Map<string, number>();
  const seen = { late: 0, equal: 0, nulls: 0, malformed: 0 };
  for (let count = 0; count < 20_000; count++) {
    const record = next();
    assert.deepEqual(record, again());
    assert.equal(record.seq, count);
    if (!record.text.startsWith('{')) {
      seen.malformed++;
      continue;
    }
    const { time, value } = JSON.parse(record.text);
    const before = newest.get(record.key) ?? 0;
    if (time < before) seen.late++;
    if (time === before) seen.equal++;
    if (value === null) seen.nulls++;
    newest.set(record.key, Math.max(before, time));
  }
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 20, `${count} ${kind}`);
});

test('canonical texts are equal for equal values only', () => {
  assert.equal(
    canonical({ b: [1, { d: null, c: 'x' }], a: true }),
    canonical({ a: true, b: [1, { c: 'x', d: null }] }),
  );
  assert.notEqual(canonical({ a: 1 }), canonical({ a: '1' }));
});
