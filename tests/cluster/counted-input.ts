import assert from 'node:assert/strict';
import { consumerGroupOf, type JsonObject } from '@penstock/model';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { InputProducer } from '@penstock/testkit/kafka';

const ASSETS = 40;

/** A pipeline that tags every record of the counted input and loses none. */
export const countedDocument = (input: string, output: string): JsonObject =>
  documentOf([
    consumer(input, { partitionedBy: 'ASSET' }),
    {
      name: 'OffLimitTagger_01',
      label: 'Off Limit Tagger',
      from: ['EDHKafkaConsumer_01'],
      config: {
        inputOutput: [
          { inputPoint: 'turbine::power', openClose: '[x,y]', minMax: '0,1000', outputPoint: 'turbine::power' },
        ],
      },
    },
    producer(output, 'OffLimitTagger_01'),
  ]);

/** Input that counts up from 0 in `value`, at a steady rate. */
export const startCountedInput = (access: TopicAccess, topic: string, recordsPerSecond: number): InputProducer => {
  let seq = 0;
  const input = new InputProducer({
    client: access.client,
    topic,
    recordsPerSecond,
    next: () => {
      const assetId = `a${seq % ASSETS}`;
      return { seq, assetId, key: assetId, text: measurement({ assetId, value: seq++ }) };
    },
  });
  input.start();
  return input;
};

/** Every number once, in order per asset. */
export const checkCounted = async (access: TopicAccess, topic: string, count: number): Promise<void> => {
  const seen = new Map<number, number>();
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const { value } of await access.read(topic)) {
    const record = JSON.parse(value ?? '') as { assetId: string; value: number };
    seen.set(record.value, (seen.get(record.value) ?? 0) + 1);
    if (record.value <= (last.get(record.assetId) ?? -1)) wrong.push(`${record.value} out of order`);
    last.set(record.assetId, record.value);
  }
  for (let i = 0; i < count; i++) if (seen.get(i) !== 1) wrong.push(`${i} is there ${seen.get(i) ?? 0} times`);
  assert.deepEqual([wrong.slice(0, 10), seen.size], [[], count]);
};

/** Whether everything that is in the input now has been committed. */
export const reached = async (access: TopicAccess, pipelineId: string, topic: string) => {
  const ends = await access.admin.latestOffsets(topic, 'read-committed');
  return async (): Promise<boolean> => {
    const committed = await access.admin.committedOffsets(consumerGroupOf(pipelineId), topic);
    return [...ends].every(([partition, end]) => (committed.get(partition) ?? 0) >= end);
  };
};
