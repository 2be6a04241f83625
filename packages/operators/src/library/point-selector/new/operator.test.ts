import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import { operators } from '../../../generated/operators.ts';
import { createRegistry } from '../../../registry.ts';

test('behind the source records are skipped by their measurement, whether or not they had to be parsed', async () => {
  const pipeline = new MemoryPipeline({
    document: documentOf([
      consumer('in'),
      processor('PointSelectorNew', { inputOutput: [{ inputPoint: 'power' }] }, 'EDHKafkaConsumer_01'),
      producer('out', 'PointSelectorNew_01'),
    ]),
    registry: createRegistry(operators),
    input: [
      [
        '{"measurementId":"power","value":1}',
        '{"measurementId":"speed","value":2}',
        '{"modelId":"m","pointId":"power","value":3}',
        '{ "measurementId" : "power", "value" : 4 }',
        '{ "measurementId" : "speed", "value" : 5 }',
        '{"measurementId":7,"value":6}',
        '{"value":7}',
        '{"measurementId":"power","pointId":"p","value":8}',
      ],
    ],
    cutPartitions: 1,
    now: 0,
  });
  await pipeline.settle();
  assert.deepEqual(
    pipeline.output('out').map((one) => (one as { value: number }).value),
    [1, 4, 8],
  );
  assert.deepEqual(pipeline.output('dead-letters'), []);
});
