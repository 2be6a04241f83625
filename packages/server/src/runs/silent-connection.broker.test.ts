import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findFreePort, startLocalKafka } from '@penstock/dev';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { SilentProxy, TopicAccess } from '@penstock/testkit/kafka';
import { CompressedTime, WorkerProcess } from '@penstock/testkit/worker';
import { createFreshStores } from './testing/fresh-store.ts';
import { RealRun } from './testing/real-run.ts';
import { createSupervisorFixture } from './testing/supervisor-fixture.ts';

const freshStore = createFreshStores();
const document = documentOf([consumer('in'), producer('out', 'EDHKafkaConsumer_01')]);
/** Slow enough for heartbeats of a busy machine to be within the half minute. */
const SPEED = 4;

/** A broker whose clients all come through the proxy. */
const startKafkaBehindProxy = async (t: TestContext): Promise<{ proxy: SilentProxy; servers: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-silent-'));
  const broker = await findFreePort();
  const proxy = await SilentProxy.start(t, { broker });
  const servers = `127.0.0.1:${proxy.port}`;
  const properties = {
    'advertised.listeners': `PLAINTEXT://${servers}`,
    'log.message.timestamp.after.max.ms': 3_600_000_000,
  };
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), port: broker, properties });
  t.after(async () => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return { servers, proxy };
};

test('a partition whose connection has fallen silent is shown as standing still, and goes on by itself', async (t) => {
  const { proxy, servers } = await startKafkaBehindProxy(t);
  const topics = await TopicAccess.connect(t, servers);
  await topics.admin.ensureTopic('in', { partitions: 2 });
  await topics.admin.ensureTopic('out', { partitions: 2 });
  const write = (value: number): Promise<void> =>
    topics.write(
      'in',
      [0, 1].map((partition) => ({ partition, value: measurement({ assetId: `a${partition}`, value }) })),
    );
  await write(1);

  const time = await CompressedTime.create(t);
  const fixture = await createSupervisorFixture(t, { store: await freshStore(t) });
  const supervisor = fixture.supervisor('a');
  const pipeline = await fixture.pipeline();
  assert.equal(await pipeline.start(), 0);
  await fixture.round(supervisor);
  const worker = await WorkerProcess.start(t, servers, { pipelineId: 'p1', document, threads: 2 }, time);
  const run = new RealRun(fixture, pipeline, worker);
  await worker.caughtUp(2);
  await run.hears();
  await fixture.round(supervisor);
  assert.equal((await pipeline.detail()).observed.reason, null);

  time.compress(SPEED);
  await run.hears();
  proxy.silenceOneFetcher();
  await write(2);
  const seen = await run.hears(({ tasks }) => tasks.some(({ lag, stalledMs }) => lag > 0 && stalledMs >= 15_000));
  await fixture.round(supervisor);
  const { status, observed } = await pipeline.detail();
  assert.deepEqual([status, observed.reason?.code], ['RUNNING', 'PARTITION_STANDS_STILL']);
  const [still, ...others] = seen.tasks.filter(({ lag }) => lag > 0);
  assert.deepEqual(others, [], 'the other partition goes on');
  assert.ok((still?.stalledMs ?? Number.POSITIVE_INFINITY) < 30_000, 'and it is known within half a minute');
  assert.match(
    observed.reason?.message ?? '',
    new RegExp(`^Partition ${still?.partition} of in stands still for \\d+ s although 1 records wait: `),
  );

  await run.hears(({ tasks }) => tasks.every(({ lag }) => lag === 0));
  await fixture.round(supervisor);
  assert.equal((await pipeline.detail()).observed.reason, null);
  assert.equal(await worker.pause(), 0);
});
