import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { until } from '@penstock/testkit';
import { recordsOf, startKafkaFixture } from '@penstock/testkit/kafka';
import { deleteRecordsV2 } from '@platformatic/kafka';
import { createTopicAdmin } from '../admin/topic-admin.ts';
import { CONTROL } from '../link/kafka-client.ts';
import { type FetchAsk, fetchApi } from '../wire/fetch-v13.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);
const values = (records: readonly { value: string | null }[]): (string | null)[] => records.map(({ value }) => value);

const write = async (topic: string, texts: readonly string[], partition = 0): Promise<void> => {
  const log = await fixture.log({ transactionalId: `fill-${topic}` });
  for (const text of texts) log.appender(topic).append(partition, null, text, 1);
  await log.commit(undefined);
  await log.close();
};

test('read committed waits behind an open transaction, read uncommitted does not', async () => {
  const topic = await fixture.topic('isolation');
  await write(topic, ['done']);
  // A commit is answered before its marker is written: what comes next could come in between.
  await until('waiting for the marker of the first transaction', 10_000, async () => {
    const [all, stable] = await Promise.all([
      admin.latestOffsets(topic, 'read-uncommitted'),
      admin.latestOffsets(topic, 'read-committed'),
    ]);
    return all.get(0) === stable.get(0) ? true : undefined;
  });
  const open = await fixture.log({ transactionalId: topic });
  open.appender(topic).append(0, null, 'open', 1);
  await open.flush();
  await write(topic, ['behind it']);
  const uncommitted = fixture.feeds({ isolation: 'read-uncommitted' }).open(topic, 0, 0);
  const seen: (string | null)[] = [];
  while (seen.length < 3)
    seen.push(...values(recordsOf((await uncommitted.next(10_000)) ?? assert.fail('no records'))));
  assert.deepEqual(seen, ['done', 'open', 'behind it']);
  const committed = fixture.feeds().open(topic, 0, 0);
  const first = (await committed.next(10_000)) ?? assert.fail('no records');
  assert.deepEqual(values(recordsOf(first)), ['done']);
  for (let marker = await committed.next(300); marker !== undefined; marker = await committed.next(300)) {
    assert.equal(marker.count, 0);
  }
  assert.equal(committed.endOffset, 2);
  assert.equal(committed.highWatermark > 2, true);
  assert.equal(committed.heldBack, committed.highWatermark - 2);
  const since = committed.heldBackSince;
  assert.equal(since > 0, true);
  assert.equal(await committed.next(300), undefined);
  assert.equal(committed.heldBackSince, since);
  await open.commit(undefined);
  const rest: (string | null)[] = [];
  while (rest.length < 2) rest.push(...values(recordsOf((await committed.next(10_000)) ?? assert.fail('no records'))));
  assert.deepEqual(rest, ['open', 'behind it']);
  while (committed.heldBackSince >= 0) await committed.next(1000);
  assert.equal(committed.heldBack, 0);
});

test('a fetch with nothing but an aborted transaction still moves the position', async () => {
  const topic = await fixture.topic('aborted-only');
  const log = await fixture.log({ transactionalId: topic });
  log.appender(topic).append(0, null, 'never seen', 1);
  await log.flush();
  await log.close();
  const feed = fixture.feeds().open(topic, 0, 0);
  let position = 0;
  let count = 0;
  while (position < 2) {
    const batch = (await feed.next(10_000)) ?? assert.fail('the position does not move');
    count += batch.count;
    position = batch.nextOffset;
  }
  assert.deepEqual([count, position], [0, 2]);
});

test('records larger than the limit per partition arrive, from every partition', async () => {
  const topic = await fixture.topic('large', 3);
  const large = 'x'.repeat(200_000);
  for (const partition of [0, 1, 2]) await write(topic, [large, large], partition);
  const feeds = fixture.feeds({ maxBytesPerPartition: 1000 });
  for (const feed of [0, 1, 2].map((partition) => feeds.open(topic, partition, 0))) {
    let length = 0;
    while (length < 2) length += ((await feed.next(10_000)) ?? assert.fail('no records')).count;
    assert.equal(length, 2);
  }
});

test('reading begins in the middle of a batch where it is told to', async () => {
  const topic = await fixture.topic('middle');
  await write(topic, ['0', '1', '2', '3']);
  const batch = await fixture.feeds().open(topic, 0, 2).next(10_000);
  assert.deepEqual(batch === undefined ? [] : values(recordsOf(batch)), ['2', '3']);
});

test('an offset that was removed, or is not there yet, is an error that says what is there', async () => {
  const topic = await fixture.topic('range');
  await write(topic, ['0', '1', '2', '3']);
  const leader = (await fixture.client.topic(topic))?.partitions[0]?.leader ?? -1;
  await fixture.client.send(
    leader,
    CONTROL,
    deleteRecordsV2.api,
    [{ name: topic, partitions: [{ partitionIndex: 0, offset: 2n }] }],
    5000,
  );
  const feeds = fixture.feeds();
  const params = { topic, partition: 0, logStartOffset: 2, endOffset: 5 };
  const tooLow = feeds.open(topic, 0, 1);
  await assert.rejects(tooLow.next(10_000), {
    code: 'KAFKA_OFFSET_OUT_OF_RANGE',
    params: { ...params, offset: 1 },
  });
  await assert.rejects(tooLow.next(10_000), { code: 'KAFKA_OFFSET_OUT_OF_RANGE' });
  await assert.rejects(feeds.open(topic, 0, 9).next(10_000), {
    code: 'KAFKA_OFFSET_OUT_OF_RANGE',
    params: { ...params, offset: 9 },
  });
});

test('a topic deleted while it is read is an error; made anew it is another topic', async () => {
  const [gone, again] = [await fixture.topic('gone'), await fixture.topic('again')];
  await write(gone, ['x']);
  await write(again, ['x']);
  const feeds = [gone, again].map((topic) => fixture.feeds().open(topic, 0, 0));
  for (const feed of feeds) assert.equal((await feed.next(10_000))?.count, 1);
  await admin.deleteTopics([gone, again]);
  await admin.ensureTopic(again, { partitions: 1 });
  const failures = feeds.map(async (feed) => {
    for (;;) await feed.next(1000);
  });
  await assert.rejects(failures[1] ?? assert.fail(), { code: 'KAFKA_TOPIC_UNKNOWN', message: /created again/ });
  await assert.rejects(failures[0] ?? assert.fail(), { code: 'KAFKA_TOPIC_UNKNOWN', message: /does not exist/ });
});

test('a partition that does not exist is an error', async () => {
  const topic = await fixture.topic('narrow');
  await assert.rejects(fixture.feeds().open(topic, 7, 0).next(20_000), { code: 'KAFKA_TOPIC_UNKNOWN' });
});

test('waiting ends with the time, the signal, or close', async () => {
  const topic = await fixture.topic('quiet');
  const feeds = fixture.feeds();
  const feed = feeds.open(topic, 0, 0);
  assert.equal(await feed.next(50), undefined);
  const abort = new AbortController();
  const aborted = feed.next(60_000, abort.signal);
  abort.abort();
  assert.equal(await aborted, undefined);
  const closed = feed.next(60_000);
  await assert.rejects(feed.next(10), { code: 'KAFKA_CLOSED' });
  await feeds.close();
  assert.equal(await closed, undefined);
  assert.equal(await feed.next(60_000), undefined);
  assert.throws(() => feeds.open(topic, 0, 0), { code: 'KAFKA_CLOSED' });
});

test('a partition without news does not hold up one with a backlog', async () => {
  const topic = await fixture.topic('busy', 2);
  const texts = Array.from({ length: 60 }, () => 'x'.repeat(10_000));
  await write(topic, texts, 1);
  // The broker holds a request for the idle partition for ten minutes.
  const feeds = fixture.feeds({ maxBytesPerPartition: 10_000, maxWaitMs: 600_000 });
  const idle = feeds.open(topic, 0, 0);
  assert.equal(await idle.next(100), undefined);
  const busy = feeds.open(topic, 1, 0);
  let count = 0;
  while (count < 60) count += ((await busy.next(30_000)) ?? assert.fail('held up')).count;
  assert.equal(count, 60);
});

test('a feed nobody takes from holds one fetch and asks for no more', async (t) => {
  const topic = await fixture.topic('bounded');
  await write(
    topic,
    Array.from({ length: 50 }, () => 'x'.repeat(100_000)),
  );
  const send = t.mock.method(fixture.client, 'send');
  const feed = fixture.feeds({ maxBytesPerPartition: 100_000 }).open(topic, 0, 0);
  const first = (await feed.next(10_000)) ?? assert.fail('no records');
  for (let n = 0; n < 20; n++) await admin.earliestOffsets(topic); // time for many more fetches
  const { id } = (await fixture.client.topic(topic)) ?? assert.fail('the topic is gone');
  const asks = send.mock.calls.flatMap(({ arguments: [, , api, asked] }) =>
    (api as unknown) === fetchApi ? asked : [],
  );
  const fetches = (asks as FetchAsk[]).filter(({ topicId, offset }) => topicId === id && offset >= first.nextOffset);
  assert.equal(fetches.length, 1);
  const second = (await feed.next(10_000)) ?? assert.fail('nothing was read ahead');
  assert.equal(second.offsets[0], first.nextOffset);
});
