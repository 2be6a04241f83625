import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { writeStoreKey } from '@penstock/engine';
import { connectKafka, createTopicAdmin, type KafkaClient, openTaskLog, type TopicAdmin } from '@penstock/kafka';
import { consumerGroupOf, repartitionTopicOf, stateTopicOf } from '@penstock/model';
import type { StateStorePort } from '../use-case/state-store-port.ts';
import { createKafkaStateStore } from './kafka-state-store.ts';

const stateKey = (stage: string, ...key: [string, string]): string =>
  writeStoreKey({ owner: { stage }, store: 'state', version: 1, key });

let kafka: LocalKafka;
let dir: string;
let client: KafkaClient;
let admin: TopicAdmin;
let store: StateStorePort;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'penstock-state-'));
  kafka = await startLocalKafka({ dir });
  client = await connectKafka({ bootstrapServers: kafka.bootstrapServers }, { clientId: 'test' });
  admin = createTopicAdmin(client);
  store = createKafkaStateStore({ client: async () => client, clock: { now: () => Date.now() } });
});
after(async () => {
  await client.close();
  await kafka.stop();
  rmSync(dir, { recursive: true, force: true });
});

type Rows = readonly (readonly [partition: number, key: string, value: string | null])[];

const write = async (topic: string, rows: Rows, end: 'commit' | 'abort' = 'commit'): Promise<void> => {
  const log = await openTaskLog(client, {
    transactionalId: `writer-of-${topic}`,
    groupId: 'writer',
    guarantee: 'EXACTLY_ONCE',
    topics: [topic],
  });
  for (const [partition, key, value] of rows) log.appender(topic).append(partition, key, value, 1);
  await log.flush();
  if (end === 'commit') await log.commit(undefined);
  await log.close();
};

const ofStage = (stage: string) => (key: string) => key.startsWith(`["${stage}",`);

test('state is read as committed last, over all partitions, and deleted by key', async () => {
  const pipelineId = '11111111-1111-4111-8111-111111111111';
  assert.deepEqual(await store.readState(pipelineId, () => true), []);
  assert.equal(await store.deleteState(pipelineId, () => true), 0);

  const topic = stateTopicOf(pipelineId);
  await admin.ensureTopic(topic, { partitions: 3, config: { 'cleanup.policy': 'compact' } });
  const [a, b, c, other] = [
    stateKey('S_01', 'a', 'p'),
    stateKey('S_01', 'b', 'p'),
    stateKey('S_01', 'c', 'p'),
    stateKey('T_01', 'a', 'p'),
  ];
  await write(topic, [
    [0, a, '1'],
    [0, a, '2'],
    [1, b, '"ü"'],
    [2, c, '3'],
    [2, c, null],
    [1, other, '4'],
  ]);
  await write(topic, [[0, a, '"not committed"']], 'abort');

  const read = async (stage: string) =>
    (await store.readState(pipelineId, ofStage(stage))).map(({ key, value }) => [key, value]).sort();
  assert.deepEqual(await read('S_01'), [
    [a, '2'],
    [b, '"ü"'],
  ]);

  assert.equal(await store.deleteState(pipelineId, (key) => key === b), 1);
  assert.deepEqual(await read('S_01'), [[a, '2']]);
  assert.equal(await store.deleteState(pipelineId, ofStage('S_01')), 1);
  assert.deepEqual(await read('S_01'), []);
  assert.deepEqual(await read('T_01'), [[other, '4']]);
});

test('skipping the backlog moves the offsets of source and repartition topics to the end', async () => {
  const pipelineId = '22222222-2222-4222-8222-222222222222';
  const repartition = repartitionTopicOf(pipelineId, '0');
  for (const topic of ['source', repartition]) {
    await admin.ensureTopic(topic, { partitions: 2 });
    await write(topic, [
      [0, 'k', 'v'],
      [0, 'k', 'v'],
      [1, 'k', 'v'],
    ]);
  }
  await admin.commitOffsets(consumerGroupOf(pipelineId), 'source', new Map([[0, 1]]));
  await store.skipBacklog(pipelineId, ['source']);
  for (const topic of ['source', repartition])
    assert.deepEqual(
      await admin.committedOffsets(consumerGroupOf(pipelineId), topic),
      await admin.latestOffsets(topic, 'read-committed'),
    );
  await assert.rejects(store.skipBacklog(pipelineId, ['no-such-topic']), { code: 'KAFKA_UNREACHABLE' });
});

test('clearing removes state, repartition topics and offsets of that pipeline alone, as often as asked', async () => {
  const pipelineId = '33333333-3333-4333-8333-333333333333';
  const neighbour = '44444444-4444-4444-8444-444444444444';
  for (const id of [pipelineId, neighbour]) {
    for (const topic of [stateTopicOf(id), repartitionTopicOf(id, '0'), repartitionTopicOf(id, '1')])
      await admin.ensureTopic(topic, { partitions: 1 });
  }
  for (const id of [pipelineId, neighbour])
    await admin.commitOffsets(consumerGroupOf(id), stateTopicOf(neighbour), new Map([[0, 0]]));
  await store.clear(pipelineId);
  await store.clear(pipelineId);
  const topics = (await admin.listTopics())
    .map(({ name }) => name)
    .filter((name) => name.includes('3333-') || name.includes('4444-'));
  assert.deepEqual(
    topics.sort(),
    [repartitionTopicOf(neighbour, '0'), repartitionTopicOf(neighbour, '1'), stateTopicOf(neighbour)].sort(),
  );
  const offsets = async (id: string) =>
    (await admin.committedOffsets(consumerGroupOf(id), stateTopicOf(neighbour))).size;
  assert.deepEqual([await offsets(pipelineId), await offsets(neighbour)], [0, 1]);
  assert.equal(await store.partitionCount(stateTopicOf(neighbour)), 1);
  assert.equal(await store.partitionCount(stateTopicOf(pipelineId)), undefined);
});

test('a Kafka that is not there is said to be so', async () => {
  const away = createKafkaStateStore({
    client: () => Promise.reject(new Error('connect ECONNREFUSED')),
    clock: { now: () => 0 },
  });
  await assert.rejects(
    away.readState('p', () => true),
    { code: 'KAFKA_UNREACHABLE', message: /ECONNREFUSED/ },
  );
});
