import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { createTopicAdmin, type TopicAdmin } from '@penstock/kafka';
import { AppError } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { startKafkaFixture } from '@penstock/testkit/kafka';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { createFreshStores } from '../runs/testing/fresh-store.ts';
import { readUsableTopics } from '../use-case/read-topic-grants.ts';
import { changeQueueTopic } from './change-topic.ts';
import { createQueueTopic } from './create-topic.ts';
import { deleteQueueTopic } from './delete-topic.ts';
import { type QueueTopicDeps, queueTopicsOf } from './queue-topic.ts';

const freshStore = createFreshStores();
const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const nameOf = (id: string): string => operators.find((operator) => operator.id === id)?.stageName ?? '';
/** A pipeline that reads one topic and writes another. */
const reading = (from: string, to: string) => ({
  pipelineConfig: {
    stages: [
      {
        instanceName: 'Source_01',
        stageName: nameOf('edh-kafka-consumer'),
        configuration: [{ name: 'kafkaConfigBean.topic', value: from }],
        outputLanes: ['lane'],
      },
      {
        instanceName: 'Target_01',
        stageName: nameOf('edh-kafka-producer'),
        configuration: [{ name: 'conf.topic', value: to }],
        inputLanes: ['lane'],
      },
    ],
  },
});

const world = async (t: Parameters<typeof createApiFixture>[0] & Parameters<typeof freshStore>[0]) => {
  const api = await createApiFixture(t, { store: await freshStore(t), kafka: fixture.kafka.settings });
  for (const orgId of ['o1', 'o2']) await api.call('POST', 'organizations', { orgId, name: orgId });
  await api.call('PUT', 'organizations/o1/grants/message-queue', { cu: 1 });
  const path = 'organizations/o1/queue-topics';
  const left = async () => (await api.call('GET', 'organizations/o1/grants')).json.messageQueue.available;
  return { ...api, path, left };
};

test('a topic is made in Kafka as it was asked for, within the grant, and is the organisation’s own', async (t) => {
  const { call, path, left, deps } = await world(t);
  const ungranted = await call('POST', 'organizations/o2/queue-topics', { topic: 'made-2' });
  assert.deepEqual([ungranted.status, ungranted.json.code], [409, 'RESOURCE_NOT_REQUESTED']);
  assert.equal(await admin.partitionCount('made-2'), undefined);

  const made = await call('POST', path, { topic: 'made-1', partitions: 4, maxBytes: 400 * MIB, retentionHours: 5 });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(
    [made.json.state, made.json.kafka, made.json.cu, made.json.stored],
    ['ready', 'present', 0.4, { bytes: 0, offsets: 0 }],
  );
  const config = (await admin.topicConfig('made-1')) ?? {};
  assert.equal(await admin.partitionCount('made-1'), 4);
  assert.equal(config['retention.ms'], String(5 * 3600_000));
  assert.equal(Number(config['retention.bytes']) + Number(config['segment.bytes']), 100 * MIB);
  assert.equal(await left(), 0.6);

  const large = await call('POST', path, { topic: 'made-3', partitions: 7 });
  assert.deepEqual([large.json.code, await left()], ['RESOURCE_NOT_ENOUGH', 0.6]);
  assert.match(large.json.message, /Message Queue: 0\.7 CU asked for, 0\.6 of 1 CU left/);
  for (const [body, place] of [
    [{ topic: '_schemas' }, '/topic'],
    [{ topic: 'MEASURE_POINT_CAL_o2' }, '/topic'],
    [{ topic: 'x', partitions: 0 }, '/partitions'],
    [{ topic: 'x', retentionHours: 1e6 }, '/retentionHours'],
    [{ topic: 'x', partitions: 2, maxBytes: 16 * MIB }, '/maxBytes'],
  ] as const) {
    const refused = await call('POST', path, body);
    assert.deepEqual([refused.status, refused.json.issues?.[0]?.path], [400, place], refused.text);
  }
  assert.deepEqual(await readUsableTopics(deps.store.db, 'o1'), [{ pattern: 'made-1', read: true, write: true }]);
  assert.deepEqual(await readUsableTopics(deps.store.db, 'o2'), []);
  const codes = async (orgId: string): Promise<string[]> =>
    (await call('POST', 'validate', { document: reading('made-1', 'made-1'), orgId })).json.issues.map(
      ({ code }: { code: string }) => code,
    );
  assert.ok(!(await codes('o1')).includes('STAGE_TOPIC_NOT_GRANTED'));
  assert.ok((await codes('o2')).includes('STAGE_TOPIC_NOT_GRANTED'));
});

test('a topic that is there already is nobody’s to take', async (t) => {
  const { call, path, left } = await world(t);
  await admin.ensureTopic('foreign', { partitions: 1 });
  await call('POST', path, { topic: 'taken' });
  await call('PUT', 'organizations/o2/grants/message-queue', { cu: 1 });
  for (const [where, topic] of [
    [path, 'foreign'],
    [path, 'taken'],
    ['organizations/o2/queue-topics', 'taken'],
  ] as const) {
    const refused = await call('POST', where, { topic });
    assert.deepEqual([refused.status, refused.json.code], [409, 'QUEUE_TOPIC_EXISTS']);
  }
  assert.equal(await left(), 0.9);
  for (const method of ['PATCH', 'DELETE'] as const)
    assert.equal((await call(method, 'organizations/o2/queue-topics/taken', {})).json.code, 'QUEUE_TOPIC_UNKNOWN');
});

test('sizes are changed and told; fewer partitions are none, and more only while nobody counts by them', async (t) => {
  const { call, path, deps } = await world(t);
  await call('POST', path, { topic: 'sized-1', partitions: 2 });
  const log = await fixture.log({ transactionalId: 'sized-1' });
  log.appender('sized-1').append(1, null, 'x'.repeat(4000), Date.now());
  await log.flush();
  const changed = await call('PATCH', `${path}/sized-1`, { partitions: 3, retentionHours: 1, description: 'wind' });
  assert.deepEqual([changed.status, changed.json.state, changed.json.partitions], [200, 'ready', 3]);
  assert.equal(await admin.partitionCount('sized-1'), 3);
  assert.equal((await admin.topicConfig('sized-1'))?.['retention.ms'], '3600000');
  const { items } = (await call('GET', path)).json;
  assert.deepEqual([items.length, items[0].description, items[0].stored.offsets], [1, 'wind', 1]);
  assert.ok(items[0].stored.bytes > 4000, `${items[0].stored.bytes} bytes`);
  assert.deepEqual((await call('PATCH', `${path}/sized-1`, { partitions: 1 })).json.issues[0].path, '/partitions');
  assert.equal((await call('PATCH', `${path}/sized-1`, { maxBytes: 11 * GIB })).json.code, 'RESOURCE_NOT_ENOUGH');

  const saved = await call('POST', '/streaming/v2.0/streaming/pipeline/null?action=save&orgId=o1', {
    name: 'wind',
    templateType: 1,
    messageChannel: 0,
    pipelineJson: reading('other', 'sized-1'),
  });
  // What was never started has no position that partitions would matter to.
  assert.equal((await call('PATCH', `${path}/sized-1`, { partitions: 4 })).status, 200);
  await call('POST', `pipelines/${saved.json.data}/release`, {});
  await call('PUT', 'organizations/o1/grants/standalone', { cu: 1 });
  await call('POST', `pipelines/${saved.json.data}/start`, { executionMode: 0, kafkaRate: 10 });
  const refused = await call('PATCH', `${path}/sized-1`, { partitions: 5 });
  assert.deepEqual([refused.status, refused.json.code], [409, 'QUEUE_TOPIC_IN_USE']);
  assert.match(refused.json.message, /"wind"/);
  assert.equal((await queueTopicsOf(deps.store.db, 'o1'))[0]?.partitions, 4);
});

test('a topic is deleted with what names it, and not while a stage reads or writes it', async (t) => {
  const { call, path, left, deps } = await world(t);
  await call('POST', path, { topic: 'gone-1' });
  await call('PUT', 'organizations/o2/topic-grants', { pattern: 'gone-1', read: true, write: false });
  const save = async (orgId: string, from: string, to: string): Promise<string> => {
    const saved = await call('POST', `/streaming/v2.0/streaming/pipeline/null?action=save&orgId=${orgId}`, {
      name: `of ${orgId}`,
      templateType: 1,
      messageChannel: 0,
      pipelineJson: reading(from, to),
    });
    return saved.json.data;
  };
  const own = await save('o1', 'other', 'gone-1');
  const foreign = await save('o2', 'gone-1', 'other');
  const refused = await call('DELETE', `${path}/gone-1`);
  assert.deepEqual([refused.status, refused.json.code], [409, 'QUEUE_TOPIC_IN_USE']);
  // Of whom else it is, and what they call it, is not the organisation's business.
  assert.match(refused.json.message, /"of o1", pipelines of other organisations/);
  assert.doesNotMatch(refused.json.message, /of o2/);
  const unfinished = await call('DELETE', 'organizations/o1');
  assert.deepEqual([unfinished.status, unfinished.json.code], [409, 'ORGANIZATION_IN_USE']);
  for (const id of [own, foreign]) await call('DELETE', `pipelines/${id}`);
  assert.equal((await call('DELETE', `${path}/gone-1`)).status, 204);
  assert.equal(await admin.partitionCount('gone-1'), undefined);
  assert.deepEqual([await left(), await readUsableTopics(deps.store.db, 'o2')], [1, []]);
  assert.equal((await call('DELETE', `${path}/gone-1`)).json.code, 'QUEUE_TOPIC_UNKNOWN');
});

test('where Kafka does not answer nothing is forgotten, and the same call once more goes on', async (t) => {
  const { deps, call, path } = await world(t);
  const away = async (): Promise<never> => {
    throw new AppError('KAFKA_TIMEOUT', 'Kafka did not answer.', { domain: 'external', retryable: true });
  };
  const registry = createRegistry(operators);
  const withKafka = (changes: Partial<TopicAdmin>): QueueTopicDeps => ({
    ...deps,
    registry,
    topics: async () => Object.assign(createTopicAdmin(fixture.client), changes),
  });
  const target = { orgId: 'o1', topic: 'late', actor: 'admin' };
  const shape = { partitions: 1, maxBytes: GIB, retentionHours: 1, description: '' };
  const state = async () => (await queueTopicsOf(deps.store.db, 'o1')).map((row) => row.state);

  await assert.rejects(createQueueTopic(withKafka({ ensureTopic: away }), { ...target, ...shape }), /did not answer/);
  assert.deepEqual(await state(), ['creating']);
  // It had been made, only its answer was lost; what is asked for now counts.
  await admin.ensureTopic('late', { partitions: 1 });
  await createQueueTopic(withKafka({}), { ...target, ...shape, partitions: 2 });
  assert.deepEqual([await state(), await admin.partitionCount('late')], [['ready'], 2]);

  const change = { ...target, retentionHours: 2 };
  await assert.rejects(changeQueueTopic(withKafka({ setTopicConfig: away }), change), /did not answer/);
  assert.deepEqual(await state(), ['changing']);
  await changeQueueTopic(withKafka({}), change);
  assert.equal((await admin.topicConfig('late'))?.['retention.ms'], '7200000');

  await assert.rejects(deleteQueueTopic(withKafka({ deleteTopics: away }), target), /did not answer/);
  assert.deepEqual(await state(), ['deleting']);
  assert.deepEqual(await readUsableTopics(deps.store.db, 'o1'), []);
  assert.equal((await call('PATCH', `${path}/late`, { retentionHours: 3 })).json.code, 'QUEUE_TOPIC_BUSY');
  await deleteQueueTopic(withKafka({}), target);
  assert.deepEqual([await state(), await admin.partitionCount('late')], [[], undefined]);

  // What Kafka refuses for good takes no CU; how full a topic is is not known while Kafka is away, and its rest is.
  const collides = await call('POST', path, { topic: `${'x'.repeat(249)}` });
  assert.equal(collides.status, 201);
  const listed = await createApiFixture(t, { store: deps.store });
  const { items } = (await listed.call('GET', path)).json;
  assert.deepEqual([items[0].kafka, items[0].stored, items[0].state], ['unknown', null, 'ready']);
});
