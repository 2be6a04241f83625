import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { appendInPieces, type RecordHeader, type TaskLog, type TopicAppender } from '@penstock/engine';
import { connectKafka, createTopicAdmin, headersOf, type KafkaClient, openTaskLog } from '@penstock/kafka';
import { AppError, DeliveryGuarantee, deadLetterTopicOf } from '@penstock/model';
import { readTopic, settledEnds } from '@penstock/testkit/kafka';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { createFreshStores } from '../runs/testing/fresh-store.ts';
import { type DeadLetter, idOf } from './dead-letter.ts';
import { groupDeadLetters } from './group-dead-letters.ts';
import { listDeadLetters, type Position } from './list-dead-letters.ts';
import { findDeadLetters, replayDeadLetters, replayMarksTopicOf } from './replay.ts';

const freshStore = createFreshStores();
let dir: string;
let kafka: LocalKafka;
let client: KafkaClient;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'penstock-letters-'));
  kafka = await startLocalKafka({ dir });
  client = await connectKafka({ bootstrapServers: kafka.bootstrapServers }, { clientId: 'test' });
});
after(async () => {
  await client?.close();
  await kafka?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const headers = (facts: Record<string, string | number>): RecordHeader[] =>
  Object.entries(facts).map(([key, value]) => ({ key: Buffer.from(key), value: Buffer.from(String(value)) }));

interface Written {
  readonly topic: string;
  readonly count: number;
  readonly code?: (index: number) => string;
}

/** Dead letters of a new organisation: over three partitions, one each millisecond, as tasks write them. */
const write = async (orgId: string, { topic, count, code = () => 'BAD' }: Written): Promise<void> => {
  const admin = createTopicAdmin(client);
  // The records are of 1970: what has a retention goes as soon as the broker looks, half a minute after it began.
  const config = { 'retention.ms': '-1' };
  await admin.ensureTopic(topic, { partitions: 2, config });
  await admin.ensureTopic(deadLetterTopicOf(orgId), { partitions: 3, config });
  const open = () =>
    openTaskLog(client, {
      transactionalId: `test-${orgId}`,
      groupId: 'test',
      guarantee: DeliveryGuarantee.ExactlyOnce,
    });
  const append = (log: Awaited<ReturnType<typeof open>>, index: number): void => {
    const facts = {
      own: 'kept',
      'penstock.pipelineId': index % 2 === 0 ? 'even' : 'odd',
      'penstock.runId': 'r',
      'penstock.stage': 'S_01',
      'penstock.code': code(index),
      'penstock.message': `number ${index}`,
      'penstock.topic': topic,
      'penstock.partition': index % 2,
      'penstock.offset': index,
      'penstock.timestamp': 500 + index,
      'penstock.at': 1000 + index,
    };
    log
      .appender(deadLetterTopicOf(orgId))
      .append(index % 3, Buffer.from([0xff, index]), Buffer.from(`value ${index}`), 1000 + index, headers(facts));
  };
  const log = await open();
  for (let index = 0; index < count; index++) {
    append(log, index);
    if (index % 10 === 9) await log.commit(undefined);
  }
  await log.commit(undefined);
  // A transaction that is thrown away: nobody may ever see these.
  append(log, 66);
  await log.flush();
  await log.close();
  await (await open()).close();
  await settledEnds(client, deadLetterTopicOf(orgId));
};

/** Its methods, free of it, so that a test can say what fits. */
const appenderOf = (log: TaskLog, topic: string): TopicAppender => {
  const appender = log.appender(topic);
  return {
    topic,
    partitions: appender.partitions,
    maxRecordBytes: appender.maxRecordBytes,
    partitionFor: (key) => appender.partitionFor(key),
    append: (...args) => appender.append(...args),
    appendBytes: (...args) => appender.appendBytes(...args),
  };
};

const listAll = async (orgId: string, limit: number, filter = {}): Promise<DeadLetter[]> => {
  const found: DeadLetter[] = [];
  for (let from: Position | undefined; ; ) {
    const page = await listDeadLetters(client, orgId, { filter, limit, from });
    assert.ok(page.letters.length <= limit);
    found.push(...page.letters);
    if (page.next === undefined) return found;
    from = page.next;
  }
};

interface Message {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
  readonly headers: string[];
}

const messagesOf = async (topic: string): Promise<Message[]> => {
  const messages: Message[] = [];
  await readTopic(client, topic, (batch, partition) => {
    for (let i = 0; i < batch.count; i++) {
      messages.push({
        partition,
        key: batch.bytes.subarray(batch.keyStart[i], batch.keyEnd[i]).toString('hex'),
        value: batch.bytes.subarray(batch.valueStart[i], batch.valueEnd[i]).toString(),
        timestamp: batch.timestamps[i] ?? 0,
        headers: headersOf(batch, i).map(({ key, value }) => `${key}=${value}`),
      });
    }
  });
  return messages;
};

const options = { again: false, now: () => 5000 };

test('dead letters are listed newest first over all partitions, page by page, committed ones only', async () => {
  await write('list', { topic: 'list-source', count: 45 });
  const letters = await listAll('list', 7);
  assert.deepEqual(
    letters.map(({ at }) => at),
    Array.from({ length: 45 }, (_, index) => 1044 - index),
  );
  const [newest] = letters;
  assert.deepEqual(
    { ...newest, key: newest?.key?.toString('hex'), value: newest?.value?.toString(), headers: newest?.headers.length },
    {
      partition: 2,
      offset: newest?.offset,
      at: 1044,
      pipelineId: 'even',
      runId: 'r',
      stage: 'S_01',
      code: 'BAD',
      message: 'number 44',
      source: { topic: 'list-source', partition: 0, offset: 44, timestamp: 544 },
      key: 'ff2c',
      value: 'value 44',
      headers: 1,
    },
  );
});

test('filters choose, and an organisation without dead letters has none', async () => {
  await write('filter', { topic: 'filter-source', count: 20, code: (index) => (index === 3 ? 'RARE' : 'BAD') });
  assert.deepEqual(
    (await listAll('filter', 5, { code: 'RARE' })).map(({ message }) => message),
    ['number 3'],
  );
  assert.equal((await listAll('filter', 5, { pipelineId: 'odd' })).length, 10);
  assert.deepEqual(await listAll('filter', 5, { stage: 'none' }), []);
  assert.deepEqual(await listDeadLetters(client, 'nobody', { filter: {}, limit: 5 }), { letters: [] });
});

test('letters of some time are chosen by when they failed, and counted by what they are of', async () => {
  await write('times', { topic: 'times-source', count: 20, code: (index) => (index < 15 ? 'BAD' : 'WORSE') });
  const some = await listAll('times', 3, { since: 1004, until: 1007 });
  assert.deepEqual(
    some.map(({ at }) => at),
    [1006, 1005, 1004],
  );
  const { groups, ...rest } = await groupDeadLetters((from, limit) =>
    listDeadLetters(client, 'times', { filter: { pipelineId: 'even' }, limit, from }),
  );
  assert.deepEqual(rest, { counted: 10, isWhole: true });
  assert.deepEqual(groups, [
    { pipelineId: 'even', stage: 'S_01', code: 'WORSE', day: 0, count: 2, oldestAt: 1016, newestAt: 1018 },
    { pipelineId: 'even', stage: 'S_01', code: 'BAD', day: 0, count: 8, oldestAt: 1000, newestAt: 1014 },
  ]);
});

test('a replay puts records back as they were, in their order, each once unless asked again', async () => {
  await write('replay', { topic: 'replay-source', count: 6 });
  const letters = await listAll('replay', 100);
  const ids = letters.map(idOf);
  assert.deepEqual((await findDeadLetters(client, 'replay', ids)).map(idOf), ids);
  assert.deepEqual(await findDeadLetters(client, 'replay', ['0-99999', '7-0', 'x', '-1-0', '0-99999999999999999']), []);

  assert.deepEqual(await replayDeadLetters(client, 'replay', letters.slice(0, 4), options), {
    replayed: 4,
    skipped: [],
  });
  const again = await replayDeadLetters(client, 'replay', letters, options);
  assert.deepEqual([again.replayed, again.skipped.map(({ reason }) => reason)], [2, Array(4).fill('already-replayed')]);
  const messages = await messagesOf('replay-source');
  assert.deepEqual(
    messages.filter(({ partition }) => partition === 0).map(({ value }) => value),
    ['value 2', 'value 4', 'value 0'],
  );
  const first = messages.find(({ value }) => value === 'value 2');
  const id = ids[3];
  assert.deepEqual(first, {
    partition: 0,
    key: 'ff02',
    value: 'value 2',
    timestamp: 502,
    headers: [`penstock.replay=${id}`, 'penstock.replay.pipelineId=even', 'penstock.replay.stage=S_01', 'own=kept'],
  });
  const forced = await replayDeadLetters(client, 'replay', letters.slice(0, 1), { ...options, again: true });
  assert.deepEqual([forced.replayed, (await messagesOf('replay-source')).length], [1, 7]);
});

test('a letter in pieces is listed once, by its head, and replayed whole', async () => {
  await write('pieces', { topic: 'pieces-source', count: 1 });
  const value = Buffer.from(`begin ${'ü'.repeat(30_000)} end`);
  const original = { topic: 'pieces-source', partition: 1, offset: 70, timestamp: 570 };
  const facts = headers({
    'penstock.pipelineId': 'even',
    'penstock.stage': 'S_01',
    'penstock.code': 'LARGE',
    'penstock.topic': original.topic,
    'penstock.partition': original.partition,
    'penstock.offset': original.offset,
    'penstock.timestamp': original.timestamp,
    'penstock.at': 2000,
  });
  const log = await openTaskLog(client, {
    transactionalId: 'p',
    groupId: 'p',
    guarantee: DeliveryGuarantee.ExactlyOnce,
  });
  const appender = { ...appenderOf(log, deadLetterTopicOf('pieces')), maxRecordBytes: 20_000 };
  const own = headers({ own: 'kept' });
  appendInPieces(
    appender,
    0,
    { ...original, key: Buffer.from('k'), value, headers: own },
    {
      facts,
      record: Buffer.from('{"changed":1}'),
      at: 2000,
    },
  );
  await log.commit(undefined);
  await log.close();
  await settledEnds(client, deadLetterTopicOf('pieces'));
  const [letter, ...others] = await listAll('pieces', 5, { code: 'LARGE' });
  assert.ok(letter?.pieces !== undefined && letter.pieces.count > 2);
  assert.equal((await listAll('pieces', 5)).length, 2);
  assert.ok(value.toString().startsWith('begin') && letter.value?.toString().startsWith('begin'));
  assert.deepEqual(others, []);
  await replayDeadLetters(client, 'pieces', [letter], options);
  const fromSource = await replayDeadLetters(client, 'pieces', [letter], { ...options, again: true, from: 'source' });
  assert.equal(fromSource.replayed, 1);
  const [atStage, asMessage] = await messagesOf('pieces-source');
  assert.equal(atStage?.value, value.toString());
  assert.deepEqual(atStage?.headers.slice(1), [
    'penstock.replay.pipelineId=even',
    'penstock.replay.stage=S_01',
    'penstock.replay.record={"changed":1}',
    'own=kept',
  ]);
  assert.deepEqual(asMessage?.headers, [`penstock.replay=${idOf(letter)}`, 'own=kept']);
});

test('a letter that refers to its original is replayed from there, or skipped where that is gone', async () => {
  await write('reference', { topic: 'reference-source', count: 1 });
  const [letter] = await listAll('reference', 1);
  assert.ok(letter);
  await replayDeadLetters(client, 'reference', [letter], options);
  const refer = (offset: number): DeadLetter => ({
    ...letter,
    value: null,
    isReference: true,
    source: { ...letter.source, partition: 0, offset },
  });
  const again = { ...options, again: true };
  assert.equal((await replayDeadLetters(client, 'reference', [refer(0)], again)).replayed, 1);
  assert.deepEqual(
    (await messagesOf('reference-source')).map(({ value }) => value),
    ['value 0', 'value 0'],
  );
  // Of a message of several records only the one the letter is about.
  const one = refer(0);
  const placed = { ...one, source: { ...one.source, place: { number: 1, start: 6, length: 1 } } };
  assert.equal((await replayDeadLetters(client, 'reference', [placed], again)).replayed, 1);
  assert.deepEqual(
    (await messagesOf('reference-source')).map(({ value }) => value),
    ['value 0', 'value 0', '0'],
  );
  const gone = await replayDeadLetters(client, 'reference', [refer(99)], again);
  assert.deepEqual(gone.skipped, [{ id: idOf(letter), reason: 'original-gone' }]);
});

test('marks of what was replayed are kept for as long as the letters are, whatever that is', async () => {
  await write('kept', { topic: 'kept-source', count: 1 });
  const admin = createTopicAdmin(client);
  const retention = async () => (await admin.topicConfig(replayMarksTopicOf('kept')))?.['retention.ms'];
  const replay = async () => replayDeadLetters(client, 'kept', await listAll('kept', 5), options);
  assert.equal((await replay()).replayed, 1);
  assert.equal(await retention(), '-1');
  // The letter stays: it is in the segment that is written.
  const days = 24 * 3600_000;
  await admin.setTopicConfig(deadLetterTopicOf('kept'), {
    'retention.ms': String(90 * days),
    'segment.ms': String(7 * days),
  });
  await replay();
  assert.ok(Number(await retention()) > 97 * days, `${await retention()} ms`);
});

test('replays at the same time never write a record twice', async () => {
  await write('race', { topic: 'race-source', count: 8 });
  const letters = await listAll('race', 100);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => replayDeadLetters(client, 'race', letters, options)));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      assert.ok(outcome.reason instanceof AppError && outcome.reason.code === 'REPLAY_TAKEN_OVER');
  }
  await replayDeadLetters(client, 'race', letters, options);
  assert.equal((await messagesOf('race-source')).length, 8);
});

test('what has nowhere to go is skipped with the reason', async () => {
  await write('gone', { topic: 'gone-source', count: 2 });
  const [letter] = await listAll('gone', 1);
  assert.ok(letter);
  const nowhere = { ...letter, source: { ...letter.source, topic: '' } };
  const deleted = { ...letter, source: { ...letter.source, topic: 'no-such-topic' } };
  const shrunk = { ...letter, source: { ...letter.source, partition: 9 } };
  const { replayed, skipped } = await replayDeadLetters(client, 'gone', [nowhere, deleted, shrunk], options);
  assert.deepEqual(
    [replayed, skipped.map(({ reason }) => reason).sort()],
    [0, ['no-source', 'source-gone', 'source-gone']],
  );
});

test('the API lists and replays, for the organisation itself only', async (t: TestContext) => {
  const api = await createApiFixture(t, {
    store: await freshStore(t),
    kafka: { bootstrapServers: kafka.bootstrapServers },
  });
  const { orgId, token } = await api.organization();
  await write(orgId, { topic: 'api-source', count: 5 });
  const path = `organizations/${orgId}/dead-letters`;
  const page = await api.call('GET', `${path}?limit=2&pipelineId=even`, undefined, token);
  assert.deepEqual([page.status, page.json.items.length, page.json.items[0].valueText], [200, 2, 'value 4']);
  assert.deepEqual(
    [page.json.items[0].key, page.json.items[0].keyText],
    [Buffer.from([0xff, 4]).toString('base64'), undefined],
  );
  const rest = await api.call(
    'GET',
    `${path}?limit=2&pipelineId=even&cursor=${page.json.nextCursor}`,
    undefined,
    token,
  );
  const found = await api.call('GET', `${path}/${page.json.items[0].id}`, undefined, token);
  assert.deepEqual([found.status, found.json], [200, page.json.items[0]]);
  const gone = await api.call('GET', `${path}/0-999`, undefined, token);
  assert.deepEqual([gone.status, gone.json.code], [404, 'DEAD_LETTER_UNKNOWN']);
  const counted = await api.call('GET', `organizations/${orgId}/dead-letter-groups`, undefined, token);
  assert.deepEqual(
    [counted.json.isWhole, counted.json.groups.map(({ count }: { count: number }) => count)],
    [true, [3, 2]],
  );
  assert.deepEqual(
    rest.json.items.map(({ message }: { message: string }) => message),
    ['number 0'],
  );
  const { id } = page.json.items[0];
  const one = await api.call('POST', `${path}/replay`, { ids: [id, '0-12345'] }, token);
  assert.deepEqual(one.json, { replayed: 1, skipped: [{ id: '0-12345', reason: 'not-found' }] });
  const all = await api.call('POST', `${path}/replay`, { code: 'BAD', max: 100 }, token);
  assert.deepEqual(all.json, { replayed: 4, skipped: [{ id, reason: 'already-replayed' }] });
  // What was replayed is marked, not deleted.
  const marked = await api.call('GET', path, undefined, token);
  assert.equal(marked.json.items.length, 5);
  assert.ok(marked.json.items.every(({ replayedAt }: { replayedAt?: number }) => Number(replayedAt) > 0));
  const again = await api.call('POST', `${path}/replay`, { ids: [id], again: true }, token);
  assert.equal(again.json.replayed, 1);
  const edits = { [id]: '{"mended":true}' };
  const edit = await api.call('POST', `${path}/replay`, { ids: [id], again: true, edits }, token);
  assert.equal(edit.json.replayed, 1);
  assert.equal((await messagesOf('api-source')).filter(({ value }) => value === edits[id]).length, 1);
  const astray = await api.call('POST', `${path}/replay`, { max: 1, edits }, token);
  assert.deepEqual([astray.status, astray.json.code], [400, 'REQUEST_INVALID']);
  const later = await api.call('GET', `${path}/${id}`, undefined, token);
  assert.ok(later.json.replayedAt >= found.json.at);
  assert.equal(found.json.replayedAt, undefined);
  assert.equal((await api.call('POST', `${path}/replay`, {}, token)).status, 400);
  assert.equal((await api.call('POST', `${path}/replay`, { ids: [id], max: 1 }, token)).status, 400);
  const stranger = await api.organization();
  assert.equal((await api.call('POST', `${path}/replay`, { ids: [id] }, stranger.token)).status, 404);
});
