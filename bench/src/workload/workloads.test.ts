import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { Measurements, POINTS, RecordTexts, SERIES } from '../data/measurements.ts';
import { differenceOf, FingerprintBuilder } from './fingerprint.ts';
import { HIGHEST, LOWEST } from './off-limit-workloads.ts';
import { workloads } from './workloads.ts';

const DATA = { records: 61 * SERIES, seed: 11 };
const SMALL = { records: 2_000, seed: 11 };

const outputsOf = (workload: 'map' | 'script', make: (record: JsonObject) => JsonObject | undefined) => {
  const result = new FingerprintBuilder();
  const measurements = new Measurements(SMALL);
  const texts = new RecordTexts();
  while (measurements.next()) {
    const record = make(JSON.parse(texts.textOf(measurements)) as JsonObject);
    if (record !== undefined) result.add(...workloads[workload].contentOf(record));
  }
  return result;
};

const tagged = (record: JsonObject): JsonObject | undefined => {
  const { value } = record;
  if (typeof value !== 'number') return undefined;
  const isOver = value > HIGHEST;
  const isUnder = value < LOWEST;
  const outlierAttr = {
    minIncluding: true,
    maxIncluding: true,
    minValue: LOWEST,
    maxValue: HIGHEST,
    enableMinJudger: true,
    enableMaxJudger: true,
  };
  return { dq: isOver ? 9 : isUnder ? 17 : 0, ...record, attr: { outlierAttr, isOutlier: isOver || isUnder } };
};

test('a right output has no difference from the reference, whatever the order of its fields', () => {
  assert.equal(differenceOf(outputsOf('map', tagged), workloads.map.reference(SMALL)), undefined);
  const twice = (record: JsonObject) => ({ ...record, twice: record.value === null ? null : Number(record.value) * 2 });
  assert.equal(differenceOf(outputsOf('script', twice), workloads.script.reference(SMALL)), undefined);
});

test('one changed value, one missing record and one extra record are each seen', () => {
  const reference = workloads.map.reference(SMALL);
  let count = 0;
  const changed = outputsOf('map', (record) => {
    const out = tagged(record);
    return out !== undefined && ++count === 1000 ? { ...out, value: 0 } : out;
  });
  assert.match(differenceOf(changed, reference) ?? '', /content or order differs for 1 of/);
  count = 0;
  const missing = outputsOf('map', (record) => (++count === 5 ? undefined : tagged(record)));
  assert.match(differenceOf(missing, reference) ?? '', /records where/);
  const extra = outputsOf('map', tagged);
  extra.add('another', 'record');
  assert.match(differenceOf(extra, reference) ?? '', /1 keys are unexpected/);
});

test('a record with a field too many is not taken for right', () => {
  const record = tagged({ value: 1 });
  assert.ok(record !== undefined);
  assert.throws(() => workloads.map.contentOf({ ...record, more: true }), /10 fields expected/);
});

test('select keeps two of the ten points, and every workload drops what has no value but the script', () => {
  const { select, map, script } = workloads;
  const share = (records: number): number => records / SMALL.records;
  assert.ok(Math.abs(share(map.reference(SMALL).records) - 0.99) < 0.01);
  assert.ok(Math.abs(share(select.reference(SMALL).records) - 0.198) < 0.01);
  assert.equal(script.reference(SMALL).records, SMALL.records);
});

test('the window reference has one average for each series and closed minute', () => {
  const { keys, records } = workloads.window.reference(DATA);
  // A series whose 61st record has no value keeps its window open.
  assert.ok(records > SERIES * 0.98 && records < SERIES, `${records} windows`);
  assert.ok([...keys.keys()].every((key) => POINTS.some((pointId) => key.endsWith(`${pointId}_1m`))));
});
