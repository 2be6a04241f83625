import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  MAX_QUEUE_BYTES,
  MAX_QUEUE_PARTITIONS,
  MIN_PARTITION_BYTES,
  QUEUE_BYTES_PER_CU,
  queueMilliOf,
  queueNameProblem,
  queueTopicConfig,
} from './queue-size.ts';

test('1 CU is ten partitions or 10 GiB, whichever there is more of', () => {
  assert.equal(queueMilliOf([]), 0);
  assert.equal(queueMilliOf([{ partitions: 10, maxBytes: MIN_PARTITION_BYTES * 10 }]), 1000);
  assert.equal(queueMilliOf([{ partitions: 1, maxBytes: QUEUE_BYTES_PER_CU }]), 1000);
  const few = { partitions: 5, maxBytes: QUEUE_BYTES_PER_CU / 4 };
  assert.equal(queueMilliOf([few, few]), 1000);
  assert.equal(queueMilliOf([{ partitions: 1, maxBytes: 1 }]), 100);
});

test('a partition with a segment that is being written is no larger than its share', () => {
  const sizes = fc.record({
    partitions: fc.integer({ min: 1, max: MAX_QUEUE_PARTITIONS }),
    perPartition: fc.integer({ min: MIN_PARTITION_BYTES, max: 2 ** 38 }),
    retentionHours: fc.integer({ min: 1, max: 8760 }),
  });
  fc.assert(
    fc.property(sizes, ({ partitions, perPartition, retentionHours }) => {
      const maxBytes = Math.min(MAX_QUEUE_BYTES, partitions * perPartition);
      const config = queueTopicConfig({ partitions, maxBytes, retentionHours });
      const [retained, segment] = [Number(config['retention.bytes']), Number(config['segment.bytes'])];
      assert.ok(retained + segment <= maxBytes / partitions);
      // Most of what was asked for is there, and a message of Kafka's usual largest size fits a segment.
      assert.ok(retained >= (maxBytes / partitions) * 0.8);
      assert.ok(segment >= 1_048_588 && segment < 2 ** 31);
    }),
  );
});

test('names of others are not taken', () => {
  assert.equal(queueNameProblem('EDP_INPUT_FORMAT'), undefined);
  assert.equal(queueNameProblem('wind.10min-v2'), undefined);
  for (const name of ['', '_schemas', '.a', 'a b', 'a/b', 'a*', 'x'.repeat(250)])
    assert.match(queueNameProblem(name) ?? '', /^must be/, name);
  for (const name of ['penstock-state-x', 'PENSTOCK_DEAD_LETTERS_o1', 'MEASURE_POINT_CAL_o1', 'measure_point_x'])
    assert.match(queueNameProblem(name) ?? '', /reserved/, name);
});
