import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import type { Heartbeat } from '@penstock/model';
import { DEFAULT_POLICY } from '@penstock/modes';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { CompressedTime, WorkerProcess } from '@penstock/testkit/worker';
import { createFreshStores } from './testing/fresh-store.ts';
import { RealRun } from './testing/real-run.ts';
import { createSupervisorFixture } from './testing/supervisor-fixture.ts';

const freshStore = createFreshStores();
const document = documentOf([consumer('in'), producer('out', 'EDHKafkaConsumer_01')]);
const DAY_MS = 24 * 3600_000;
const SPEED = 6000;
/** Simulated time between two heartbeats: a fifth of a second, so that all the rest keeps up with it. */
const BEAT_MS = 1_200_000;
/** Silence is not what is tried here. */
const POLICY = { ...DEFAULT_POLICY, heartbeatTimeoutMs: 2 * BEAT_MS };

const startKafka = async (t: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-away-'));
  // Who comes out of compressed time is a day ahead of the broker, which takes no record of more than an hour ahead.
  const properties = { 'log.message.timestamp.after.max.ms': 7 * DAY_MS };
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), properties });
  t.after(async () => {
    await kafka.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  for (const topic of ['in', 'out']) await topics.admin.ensureTopic(topic, { partitions: 1 });
  await topics.write('in', [{ value: measurement({ assetId: 'a', value: 1 }) }]);
  return kafka;
};

test('a broker that is away for 24 hours ends no run, neither one that runs nor one that starts', async (t) => {
  const kafka = await startKafka(t);
  const time = await CompressedTime.create(t);
  const fixture = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = fixture.supervisor('a', { policy: POLICY });
  const real = async (pipelineId: string): Promise<RealRun> => {
    const pipeline = await fixture.pipeline();
    assert.equal(await pipeline.start(), 0);
    await fixture.round(a);
    const worker = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document }, time);
    return new RealRun(fixture, pipeline, worker);
  };
  const running = await real('p1');
  await running.worker.caughtUp(1);
  await running.hears();
  await fixture.round(a);
  await kafka.kill9();
  const starting = await real('p2');
  const both = [running, starting];
  for (const { worker } of both) worker.control.reply = { ...worker.control.reply, intervalMs: BEAT_MS };
  time.compress(SPEED);
  await Promise.all(both.map((run) => run.hears(({ waiting }) => waiting !== undefined)));
  let last: Heartbeat[] = [];
  for (let awayMs = 0; awayMs <= DAY_MS; awayMs += BEAT_MS) {
    last = await Promise.all(both.map((run) => run.hears()));
    fixture.advance(BEAT_MS);
    await fixture.round(a);
  }
  assert.ok((last[0]?.tasks[0]?.lastCommitAgeMs ?? 0) >= DAY_MS, 'a day has passed for the worker too');
  assert.deepEqual(
    last.map(({ phase, waiting }) => [phase, waiting?.code]),
    [
      ['running', 'KAFKA_UNREACHABLE'],
      ['starting', 'KAFKA_UNREACHABLE'],
    ],
  );
  const shown = await Promise.all(both.map(({ pipeline }) => pipeline.detail()));
  assert.deepEqual(
    shown.map(({ status, observed }) => [status, observed.reason?.code, observed.attempts]),
    [
      ['RUNNING', 'WAITING_FOR_KAFKA', 1],
      ['STARTING', 'WAITING_FOR_KAFKA', 1],
    ],
  );

  // An interval of twenty minutes would be one from here on, so the last word on it is said while time still runs.
  for (const { worker } of both) worker.control.reply = { ...worker.control.reply, intervalMs: 100 };
  for (let n = 0; n < 2; n += 1) await Promise.all(both.map((run) => run.hears()));
  time.resume();
  await kafka.start();
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await Promise.all(both.map((run) => run.hears(({ phase, waiting }) => phase === 'running' && waiting === undefined)));
  await fixture.round(a);
  const after = await Promise.all(both.map(({ pipeline }) => pipeline.detail()));
  assert.deepEqual(
    after.map(({ status, observed }) => [status, observed.reason]),
    [
      ['RUNNING', null],
      ['RUNNING', null],
    ],
  );
  await topics.write('in', [{ value: measurement({ assetId: 'a', value: 2 }) }]);
  await running.worker.caughtUp(2);
  assert.deepEqual(await Promise.all(both.map(({ worker }) => worker.pause())), [0, 0]);
});
