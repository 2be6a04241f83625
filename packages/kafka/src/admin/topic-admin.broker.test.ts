import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { until } from '@penstock/testkit';
import { startKafkaFixture } from '@penstock/testkit/kafka';
import { connectKafka } from '../link/kafka-client.ts';
import { createTopicAdmin } from './topic-admin.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);

test('a topic is created once, with its settings, and deleted for good', async () => {
  assert.equal(await admin.partitionCount('t'), undefined);
  assert.equal(await admin.topicConfig('t'), undefined);
  const config = { 'cleanup.policy': 'compact', 'max.message.bytes': '12345' };
  assert.deepEqual(await admin.ensureTopic('t', { partitions: 3, config }), { created: true, partitions: 3 });
  assert.deepEqual(await admin.ensureTopic('t', { partitions: 5 }), { created: false, partitions: 3 });
  assert.equal(await admin.partitionCount('t'), 3);
  const settings = (await admin.topicConfig('t')) ?? {};
  assert.deepEqual([settings['cleanup.policy'], settings['max.message.bytes']], ['compact', '12345']);
  assert.deepEqual(
    (await admin.listTopics()).filter(({ name }) => name === 't'),
    [{ name: 't', partitions: 3, isInternal: false }],
  );
  await admin.deleteTopics(['t', 'never-there']);
  assert.equal(await admin.partitionCount('t'), undefined);
  await admin.deleteTopics(['t']);
});

test('several askers may create the same topic at once', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => admin.ensureTopic('raced', { partitions: 2 })));
  assert.equal(made.filter(({ created }) => created).length, 1);
  assert.deepEqual([...new Set(made.map(({ partitions }) => partitions))], [2]);
});

test('what the broker says about an impossible topic is in the error', async () => {
  const config = { 'cleanup.policy': 'sometimes' };
  await assert.rejects(admin.ensureTopic('bad', { partitions: 1, config }), {
    code: 'KAFKA_TOPIC_INVALID',
    message: /cleanup\.policy/,
  });
  await assert.rejects(admin.ensureTopic('a b', { partitions: 1 }), { code: 'KAFKA_TOPIC_INVALID' });
});

test('the offset of a time is that of the first committed record as late, partition by partition', async () => {
  const topic = await fixture.topic('times', 3);
  const log = await fixture.log({ transactionalId: topic });
  for (const [partition, times] of [
    [0, [100, 200, 300]],
    [1, [250]],
  ] as const)
    for (const time of times) log.appender(topic).append(partition, null, `${time}`, time);
  await log.commit(undefined);
  log.appender(topic).append(2, null, 'open', 900);
  await log.flush();
  const since = (time: number, only?: number[]) => admin.offsetsSince(topic, time, only);
  await until('the markers are written', 30_000, async () => ((await since(0)).size === 2 ? true : undefined));
  assert.deepEqual(
    [...(await since(201))].sort(([a], [b]) => a - b),
    [
      [0, 2],
      [1, 0],
    ],
  );
  assert.deepEqual([...(await since(201, [1]))], [[1, 0]]);
  // The mark that ended the transaction is as late as it was written; what is not committed has no time yet.
  assert.deepEqual(
    [...(await since(301))].sort(([a], [b]) => a - b),
    [
      [0, 3],
      [1, 1],
    ],
  );
});

test('offsets of a topic: first, last, and last stable', async () => {
  const topic = await fixture.topic('offsets', 2);
  const log = await fixture.log({ transactionalId: topic });
  log.appender(topic).append(1, null, 'open', 1);
  await log.flush();
  assert.deepEqual(
    await admin.earliestOffsets(topic),
    new Map([
      [0, 0],
      [1, 0],
    ]),
  );
  assert.deepEqual(
    await admin.latestOffsets(topic, 'read-uncommitted'),
    new Map([
      [0, 0],
      [1, 1],
    ]),
  );
  assert.deepEqual(
    await admin.latestOffsets(topic, 'read-committed'),
    new Map([
      [0, 0],
      [1, 0],
    ]),
  );
  await assert.rejects(admin.earliestOffsets('nowhere'), { code: 'KAFKA_TOPIC_UNKNOWN' });
});

test('committed offsets are set, read and deleted', async () => {
  const topic = await fixture.topic('committed', 3);
  assert.deepEqual(await admin.committedOffsets('nobody', topic), new Map());
  await admin.commitOffsets(
    'somebody',
    topic,
    new Map([
      [0, 5],
      [2, 7],
    ]),
  );
  assert.deepEqual(
    await admin.committedOffsets('somebody', topic),
    new Map([
      [0, 5],
      [2, 7],
    ]),
  );
  assert.deepEqual(await admin.committedOffsets('somebody', 'another'), new Map());
  await admin.deleteOffsets('somebody');
  assert.deepEqual(await admin.committedOffsets('somebody', topic), new Map());
  await admin.deleteOffsets('somebody');
});

test('offsets of partitions that somebody else added are found, and none is left out', async (t) => {
  const topic = await fixture.topic('grown', 1);
  // What this client knows of the topic is from before.
  await fixture.client.topic(topic);
  assert.deepEqual(await admin.committedOffsets('grower', topic), new Map());
  const other = await connectKafka(fixture.kafka.settings, { clientId: 'other' });
  t.after(() => other.close());
  const elsewhere = createTopicAdmin(other);
  assert.equal(await elsewhere.addPartitions(topic, 3), 3);
  assert.equal(await elsewhere.addPartitions(topic, 2), 3);
  await elsewhere.commitOffsets('grower', topic, new Map([[2, 500]]));
  assert.deepEqual(await admin.committedOffsets('grower', topic), new Map([[2, 500]]));
  assert.deepEqual(await admin.committedOffsets('grower', topic, [0, 2]), new Map([[2, 500]]));
  assert.deepEqual([...(await admin.earliestOffsets(topic)).keys()].sort(), [0, 1, 2]);
  assert.deepEqual([...(await admin.latestOffsets(topic, 'read-committed', [2])).keys()], [2]);
  await assert.rejects(admin.earliestOffsets(topic, [7]), { code: 'KAFKA_TOPIC_UNKNOWN' });
});

test('settings of a topic are changed, others stay, and its size on disk is told', async () => {
  const config = { 'retention.ms': '1000000', 'max.message.bytes': '12345' };
  await admin.ensureTopic('sized', { partitions: 2, config });
  await admin.setTopicConfig('sized', { 'retention.ms': '2000000', 'retention.bytes': '50000000' });
  const settings = (await admin.topicConfig('sized')) ?? {};
  assert.deepEqual(
    [settings['retention.ms'], settings['retention.bytes'], settings['max.message.bytes']],
    ['2000000', '50000000', '12345'],
  );
  await assert.rejects(admin.setTopicConfig('sized', { 'retention.ms': 'long' }), { code: 'KAFKA_TOPIC_INVALID' });
  await assert.rejects(admin.setTopicConfig('nowhere', { 'retention.ms': '1' }), { code: 'KAFKA_TOPIC_UNKNOWN' });
  assert.deepEqual(await admin.topicSizes(['sized', 'nowhere']), new Map([['sized', 0]]));
  const log = await fixture.log({ transactionalId: 'sized' });
  log.appender('sized').append(1, null, 'x'.repeat(5000), 1);
  await log.flush();
  const bytes = (await admin.topicSizes(['sized'])).get('sized') ?? 0;
  assert.ok(bytes > 5000 && bytes < 10_000, `${bytes} bytes`);
  assert.deepEqual(await admin.topicSizes([]), new Map());
});

test('the cluster is described by its brokers', async () => {
  const { brokers, clusterId } = await admin.describeCluster();
  const [host, port] = fixture.kafka.bootstrapServers.split(':');
  assert.deepEqual(
    brokers.map((broker) => [broker.host, broker.port]),
    [[host, Number(port)]],
  );
  assert.equal(typeof clusterId, 'string');
});

test('an address that cannot be one is refused, with what to write', async () => {
  for (const bootstrapServers of ['', 'localhost', 'localhost:0', 'a:1,b:x']) {
    await assert.rejects(connectKafka({ bootstrapServers }, { clientId: 'c' }), {
      code: 'KAFKA_SETTING_INVALID',
      message: /host:port/,
    });
  }
});
