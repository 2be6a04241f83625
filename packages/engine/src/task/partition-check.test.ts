import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { StreamRecord } from '../record/stream-record.ts';
import { PartitionCheck, SOURCE_PARTITIONING_REFUTED } from './partition-check.ts';

const byLength = (key: string, partitions: number): number => key.length % partitions;
const records = (...assetIds: (string | undefined)[]): StreamRecord[] =>
  assetIds.map((assetId) => StreamRecord.from(assetId === undefined ? { payload: 1 } : { assetId }));

test('records where their asset belongs, and records without asset, are as believed', () => {
  const check = new PartitionCheck('in', 1, 4, byLength);
  for (let round = 0; round < 2; round++) check.look(records('a', 'abcde', undefined, 'a'));
});

test('a record of an asset that belongs elsewhere refutes the belief, naming both', () => {
  const check = new PartitionCheck('in', 1, 4, byLength);
  assert.throws(
    () => check.look(records('a', 'ab')),
    (error) =>
      error instanceof AppError &&
      error.code === SOURCE_PARTITIONING_REFUTED &&
      !error.retryable &&
      /partition 1 is of asset "ab", which would belong to partition 2 of 4/.test(error.message),
  );
});
