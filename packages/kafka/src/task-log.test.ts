import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { startKafkaFixture } from './broker-fixture.ts';
import { headersOf } from './record-headers.ts';
import { createTopicAdmin } from './topic-admin.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);
const admin = createTopicAdmin(fixture.cluster);
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
