import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Emitter, type EventTime, type Store, StreamRecord, termsOf } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { runOperator, validateConfig } from '@penstock/testkit/operator';
import { MAX_MERGED } from '../../shared/merged-records.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { type LatestRecord, latestRecords } from './latest-records.ts';
import { LatestRecordMerger } from './merger.ts';
import { latestRecordMerger } from './operator.ts';

const row = { inputPoint: 'm::t', isTrigger: true, outputPoint: 'm::merged' };
const record = (assetId: string, extra: object = {}): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId,
  pointId: 't',
  time: 1000,
  value: 1,
  ...extra,
});
const issuesOf = (config: JsonObject) => validateConfig(latestRecordMerger, config).issues.map(({ path }) => path);

test('a table without a trigger, a trigger without an output and an expression that is none are issues', () => {
  const table = '/stages/0/configuration/0/value';
  assert.deepEqual(issuesOf({ inputOutput: [{ inputPoint: 'm::t' }] }), [table]);
  assert.deepEqual(issuesOf({ inputOutput: [row, { ...row, outputPoint: '' }] }), [`${table}/1/outputPoint`]);
  for (const mergedByExpression of ['assetId', '${record:valu()}', '/a//b'])
    assert.deepEqual(issuesOf({ inputOutput: [row], mergedByExpression }), ['/stages/0/configuration/1/value']);
  for (const mergedByExpression of ['/assetId', "site ${record:value('/site')}"])
    assert.deepEqual(issuesOf({ inputOutput: [row], mergedByExpression }), []);
});

test('merging by one field needs no cut where the records lie by it already', () => {
  for (const mergedByExpression of ["${record:value('/assetId')}", '/assetId']) {
    const { config } = validateConfig(latestRecordMerger, { inputOutput: [row], mergedByExpression });
    assert.deepEqual(termsOf(latestRecordMerger.requires?.(config as never)), ['assetId']);
  }
});

test('a trigger of several rows comes out once for each of them', async () => {
  const config = { inputOutput: [row, { ...row, outputPoint: 'n::other' }, { inputPoint: 'm::t' }] };
  const { output, dropped } = await runOperator(latestRecordMerger, config, [record('x')]);
  assert.deepEqual(
    output.map(({ modelId, pointId }) => [modelId, pointId]),
    [
      ['m', 'merged'],
      ['n', 'other'],
    ],
  );
  assert.deepEqual(dropped, []);
  const { inputs = [], outputs = [] } =
    latestRecordMerger.lineage?.(validateConfig(latestRecordMerger, config).config as never) ?? {};
  assert.notEqual(inputs.length, outputs.length);
});

test('more records than one can hold are an error of the trigger, which is kept all the same', () => {
  const kept = new Map<string, LatestRecord>([['a', { time: 1, record: 'x'.repeat(MAX_MERGED) }]]);
  const store: Pick<Store<LatestRecord>, 'get' | 'put' | 'range'> = {
    get: () => undefined,
    put: ([, assetId = ''], latest) => kept.set(assetId, latest),
    range: () => [...kept].map(([assetId, latest]) => [['s', assetId, 't'], latest]),
  };
  const told: string[] = [];
  const out: Emitter = {
    emit: () => told.push('emitted'),
    drop: (_record, reason) => told.push(reason),
    error: (_record, code) => told.push(code),
  };
  const eventTime = { isTooFarAhead: () => false } as unknown as EventTime;
  const merger = new LatestRecordMerger(POINTS, [row], { keyOf: () => ['s'], eventTime }, store);
  merger.process(StreamRecord.from(record('x')), out);
  assert.deepEqual([told, [...kept.keys()]], [['MERGED_RECORDS_TOO_LARGE'], ['a', 'x']]);
  kept.delete('a');
  merger.process(StreamRecord.from(record('x')), out);
  assert.deepEqual(told.at(-1), 'emitted');
});

test('its state is found by asset and point under whichever tag', () => {
  const key = ['tag', 'asset', 'point'] as const;
  assert.deepEqual(latestRecords.pointOf?.(key), ['asset', 'point']);
  const stored = latestRecords.encode({ time: 1000, record: JSON.stringify(record('asset')) });
  assert.deepEqual(latestRecords.toItem?.(latestRecords.decode(stored), key), record('asset'));
  for (const wrong of [null, 'text', [1], ['1', '{}'], { time: 1 }]) assert.throws(() => latestRecords.decode(wrong));
});
