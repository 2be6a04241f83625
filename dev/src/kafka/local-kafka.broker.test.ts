import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { identityOf } from '@penstock/modes/process-identity';
import { Admin, Producer } from '@platformatic/kafka';
import { findFreePort } from '../ports.ts';
import { startLocalKafka } from './local-kafka.ts';

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-kafka-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test('a broker keeps topics and records over stop and kill, on the same port', async (t) => {
  const kafka = await startLocalKafka({ dir: folder(t) });
  t.after(() => kafka.kill9());
  const options = { clientId: 'test', bootstrapBrokers: [kafka.bootstrapServers] };

  const admin = new Admin(options);
  await admin.createTopics({ topics: ['kept'], partitions: 2, replicas: 1 });
  await admin.close();
  const producer = new Producer(options);
  await producer.send({ messages: [{ topic: 'kept', partition: 1, value: Buffer.from('one') }] });
  await producer.close();

  const firstPid = kafka.pid;
  await kafka.kill9();
  assert.equal(identityOf(firstPid), undefined);
  await kafka.start();
  assert.notEqual(kafka.pid, firstPid);
  assert.equal(kafka.bootstrapServers, `127.0.0.1:${kafka.port}`);
  await kafka.stop();
  await kafka.start();

  const again = new Admin(options);
  t.after(() => again.close());
  const offsets = await again.listOffsets({
    topics: [{ name: 'kept', partitions: [{ partitionIndex: 1, timestamp: -1n }] }],
  });
  assert.equal(offsets[0]?.partitions[0]?.offset, 1n);
});

test('a folder whose broker has a living owner is refused', async (t) => {
  const dir = folder(t);
  const kafka = await startLocalKafka({ dir });
  t.after(() => kafka.kill9());
  await assert.rejects(startLocalKafka({ dir }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'DEV_FOLDER_IN_USE');
    return true;
  });
});

test('a port that somebody else uses is named', async (t) => {
  const port = await findFreePort();
  const other = createServer().listen(port, '127.0.0.1');
  t.after(() => other.close());
  await assert.rejects(startLocalKafka({ dir: folder(t), port }), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'DEV_PORT_IN_USE');
    assert.match(error.message, new RegExp(`Port ${port} `));
    return true;
  });
});
