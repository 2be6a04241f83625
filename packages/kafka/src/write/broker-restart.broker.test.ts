import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { recordsOf, startKafkaFixture } from '@penstock/testkit/kafka';
import { createTopicAdmin } from '../admin/topic-admin.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.client);

const PARTITIONS = 3;
const COMMITS = 60;

const restartBroker = async (): Promise<void> => {
  await fixture.kafka.kill9();
  await fixture.kafka.start();
};

/** Copies a partition record by record with one transaction per batch, as a task does. */
const copy = async (source: string, target: string, partition: number, total: number): Promise<void> => {
  const log = await fixture.log({ transactionalId: `${target}-${partition}` });
  const feed = fixture.feeds({ maxBytesPerPartition: 2000 }).open(source, partition, 0);
  const appender = log.appender(target);
  for (let copied = 0; copied < total; ) {
    const batch = await feed.next(60_000);
    if (batch === undefined) throw new Error('nothing to read for a minute');
    for (const { key, value, timestamp } of recordsOf(batch)) appender.append(partition, key, value, timestamp);
    await log.commit({ topic: source, partition, offset: batch.nextOffset });
    copied += batch.count;
  }
  feed.close();
};

test('a broker killed while it is read and written loses nothing and doubles nothing', async () => {
  const source = await fixture.topic('source', PARTITIONS);
  const target = await fixture.topic('target', PARTITIONS);
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const written = Promise.all(
    partitions.map(async (partition) => {
      const log = await fixture.log({ transactionalId: `${source}-${partition}`, maxBatchBytes: 500 });
      const appender = log.appender(source);
      for (let n = 0; n < COMMITS; n++) {
        for (let i = 0; i < 20; i++) appender.append(partition, `${partition}`, `${n}-${i}`, n);
        await log.commit(undefined);
        if (partition === 0 && n % 20 === 10) await restartBroker();
      }
    }),
  );
  const copied = Promise.all(partitions.map((partition) => copy(source, target, partition, COMMITS * 20)));
  await Promise.all([written, copied]);
  const expected = Array.from({ length: COMMITS }, (_, n) => Array.from({ length: 20 }, (_, i) => `${n}-${i}`)).flat();
  for (const partition of partitions) {
    const records = await fixture.readAll(target, partition);
    assert.deepEqual(
      records.map(({ value }) => value),
      expected,
    );
  }
  assert.equal((await admin.committedOffsets('group', source)).size, PARTITIONS);
  assert.equal(
    fixture.events.some(({ code, severity }) => code === 'KAFKA_TROUBLE' && severity === 'warning'),
    true,
  );
});

test('at least once survives a killed broker too: nothing lost', async () => {
  const topic = await fixture.topic('at-least-once');
  const log = await fixture.log({ transactionalId: topic, guarantee: 'AT_LEAST_ONCE', maxBatchBytes: 500 });
  const appender = log.appender(topic);
  for (let n = 0; n < 30; n++) {
    for (let i = 0; i < 20; i++) appender.append(0, null, `${n}-${i}`, n);
    const committed = log.commit({ topic, partition: 0, offset: n + 1 });
    if (n === 15) await restartBroker();
    await committed;
  }
  const seen = (await fixture.readAll(topic)).map(({ value }) => value);
  const expected = Array.from({ length: 30 }, (_, n) => Array.from({ length: 20 }, (_, i) => `${n}-${i}`)).flat();
  assert.deepEqual(seen, expected);
  assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[0, 30]]));
});
