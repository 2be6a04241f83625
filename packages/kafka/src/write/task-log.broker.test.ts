import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { isTransactionalIdOf } from '@penstock/model';
import { leaveCommitOpen, startKafkaFixture } from '@penstock/testkit/kafka';
import { createTopicAdmin } from '../admin/topic-admin.ts';
import { headersOf } from '../wire/record-headers.ts';
import { endOpenTransactions } from './open-transactions.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);
const values = (records: readonly { value: string | null }[]): (string | null)[] => records.map(({ value }) => value);

test('what one transaction wrote reads back as it was: keys, values, times, headers', async () => {
  const topic = await fixture.topic('round-trip');
  const log = await fixture.log({ transactionalId: topic });
  const appender = log.appender(topic);
  const large = 'x'.repeat(1_000_000);
  const headers = [
    { key: Buffer.from('h'), value: Buffer.from('1') },
    { key: Buffer.from('n'), value: null },
  ];
  appender.append(0, 'key', '{"text":"Grüße €"}', 1_700_000_000_000, headers);
  appender.append(0, null, '', 1_700_000_000_001);
  appender.append(0, 'gone', null, 1_600_000_000_000);
  appender.append(0, Buffer.from([1, 2]), Buffer.from('bytes'), 1_700_000_000_002);
  appender.append(0, 'large', large, 1_700_000_000_003);
  appender.appendBytes(0, 'copy', Buffer.from('--part--'), 2, 6, 1_700_000_000_004);
  assert.equal(log.pendingRecords, 6);
  await log.commit(undefined);
  assert.equal(log.pendingRecords, 0);
  assert.equal(log.pendingBytes, 0);
  assert.deepEqual(await fixture.readAll(topic), [
    { offset: 0, timestamp: 1_700_000_000_000, key: 'key', value: '{"text":"Grüße €"}' },
    { offset: 1, timestamp: 1_700_000_000_001, key: null, value: '' },
    { offset: 2, timestamp: 1_600_000_000_000, key: 'gone', value: null },
    { offset: 3, timestamp: 1_700_000_000_002, key: '\u0001\u0002', value: 'bytes' },
    { offset: 4, timestamp: 1_700_000_000_003, key: 'large', value: large },
    { offset: 5, timestamp: 1_700_000_000_004, key: 'copy', value: 'part' },
  ]);
  const batch = await fixture.feeds().open(topic, 0, 0).next(10_000);
  assert.ok(batch !== undefined);
  assert.deepEqual(headersOf(batch, 0), headers);
  assert.deepEqual(headersOf(batch, 1), []);
});

test('a newer owner of the task fences the older one, whose output is never seen as committed', async () => {
  const topic = await fixture.topic('fencing');
  const older = await fixture.log({ transactionalId: topic });
  older.appender(topic).append(0, null, 'from the older', 1);
  await older.flush();
  const newer = await fixture.log({ transactionalId: topic });
  assert.equal(newer.producerEpoch > older.producerEpoch, true);
  await assert.rejects(older.commit({ topic, partition: 0, offset: 99 }), { code: 'KAFKA_FENCED' });
  newer.appender(topic).append(0, null, 'from the newer', 1);
  await newer.commit({ topic, partition: 0, offset: 7 });
  assert.deepEqual(values(await fixture.readAll(topic)), ['from the newer']);
  assert.deepEqual(values(await fixture.readAll(topic, 0, 'read-uncommitted')), ['from the older', 'from the newer']);
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 7]]));
  await assert.rejects(older.flush(), { code: 'KAFKA_FENCED' });
});

test('a process killed between flush and commit leaves nothing behind that a committed reader sees', async () => {
  const topic = await fixture.topic('killed');
  const before = await fixture.log({ transactionalId: topic });
  await before.commit({ topic, partition: 0, offset: 5 });
  const source = `
    import { connectKafka, openTaskLog } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const client = await connectKafka({ bootstrapServers: '${fixture.kafka.bootstrapServers}' }, { clientId: 'victim' });
    const log = await openTaskLog(client, { transactionalId: '${topic}', groupId: 'group', guarantee: 'EXACTLY_ONCE' });
    log.appender('${topic}').append(0, null, 'half done', 1);
    await log.flush();
    process.stdout.write('flushed');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--no-node-snapshot', '--input-type=module', '-e', source]);
  await once(child.stdout, 'data');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  const heir = await fixture.log({ transactionalId: topic });
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 5]]));
  heir.appender(topic).append(0, null, 'done again', 1);
  await heir.commit({ topic, partition: 0, offset: 6 });
  assert.deepEqual(values(await fixture.readAll(topic)), ['done again']);
  assert.deepEqual(values(await fixture.readAll(topic, 0, 'read-uncommitted')), ['half done', 'done again']);
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 6]]));
});

test('a commit that a killed process left open holds nobody up once its id is taken, and nobody else is touched', async () => {
  const topic = await fixture.topic('left-open', 2);
  const before = await fixture.log({ transactionalId: 'penstock-left-open-0-0' });
  await before.commit({ topic, partition: 0, offset: 5 });
  const left = { transactionalId: 'penstock-left-open-0-0', group: 'group', topic, partition: 0, offset: 9 };
  await leaveCommitOpen(fixture.client, left);
  const others = await fixture.log({ transactionalId: 'penstock-left-open-too-0-0' });
  others.appender(topic).append(1, null, 'of somebody else', 1);
  await others.flush();
  const isOurs = (id: string): boolean => isTransactionalIdOf('left-open', id);
  assert.deepEqual(await endOpenTransactions(fixture.client, isOurs), ['penstock-left-open-0-0']);
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 5]]));
  await others.commit({ topic, partition: 1, offset: 3 });
  assert.deepEqual(await endOpenTransactions(fixture.client, isOurs), []);
});

test('commits follow each other at once, over many partitions, and keep the order of each', async () => {
  const topic = await fixture.topic('sequence', 4);
  const log = await fixture.log({ transactionalId: topic, maxBatchBytes: 300 });
  const appender = log.appender(topic);
  const commits: Promise<void>[] = [];
  for (let n = 0; n < 20; n++) {
    for (let i = 0; i < 50; i++) appender.append(i % 4, `k${i}`, `${n}-${i}`, n);
    commits.push(log.commit({ topic, partition: 0, offset: n + 1 }));
  }
  await Promise.all(commits);
  const expected = (partition: number): string[] =>
    Array.from({ length: 20 }, (_, n) => Array.from({ length: 50 }, (_, i) => [n, i] as const))
      .flat()
      .filter(([, i]) => i % 4 === partition)
      .map(([n, i]) => `${n}-${i}`);
  for (const partition of [0, 1, 2, 3]) {
    assert.deepEqual(values(await fixture.readAll(topic, partition)), expected(partition));
  }
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 20]]));
});

test('an empty commit does nothing, one with a position only commits the position', async () => {
  const topic = await fixture.topic('position-only');
  const log = await fixture.log({ transactionalId: topic });
  await log.commit(undefined);
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map());
  await log.commit({ topic, partition: 0, offset: 3 });
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 3]]));
  assert.deepEqual(await fixture.readAll(topic, 0, 'read-uncommitted'), []);
});

test('closing throws away what was not committed, twice without harm', async () => {
  const topic = await fixture.topic('closed');
  const log = await fixture.log({ transactionalId: topic });
  const appender = log.appender(topic);
  appender.append(0, null, 'flushed', 1);
  await log.flush();
  appender.append(0, null, 'pending', 2);
  await log.close();
  await log.close();
  await assert.rejects(log.commit(undefined), { code: 'KAFKA_CLOSED' });
  assert.throws(() => log.appender(topic), { code: 'KAFKA_CLOSED' });
  assert.deepEqual(await fixture.readAll(topic), []);
});

test('a record larger than the topic takes is refused at once and nothing of it is written', async () => {
  const topic = await fixture.topic('too-large', 1, { 'max.message.bytes': '2000' });
  const log = await fixture.log({ transactionalId: topic });
  const appender = log.appender(topic);
  appender.append(0, null, 'before', 1);
  assert.throws(() => appender.append(0, 'k', 'x'.repeat(2000), 2), {
    code: 'KAFKA_RECORD_TOO_LARGE',
    retryable: false,
  });
  assert.throws(() => appender.appendBytes(0, 'k', Buffer.alloc(2000), 0, 2000, 2), { code: 'KAFKA_RECORD_TOO_LARGE' });
  appender.append(0, null, 'after', 3);
  assert.equal(log.pendingRecords, 2);
  await log.commit(undefined);
  assert.deepEqual(values(await fixture.readAll(topic)), ['before', 'after']);
});

test('the largest record that is accepted is really taken by the broker', async () => {
  const topic = await fixture.topic('exact-fit', 1, { 'max.message.bytes': '2000' });
  const log = await fixture.log({ transactionalId: topic });
  const appender = log.appender(topic);
  let length = 2000;
  const accepts = (): boolean => {
    try {
      appender.append(0, 'k', 'x'.repeat(length), 1_700_000_000_000);
      return true;
    } catch {
      return false;
    }
  };
  while (!accepts()) length -= 1;
  assert.equal(length > 1900, true);
  for (let n = 0; n < 5; n++) appender.append(0, 'k', 'x'.repeat(length), 1_700_000_000_000 + n * 1e9);
  await log.commit(undefined);
  assert.equal((await fixture.readAll(topic)).length, 6);
});

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd']) {
  test(`compression.type ${compression} is honoured, also for a record that fits only compressed`, async () => {
    const topic = await fixture.topic(`packed-${compression}`, 1, { 'max.message.bytes': '5000' });
    const log = await fixture.log({ transactionalId: topic, clientSettings: { 'compression.type': compression } });
    const appender = log.appender(topic);
    appender.append(0, 'a', 'small', 1);
    appender.append(0, 'b', 'x'.repeat(20_000), 2);
    await log.commit(undefined);
    assert.deepEqual(values(await fixture.readAll(topic)), ['small', 'x'.repeat(20_000)]);
    const random = randomBytes(6000);
    assert.throws(() => appender.append(0, 'c', random, 3), { code: 'KAFKA_RECORD_TOO_LARGE' });
  });
}

test('at least once writes and commits without a transaction', async () => {
  const topic = await fixture.topic('at-least-once', 2);
  const log = await fixture.log({ transactionalId: topic, guarantee: 'AT_LEAST_ONCE' });
  const appender = log.appender(topic);
  for (let n = 0; n < 1000; n++) appender.append(n % 2, null, `${n}`, n);
  await log.commit({ topic, partition: 1, offset: 42 });
  for (const partition of [0, 1]) {
    const expected = Array.from({ length: 500 }, (_, n) => `${n * 2 + partition}`);
    assert.deepEqual(values(await fixture.readAll(topic, partition)), expected);
  }
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[1, 42]]));
  appender.append(0, null, 'not committed, yet written', 1);
  await log.flush();
  assert.equal((await fixture.readAll(topic)).length, 501);
});

test('a topic that is not there is named when an appender is asked for', async () => {
  const log = await fixture.log({ transactionalId: 'nowhere' });
  assert.throws(() => log.appender('no-such-topic'), { code: 'KAFKA_TOPIC_UNKNOWN', message: /"no-such-topic"/ });
});

test('a topic deleted while it is written is an error after a while, one that was made anew at once', async () => {
  const gone = await fixture.topic('deleted');
  const again = await fixture.topic('made-anew');
  const log = await fixture.log({ transactionalId: gone });
  const other = await fixture.log({ transactionalId: again });
  await admin.deleteTopics([gone, again]);
  await admin.ensureTopic(again, { partitions: 1 });
  other.appender(again).append(0, null, 'x', 1);
  await assert.rejects(other.commit(undefined), { code: 'KAFKA_TOPIC_UNKNOWN', message: /created again/ });
  log.appender(gone).append(0, null, 'x', 1);
  await assert.rejects(log.commit(undefined), { code: 'KAFKA_TOPIC_UNKNOWN' });
});

test('a setting with an impossible value is refused by name', async () => {
  const bad = { 'compression.type': 'brotli' };
  await assert.rejects(fixture.log({ clientSettings: bad }), {
    code: 'KAFKA_SETTING_INVALID',
    message: /compression\.type/,
  });
});

test('a record without a key is refused when it is appended to a compacted topic; those with one go out', async () => {
  const topic = await fixture.topic('compacted', 1, { 'cleanup.policy': 'compact' });
  const log = await fixture.log({ transactionalId: topic });
  log.appender(topic).append(0, 'key', 'before', 1);
  assert.throws(() => log.appender(topic).append(0, null, 'no key', 1), { code: 'KAFKA_RECORD_REFUSED' });
  log.appender(topic).append(0, 'key', 'behind', 1);
  await log.commit(undefined);
  assert.deepEqual(values(await fixture.readAll(topic)), ['before', 'behind']);
});
