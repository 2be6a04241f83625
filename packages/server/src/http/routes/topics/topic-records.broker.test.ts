import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { createTopicAdmin } from '@penstock/kafka';
import { operators } from '@penstock/operators';
import { settledEnds, startKafkaFixture } from '@penstock/testkit/kafka';
import { createFreshStores } from '../../../runs/testing/fresh-store.ts';
import { createEnosClient } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const freshStore = createFreshStores();
const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);
const CONSUMER = operators.find(({ id }) => id === 'edh-kafka-consumer')?.stageName ?? '';

interface Shown {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly value: { base64: string; text: string | null; size: number; isCut: boolean } | null;
}

const world = async (t: Parameters<typeof createApiFixture>[0] & Parameters<typeof freshStore>[0]) => {
  const api = await createApiFixture(t, { store: await freshStore(t), kafka: fixture.kafka.settings });
  const { orgId, token } = await api.organization();
  const pathOf = (topic: string, query = '') => `organizations/${orgId}/topics/${topic}/records${query}`;
  const grant = (pattern: string, use: { read: boolean; write: boolean } = { read: true, write: false }) =>
    api.call('PUT', `organizations/${orgId}/topic-grants`, { pattern, ...use });
  const look = async (topic: string, query = '') => {
    const answer = await api.call('GET', pathOf(topic, query), undefined, token);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };
  const valuesOf = ({ items }: { items: Shown[] }) => items.map(({ value }) => value?.text ?? null);
  /** Every page of a look, in order. */
  const all = async (topic: string, query: string): Promise<Shown[]> => {
    const found: Shown[] = [];
    for (let cursor = ''; ; ) {
      const page = await look(topic, `${query}${cursor}`);
      found.push(...page.items);
      if (page.nextCursor === null) return found;
      cursor = `&cursor=${page.nextCursor}`;
    }
  };
  return { ...api, orgId, token, pathOf, grant, look, all, valuesOf };
};

/** Records `0` to `count - 1`, one a second, over the partitions in turn, some of them committed at a time. */
const written = async (name: string, count: number, partitions = 3): Promise<string> => {
  const topic = await fixture.topic(name, partitions);
  const log = await fixture.log({ transactionalId: topic });
  for (let n = 0; n < count; n++) {
    log.appender(topic).append(n % partitions, `k${n}`, `{"n":${n},"value":1.10}`, 1_000_000 + n * 1000);
    if (n % 7 === 6) await log.commit(undefined);
  }
  await log.commit(undefined);
  await settledEnds(fixture.client, topic);
  return topic;
};

test('the newest records come first over all partitions, and page by page every one once', async (t) => {
  const { grant, look, all, valuesOf } = await world(t);
  const topic = await written('newest', 50);
  await grant(topic);
  const first = await look(topic, '?limit=4');
  assert.deepEqual(valuesOf(first), [
    '{"n":49,"value":1.10}',
    '{"n":48,"value":1.10}',
    '{"n":47,"value":1.10}',
    '{"n":46,"value":1.10}',
  ]);
  assert.deepEqual([first.items[0].key.text, first.items[0].timestamp], ['k49', 1_049_000]);
  assert.deepEqual(first.items[0].fields, [
    { path: '/n', type: 'number', text: '49' },
    { path: '/value', type: 'number', text: '1.10' },
  ]);
  assert.deepEqual(first.fields[0], { path: '/n', types: ['number'], count: 4, example: '49' });
  assert.deepEqual([first.isCutShort, first.partitions.length], [false, 3]);
  const times = (await all(topic, '?limit=7')).map(({ timestamp }) => timestamp);
  assert.deepEqual(
    times,
    Array.from({ length: 50 }, (_, n) => 1_049_000 - n * 1000),
  );
});

test('from an offset, from a time, by partition: oldest first, and on from there', async (t) => {
  const { grant, look, all, valuesOf } = await world(t);
  const topic = await written('places', 30, 2);
  await grant(topic);
  const ofOne = await all(topic, '?partition=1&limit=200');
  assert.deepEqual([ofOne.length, ofOne.every(({ partition }) => partition === 1)], [15, true]);
  const third = [...ofOne].reverse()[3];
  const since = await look(topic, `?partition=1&offset=${third?.offset}&limit=2`);
  assert.deepEqual(valuesOf(since), ['{"n":7,"value":1.10}', '{"n":9,"value":1.10}']);
  const on = await look(topic, `?partition=1&offset=${third?.offset}&limit=2&cursor=${since.nextCursor}`);
  assert.deepEqual(valuesOf(on), ['{"n":11,"value":1.10}', '{"n":13,"value":1.10}']);
  const late = await all(topic, '?since=1025500&limit=3');
  assert.deepEqual(
    late.map(({ timestamp }) => timestamp),
    [1_026_000, 1_027_000, 1_028_000, 1_029_000],
  );
  assert.deepEqual((await look(topic, '?since=1999999')).items, []);
  assert.deepEqual((await look(topic, '?partition=0&offset=99999')).items, []);
});

test('an offset that retention has taken, or that is in the middle of it, begins with what is left', async (t) => {
  const { grant, look, all } = await world(t);
  const topic = await written('taken', 40, 1);
  await grant(topic);
  const [newest] = await all(topic, '?limit=1&partition=0');
  await admin.deleteRecordsBefore(topic, new Map([[0, (newest?.offset ?? 0) - 3]]));
  const found = await look(topic, '?partition=0&offset=0');
  assert.equal(found.items[0].offset >= (newest?.offset ?? 0) - 3, true);
  assert.equal(found.partitions[0].firstOffset, (newest?.offset ?? 0) - 3);
  assert.deepEqual(
    (await all(topic, '?limit=2')).map(({ offset }) => offset).reverse(),
    found.items.map(({ offset }: Shown) => offset),
  );
});

test('only what was committed is shown, and how much is held back is told', async (t) => {
  const { grant, look, all, valuesOf } = await world(t);
  const topic = await fixture.topic('open');
  const kept = await fixture.log({ transactionalId: `${topic}-kept` });
  kept.appender(topic).append(0, null, 'kept', 1);
  await kept.commit(undefined);
  const dropped = await fixture.log({ transactionalId: `${topic}-dropped` });
  for (let n = 0; n < 30; n++) dropped.appender(topic).append(0, null, 'thrown away', 2);
  await dropped.flush();
  await dropped.close();
  await fixture.log({ transactionalId: `${topic}-dropped` });
  await settledEnds(fixture.client, topic);
  const open = await fixture.log({ transactionalId: `${topic}-open` });
  open.appender(topic).append(0, null, 'not yet', 3);
  await open.flush();
  await grant(topic);
  const found = await look(topic);
  assert.deepEqual([valuesOf(found), found.partitions[0].heldBack, found.nextCursor], [['kept'], 1, null]);
  assert.deepEqual(
    (await all(topic, '?limit=1&since=0')).map(({ value }) => value?.text),
    ['kept'],
  );
});

test('bytes are bounded: long values are cut, an answer holds a megabyte, and nothing is left out of the pages', async (t) => {
  const { grant, look, all } = await world(t);
  const topic = await fixture.topic('large');
  const log = await fixture.log({ transactionalId: topic });
  for (let n = 0; n < 40; n++) {
    log.appender(topic).append(0, null, `${n} ${'ü'.repeat(100_000)}`, n + 1);
    await log.commit(undefined);
  }
  await settledEnds(fixture.client, topic);
  await grant(topic);
  const page = await look(topic, '?limit=40');
  assert.ok(page.items.length > 10 && page.items.length < 20, `${page.items.length} records`);
  const [{ value, fields, fault }] = page.items;
  assert.deepEqual([value.isCut, value.size, fields, fault], [true, 200_003, [], null]);
  assert.ok(value.text.startsWith('39 ü') && Buffer.from(value.base64, 'base64').length === 64 * 1024);
  assert.deepEqual(
    (await all(topic, '?limit=40')).map(({ value: each }) => each?.text?.split(' ')[0]),
    Array.from({ length: 40 }, (_, n) => `${39 - n}`),
  );
});

test('a compacted topic is looked into over its gaps, and what is no text is bytes', async (t) => {
  const { grant, look } = await world(t);
  const topic = await fixture.topic('odd');
  const log = await fixture.log({ transactionalId: topic });
  const headers = [
    { key: Buffer.from('h'), value: Buffer.from([0xff]) },
    { key: Buffer.from('n'), value: null },
  ];
  log.appender(topic).append(0, Buffer.from([0xfe]), Buffer.from([0xff, 0]), 1, headers);
  log.appender(topic).append(0, 'gone', null, 2);
  await log.commit(undefined);
  await settledEnds(fixture.client, topic);
  await grant(topic);
  const { items } = await look(topic);
  const [tombstone, bytes] = items;
  assert.deepEqual([tombstone.value, tombstone.fault, tombstone.key.text], [null, 'RECORD_VALUE_NULL', 'gone']);
  assert.deepEqual(
    [bytes.key, bytes.value.base64, bytes.fault],
    [{ base64: '/g==', text: null, size: 1, isCut: false }, '/wA=', 'RECORD_NOT_UTF8'],
  );
  assert.deepEqual(bytes.headers, [
    { key: 'h', value: { base64: '/w==', text: null, size: 1, isCut: false } },
    { key: 'n', value: null },
  ]);
});

test('what a pipeline may read may be looked into, and nothing else', async (t) => {
  const { call, orgId, token, pathOf, grant, organization } = await world(t);
  await grant('*');
  await grant('written.*', { read: false, write: true });
  const stranger = await organization();
  const names = [
    `MEASURE_POINT_ORIGIN_${orgId}`,
    `MEASURE_POINT_CAL_OFFLINE_${orgId}`,
    `MEASURE_POINT_ORIGIN_${stranger.orgId}`,
    'wind.raw',
    'penstock-state-p1',
    `PENSTOCK_DEAD_LETTERS_${orgId}`,
    '__consumer_offsets',
    '_schemas',
    'MEASURE_POINT_CAL',
  ];
  for (const name of names) {
    const document = {
      pipelineConfig: {
        stages: [
          { instanceName: 'S', stageName: CONSUMER, configuration: [{ name: 'kafkaConfigBean.topic', value: name }] },
        ],
      },
    };
    const { issues } = (await call('POST', 'validate', { document, orgId })).json;
    // A name without an organisation is that of its own topic: pipelines say less than people do.
    const isReadable =
      name !== 'MEASURE_POINT_CAL' &&
      !issues.some(({ code }: { code: string }) => /STAGE_TOPIC_(FORBIDDEN|NOT_GRANTED)/.test(code));
    const answer = await call('GET', pathOf(name), undefined, token);
    // Kafka has none of them here; which of the two it is, the message says.
    assert.deepEqual([answer.status, answer.json.code], [404, 'TOPIC_UNKNOWN'], name);
    assert.equal(/Kafka has no topic/.test(answer.json.message), isReadable, name);
  }
  const foreign = await call('GET', pathOf('wind.raw'), undefined, stranger.token);
  assert.deepEqual([foreign.status, foreign.json.code], [404, 'ORGANIZATION_UNKNOWN']);
});

test('a viewer may not look, whoever looks is in the audit, and requests that make no sense are refused', async (t) => {
  const { call, orgId, token, pathOf, grant, enos } = await world(t);
  const topic = await written('asked', 3, 2);
  await grant(topic);
  const key = (await call('POST', `organizations/${orgId}/access-keys`, { role: 'viewer' })).json;
  const viewer = await createEnosClient(enos, { orgId, ...key }).token();
  const forbidden = await call('GET', pathOf(topic), undefined, viewer);
  assert.deepEqual([forbidden.status, forbidden.json.code], [403, 'ROLE_FORBIDS']);
  for (const [query, place] of [
    ['?offset=0', '/partition'],
    ['?partition=0&offset=0&since=1', '/since'],
    ['?partition=2', '/partition'],
  ] as const) {
    const refused = await call('GET', pathOf(topic, query), undefined, token);
    assert.deepEqual([refused.status, refused.json.issues[0].path], [400, place], query);
  }
  for (const cursor of [
    'x',
    Buffer.from('["older",null,0]').toString('base64url'),
    Buffer.from('["up",null,0,1]').toString('base64url'),
  ])
    assert.equal((await call('GET', pathOf(topic, `?cursor=${cursor}`), undefined, token)).json.code, 'CURSOR_INVALID');
  assert.equal((await call('GET', pathOf(topic, '?limit=201'), undefined, token)).status, 400);
  assert.equal((await call('GET', pathOf(topic), undefined, token)).status, 200);
  const { items } = (await call('GET', `organizations/${orgId}/audit`)).json;
  assert.ok(
    items.some(
      ({ action, detail }: { action: string; detail: string }) => action === 'data.read' && detail.includes(topic),
    ),
  );
});

test('a topic of very many partitions wants to know which, and one organisation does not take all the places', async (t) => {
  const { call, pathOf, grant, look, token } = await world(t);
  const wide = await fixture.topic('wide', 70);
  const topic = await written('slots', 5);
  await grant(wide);
  await grant(topic);
  const refused = await call('GET', pathOf(wide), undefined, token);
  assert.deepEqual([refused.status, refused.json.issues[0].path], [400, '/partition']);
  assert.deepEqual((await look(wide, '?partition=69')).items, []);
  const answers = await Promise.all(Array.from({ length: 6 }, () => call('GET', pathOf(topic), undefined, token)));
  assert.deepEqual([...new Set(answers.map(({ json, status }) => (status === 200 ? 'ok' : json.code)))].sort(), [
    'TOPIC_READS_BUSY',
    'ok',
  ]);
  assert.equal((await look(topic)).items.length, 5, 'places are given back');
});
