import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { connectKafka, createTopicAdmin, isKafkaError, openTaskLog } from '@penstock/kafka';
import { consumerGroupOf, DeliveryGuarantee, transactionalIdOf } from '@penstock/model';
import { fenceTasks } from './fence-tasks.ts';
import { KafkaAccess } from './kafka-access.ts';
import { ensureOrganizationTopics } from './organization-topics.ts';

test('on a real Kafka: organisations get their topics, and a fenced worker can commit nothing any more', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-tasks-'));
  const kafka = await startLocalKafka({ dir });
  t.after(async () => {
    await kafka.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const settings = { bootstrapServers: kafka.bootstrapServers };
  const client = await connectKafka(settings, { clientId: 'test' });
  t.after(() => client.close());
  const admin = createTopicAdmin(client);

  const created = await ensureOrganizationTopics(admin, 'o1', 2);
  assert.deepEqual([created.length, created.every((topic) => topic.created)], [7, true]);
  assert.equal(await admin.partitionCount('MEASURE_POINT_CAL_OFFLINE_o1'), 2);
  const again = await ensureOrganizationTopics(admin, 'o1', 2);
  assert.ok(again.every((topic) => !topic.created));

  const worker = await openTaskLog(client, {
    transactionalId: transactionalIdOf('p', 0, 1),
    groupId: consumerGroupOf('p'),
    guarantee: DeliveryGuarantee.ExactlyOnce,
  });
  worker.appender('MEASURE_POINT_CAL_o1').append(0, 'k', 'v', Date.now());
  await worker.flush();
  const task = { part: 0, topic: 't', partition: 1, committedOffset: 0, endOffset: 0, lag: 0, stalledMs: 0 };
  await fenceTasks(client, 'p', [task]);
  await assert.rejects(worker.commit(undefined), (error) => isKafkaError(error, 'KAFKA_FENCED'));
  await worker.close();
  assert.equal((await admin.latestOffsets('MEASURE_POINT_CAL_o1', 'read-committed')).get(0), 2); // record and abort mark

  const access = new KafkaAccess(settings, () => undefined);
  assert.equal(await access.cluster(), await access.cluster());
  await access.close();
  await assert.rejects(access.cluster(), /The service is ending/);
  await assert.rejects(new KafkaAccess(undefined, () => undefined).cluster(), /KAFKA_BOOTSTRAP_SERVERS/);
});
