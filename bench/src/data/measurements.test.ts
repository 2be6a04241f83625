import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_TIME, Measurements, RecordTexts, SERIES } from './measurements.ts';

const textsOf = (records: number, seed: number): string[] => {
  const measurements = new Measurements({ records, seed });
  const texts = new RecordTexts();
  const result: string[] = [];
  while (measurements.next()) result.push(texts.textOf(measurements));
  return result;
};

test('the same seed gives the same records, another seed others', () => {
  assert.deepEqual(textsOf(500, 7), textsOf(500, 7));
  assert.notDeepEqual(textsOf(500, 7), textsOf(500, 8));
});

test('a shorter data set is the beginning of a longer one', () => {
  assert.deepEqual(textsOf(1500, 3).slice(0, 700), textsOf(700, 3));
});

test('every record is a measurement, and its key is asset and point', () => {
  const measurements = new Measurements({ records: 2 * SERIES, seed: 1 });
  const texts = new RecordTexts();
  const series = new Set<string>();
  while (measurements.next()) {
    const record = JSON.parse(texts.textOf(measurements));
    const key = texts.keys[measurements.series];
    assert.deepEqual(Object.keys(record), [
      'orgId',
      'modelId',
      'modelIdPath',
      'assetId',
      'pointId',
      'time',
      'value',
      'quality',
      'attr',
    ]);
    assert.equal(record.assetId + record.pointId, key);
    assert.equal(record.time, FIRST_TIME + (measurements.index < SERIES ? 0 : 1000));
    assert.equal(record.value, measurements.value);
    series.add(record.assetId + record.pointId);
  }
  assert.equal(series.size, SERIES);
});

test('records are 166 bytes on average and one in a hundred has no value', () => {
  const texts = textsOf(200_000, 1);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
  const nulls = texts.filter((text) => text.includes('"value":null')).length / texts.length;
  assert.ok(Math.abs(bytes - 166) < 1.5, `${bytes} bytes`);
  assert.ok(Math.abs(nulls - 0.01) < 0.002, `${nulls} null`);
});

test('a series walks in small steps', () => {
  const measurements = new Measurements({ records: 20 * SERIES, seed: 5 });
  const previous = new Map<number, number>();
  while (measurements.next()) {
    const { series, value } = measurements;
    if (value === null) {
      previous.delete(series);
      continue;
    }
    const before = previous.get(series);
    if (before !== undefined) assert.ok(Math.abs(value - before) <= 10.001, `${before} to ${value}`);
    previous.set(series, value);
  }
});
