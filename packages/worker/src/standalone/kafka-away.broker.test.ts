import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';

const document = documentOf([consumer('in'), producer('out', 'EDHKafkaConsumer_01')]);

test('a worker waits for a broker that is away, running or starting, says so, and goes on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-away-'));
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
  t.after(async () => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });
  {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in', 'out']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    await topics.write('in', [{ value: measurement({ assetId: 'a', value: 1 }) }]);
  }
  const worker = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId: 'p1', document });
  await worker.caughtUp(1);
  await kafka.kill9();
  const late = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId: 'p2', document });
  const [running, starting] = await Promise.all(
    [worker, late].map(({ control }) => control.heard(({ waiting }) => waiting !== undefined)),
  );
  assert.deepEqual(
    [running, starting].map((heard) => [heard?.phase, heard?.waiting?.code]),
    [
      ['running', 'KAFKA_UNREACHABLE'],
      ['starting', 'KAFKA_UNREACHABLE'],
    ],
  );
  await kafka.start();
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  const after = [worker, late].map(({ control }) =>
    control.heard(({ phase, waiting }) => phase === 'running' && waiting === undefined),
  );
  await Promise.all(after);
  await topics.write('in', [{ value: measurement({ assetId: 'a', value: 2 }) }]);
  await worker.caughtUp(2);
  assert.deepEqual(await Promise.all([worker.pause(), late.pause()]), [0, 0]);
});
