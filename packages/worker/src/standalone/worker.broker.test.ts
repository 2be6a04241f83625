import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { openTaskLog } from '@penstock/kafka';
import { DeliveryGuarantee, type Heartbeat, type JsonObject } from '@penstock/model';
import { consumer, documentOf, measurement, minuteSums, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';

let kafka: LocalKafka;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-worker-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

let runs = 0;
const startWorker = (
  t: TestContext,
  pipelineId: string,
  document: JsonObject,
  options: { threads?: number; kafkaRate?: number } = {},
): Promise<WorkerProcess> =>
  WorkerProcess.start(t, kafka.bootstrapServers, { runId: `run-${++runs}`, pipelineId, document, ...options });

/** With the shortest idle time-out: behind a cut, windows wait for partitions that have caught up. */
const windowed = (input: string, output: string, partitionedBy = 'UNKNOWN'): JsonObject =>
  documentOf([consumer(input, { partitionedBy }), minuteSums(), producer(output, minuteSums().name)], {
    idleTimeoutMs: 1000,
  });

describe('a worker on a real broker', () => {
  test('reads, transforms, writes, reports, and ends with everything committed', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-1', 'out-1']) await topics.admin.ensureTopic(topic, { partitions: 4 });
    const values = Array.from({ length: 1000 }, (_, i) => measurement({ assetId: `a${i % 20}`, value: i }));
    await topics.write('in-1', [
      ...values.map((value, i) => ({ key: `a${i % 20}power`, partitionKey: `a${i % 20}`, value })),
      { key: 'x', value: '{"broken' },
      { key: 'y', value: null },
    ]);
    const document = documentOf([
      consumer('in-1'),
      {
        name: 'OffLimitTagger_01',
        label: 'Off Limit Tagger',
        from: ['EDHKafkaConsumer_01'],
        config: {
          inputOutput: [
            { inputPoint: 'turbine::power', openClose: '[x,y]', minMax: '0,499', outputPoint: 'turbine::power_ok' },
          ],
        },
      },
      producer('out-1', 'OffLimitTagger_01'),
    ]);
    const worker = await startWorker(t, 'p-1', document, { threads: 2 });
    await worker.caughtUp(1002);
    assert.equal(await worker.pause(), 0);
    const written = (await topics.read('out-1')).map(({ value, key }) => ({
      key,
      ...(JSON.parse(value ?? '') as { value: number; assetId: string; attr: { isOutlier: boolean } }),
    }));
    assert.equal(written.length, 1000);
    assert.deepEqual(
      written.map(({ value }) => value).sort((a, b) => a - b),
      values.map((_, i) => i),
    );
    for (const { value, attr, assetId, key } of written) {
      assert.equal(attr.isOutlier, value > 499);
      assert.equal(key, `${assetId}power_ok`);
    }
    const letters = await topics.read('PENSTOCK_DEAD_LETTERS_o1');
    assert.deepEqual(letters.map(({ headers, value, key }) => [headers['penstock.code'], value, key]).sort(), [
      ['RECORD_NOT_JSON', '{"broken', 'x'],
      ['RECORD_VALUE_NULL', null, 'y'],
    ]);
    const last = worker.control.heartbeats.at(-1);
    assert.equal(last?.phase, 'stopped');
    assert.equal(last?.recordsWritten, 1002);
    assert.deepEqual(last?.stages.OffLimitTagger_01, { input: 1000, output: 1000, errors: {}, dropped: {} });
    const part = last?.work?.['0'];
    assert.deepEqual(part?.stages.OffLimitTagger_01?.from, { EDHKafkaConsumer_01: 1000 });
    assert.ok(part !== undefined && part.commits >= 4 && part.commitMs > 0 && part.openMs > part.idleMs);
    assert.ok(last?.tasks.every(({ eventLagMs }) => eventLagMs !== undefined && eventLagMs > 0));
    const committed = await topics.admin.committedOffsets('penstock-p-1', 'in-1');
    const ends = await topics.admin.latestOffsets('in-1', 'read-committed');
    assert.deepEqual([...committed].sort(), [...ends].sort());
  });

  test('keeps the state of its windows through kill -9, and repartitions what is partitioned by something else', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-2', 'out-2']) await topics.admin.ensureTopic(topic, { partitions: 3 });
    // Partitioned by a gateway that several assets share.
    const minutes = 30;
    const messages = Array.from({ length: minutes * 60 }, (_, second) => second).flatMap((second) =>
      ['a', 'b', 'c', 'd'].map((assetId, i) => ({
        key: `g${i % 2}`,
        value: measurement({ assetId, time: 1_600_000_020_000 + second * 1000, value: second }),
      })),
    );
    const half = messages.length / 2;
    await topics.write('in-2', messages.slice(0, half));
    const document = windowed('in-2', 'out-2');
    const first = await startWorker(t, 'p-2', document, { kafkaRate: 3000 });
    await first.control.heard(({ recordsRead }) => recordsRead > 1000);
    first.kill('SIGKILL');
    await first.exited;
    const second = await startWorker(t, 'p-2', document, { threads: 2 });
    await second.caughtUp(1);
    second.kill('SIGKILL');
    await second.exited;
    await topics.write('in-2', messages.slice(half));
    const third = await startWorker(t, 'p-2', document);
    await third.caughtUp(half);
    await topics.arrived('out-2', 4 * (minutes - 1));
    assert.equal(await third.pause(), 0);
    const found = (await topics.read('out-2')).map(
      ({ value }) => JSON.parse(value ?? '') as { assetId: string; time: number; value: number },
    );
    const order = (a: { assetId: string; time: number }, b: { assetId: string; time: number }): number =>
      a.assetId.localeCompare(b.assetId) || a.time - b.time;
    const expected = ['a', 'b', 'c', 'd'].flatMap((assetId) =>
      Array.from({ length: minutes - 1 }, (_, minute) => ({
        assetId,
        time: 1_600_000_020_000 + minute * 60_000,
        value: Array.from({ length: 60 }, (_, s) => minute * 60 + s).reduce((x, y) => x + y),
      })),
    );
    assert.deepEqual(
      found.sort(order).map(({ assetId, time, value }) => ({ assetId, time, value })),
      expected,
    );
  });

  test('finds out that a topic is not partitioned as believed, says so, and goes on with a cut and nothing split', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    const input = 'MEASURE_POINT_INTERNAL_o1';
    for (const topic of [input, 'out-scattered']) await topics.admin.ensureTopic(topic, { partitions: 4 });
    const send = (count: number, time: number): Promise<void> =>
      topics.write(
        input,
        Array.from({ length: count }, (_, i) => ({
          key: `k${i}`,
          partitionKey: `k${i}`,
          value: measurement({ assetId: 'a', time: time + i }),
        })),
      );
    await send(40, 1_600_000_020_000);
    const document = windowed(input, 'out-scattered', 'AUTO');
    const first = await startWorker(t, 'p-scattered', document, { threads: 2 });
    assert.equal(await first.exited, 1);
    const failure = await first.control.heard((heartbeat) => heartbeat.failure !== undefined);
    assert.equal(failure.failure?.code, 'SOURCE_PARTITIONING_REFUTED');
    assert.match(failure.failure.message, /not partitioned by assetId.*"Partitioned By"/);

    const second = await startWorker(t, 'p-scattered', document, { threads: 2 });
    await second.caughtUp(40);
    await send(1, 1_600_000_120_000);
    await second.caughtUp(41);
    await topics.arrived('out-scattered', 1);
    assert.equal(await second.pause(), 0);
    const sums = (await topics.read('out-scattered')).map(({ value }) => JSON.parse(value ?? '').value);
    assert.deepEqual(sums, [40]);
  });

  test('holds and changes its rate, and hands the idle share of a partition to the others', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-3', 'out-3']) await topics.admin.ensureTopic(topic, { partitions: 4 });
    await topics.write(
      'in-3',
      Array.from({ length: 5000 }, (_, i) => ({ value: measurement({ value: i }), partition: 2 })),
    );
    const worker = await startWorker(
      t,
      'p-3',
      documentOf([consumer('in-3'), producer('out-3', 'EDHKafkaConsumer_01')]),
      { kafkaRate: 100 },
    );
    const one = await worker.control.heard(({ recordsRead }) => recordsRead > 50);
    const two = await worker.control.heard(({ recordsRead }) => recordsRead > 250);
    // Without a limit the first report would already show all of them.
    assert.ok(one.recordsRead < 2500 && two.recordsRead < 2500, `${one.recordsRead}, ${two.recordsRead}`);
    // Records that came while there was enough to do already count towards the lag.
    await topics.write(
      'in-3',
      Array.from({ length: 20_000 }, () => ({ value: measurement({}), partition: 2 })),
    );
    await worker.control.heard(({ tasks }) => tasks.some(({ lag }) => lag > 20_000));
    worker.control.reply = { ...worker.control.reply, kafkaRate: 1_000_000 };
    await worker.caughtUp(25_000);
    assert.equal(await worker.pause(), 0);
    assert.equal((await topics.read('out-3')).length, 25_000);
  });

  test('shares its rate evenly between topics, however many partitions they have', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    const inputs = { 'in-wide': 6, 'in-narrow': 1 };
    for (const [topic, partitions] of Object.entries({ ...inputs, 'out-shared': 1 }))
      await topics.admin.ensureTopic(topic, { partitions });
    const each = 12_000;
    for (const [topic, partitions] of Object.entries(inputs))
      await topics.write(
        topic,
        Array.from({ length: each }, (_, i) => ({ value: measurement({ value: i }), partition: i % partitions })),
      );
    const second = { ...consumer('in-narrow'), name: 'EDHKafkaConsumer_02' };
    const out = { ...producer('out-shared', 'EDHKafkaConsumer_01'), from: ['EDHKafkaConsumer_01', second.name] };
    const document = documentOf([consumer('in-wide'), second, out], { commitIntervalMs: 100 });
    const worker = await startWorker(t, 'p-shared', document, { kafkaRate: 600, threads: 2 });
    const committed = ({ tasks }: Heartbeat): number[] =>
      Object.keys(inputs).map((topic) =>
        tasks
          .filter((task) => task.topic === topic)
          .reduce((sum, { committedOffset }) => sum + Math.max(0, committedOffset), 0),
      );
    // Until both are at work the one has all of the rate.
    const before = committed(await worker.control.heard((heartbeat) => committed(heartbeat).every((sum) => sum > 0)));
    const total = (sums: readonly number[]): number => sums.reduce((sum, one) => sum + one, 0);
    const after = committed(
      await worker.control.heard((heartbeat) => total(committed(heartbeat)) > total(before) + 1800),
    );
    assert.ok(
      after.every((sum) => sum < each),
      'neither has come to its end',
    );
    const read = after.map((sum, topic) => sum - (before[topic] ?? 0));
    // By partition it would be one of seven.
    assert.ok((read[1] ?? 0) > total(read) / 3, read.join(' and '));
    assert.equal(await worker.pause(), 0);
  });

  test('an unknown topic ends it for good, and it says which', async (t) => {
    const worker = await startWorker(
      t,
      'p-4',
      documentOf([consumer('not-there'), producer('out-4', 'EDHKafkaConsumer_01')]),
    );
    assert.equal(await worker.exited, 3);
    const { failure, phase } = worker.control.heartbeats.at(-1) ?? {};
    assert.equal(phase, 'failed');
    assert.deepEqual([failure?.code, failure?.retryable], ['KAFKA_TOPIC_UNKNOWN', false]);
    assert.match(failure?.message ?? '', /"not-there"/);
  });

  test('a stage that stops the pipeline ends it for good, and nothing of the failing batch is committed', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-5', 'out-5']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    await topics.write('in-5', [{ value: measurement({ value: 1 }) }, { value: measurement({ value: 'many' }) }]);
    const document = documentOf([
      consumer('in-5'),
      {
        name: 'OffLimitTagger_01',
        label: 'Off Limit Tagger',
        from: ['EDHKafkaConsumer_01'],
        config: {
          stageOnRecordError: 'STOP_PIPELINE',
          inputOutput: [
            { inputPoint: 'turbine::power', openClose: '[x,y]', minMax: '0,499', outputPoint: 'turbine::power' },
          ],
        },
      },
      producer('out-5', 'OffLimitTagger_01'),
    ]);
    const worker = await startWorker(t, 'p-5', document);
    assert.equal(await worker.exited, 3);
    assert.equal(worker.control.heartbeats.at(-1)?.failure?.code, 'STAGE_STOPPED_PIPELINE');
    assert.deepEqual(await topics.read('out-5'), []);
    assert.equal((await topics.admin.committedOffsets('penstock-p-5', 'in-5')).get(0), 0);
  });

  test('a second worker of the same run takes the tasks over; the first one gives way', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-6', 'out-6']) await topics.admin.ensureTopic(topic, { partitions: 2 });
    const document = documentOf([consumer('in-6'), producer('out-6', 'EDHKafkaConsumer_01')]);
    const write = (first: number, count: number): Promise<void> =>
      topics.write(
        'in-6',
        Array.from({ length: count }, (_, i) => ({ value: measurement({ value: first + i }), partition: i % 2 })),
      );
    const old = await startWorker(t, 'p-6', document, { kafkaRate: 100 });
    await write(0, 1000);
    await old.control.heard(({ phase, recordsRead }) => phase === 'running' && recordsRead > 100);
    old.control.reply = { ...old.control.reply, desired: 'run', intervalMs: 60_000 };
    const fresh = await startWorker(t, 'p-6', document);
    await fresh.control.heard(({ phase }) => phase === 'running');
    await write(1000, 1000);
    old.control.reply = { ...old.control.reply, desired: 'exit' };
    assert.equal(await old.exited, 4);
    await fresh.caughtUp(1000);
    assert.equal(await fresh.pause(), 0);
    const values = (await topics.read('out-6')).map(
      ({ value }) => (JSON.parse(value ?? '') as { value: number }).value,
    );
    assert.deepEqual(
      values.sort((a, b) => a - b),
      Array.from({ length: 2000 }, (_, i) => i),
    );
  });

  test('goes on at the earliest record when retention took the ones it was to read, and says what was lost', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-8', 'out-8']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    await topics.write(
      'in-8',
      Array.from({ length: 100 }, (_, value) => ({ value: measurement({ value }) })),
    );
    await topics.admin.commitOffsets('penstock-p-8', 'in-8', new Map([[0, 10]]));
    await topics.admin.deleteRecordsBefore('in-8', new Map([[0, 60]]));
    const worker = await startWorker(
      t,
      'p-8',
      documentOf([consumer('in-8'), producer('out-8', 'EDHKafkaConsumer_01')]),
    );
    await worker.caughtUp(40);
    assert.equal(await worker.pause(), 0);
    const values = (await topics.read('out-8')).map(
      ({ value }) => (JSON.parse(value ?? '') as { value: number }).value,
    );
    assert.deepEqual(
      values,
      Array.from({ length: 40 }, (_, i) => 60 + i),
    );
    const told = worker.control.heartbeats.flatMap(({ events }) => events).find(({ severity }) => severity === 'error');
    assert.equal(told?.code, 'KAFKA_OFFSET_OUT_OF_RANGE');
    assert.match(told?.message ?? '', /50 records were deleted by retention/);
  });

  test('says what the open transaction of a producer holds back, although there is no lag', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-12', 'out-12']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    await topics.write('in-12', [{ value: measurement({ value: 1 }) }]);
    const open = await openTaskLog(topics.client, {
      transactionalId: 'hangs',
      groupId: 'test',
      guarantee: DeliveryGuarantee.ExactlyOnce,
    });
    open.appender('in-12').append(0, null, measurement({ value: 2 }), Date.now());
    await open.flush();
    await topics.write('in-12', [{ value: measurement({ value: 3 }) }, { value: measurement({ value: 4 }) }]);
    const worker = await startWorker(
      t,
      'p-12',
      documentOf([consumer('in-12'), producer('out-12', 'EDHKafkaConsumer_01')]),
    );
    const held = await worker.control.heard(({ tasks }) => tasks[0]?.heldBack !== undefined);
    assert.deepEqual([held.tasks[0]?.lag, held.tasks[0]?.endOffset, held.tasks[0]?.heldBack?.records], [0, 1, 3]);
    await open.commit(undefined);
    await open.close();
    await worker.control.heard(({ recordsRead, tasks }) => recordsRead === 4 && tasks[0]?.heldBack === undefined);
    assert.equal(await worker.pause(), 0);
  });

  test('keeps output and state together when retention overtakes it while it runs', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-9', 'out-9']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    const records = 30_000;
    await topics.write(
      'in-9',
      Array.from({ length: records }, (_, second) => ({
        value: measurement({ time: 1_600_000_020_000 + second * 1000, value: second }),
      })),
    );
    // No commit but the one that the gap makes.
    const document = { ...windowed('in-9', 'out-9'), configuration: [{ name: 'commitIntervalMs', value: 60_000 }] };
    const worker = await startWorker(t, 'p-9', document, { kafkaRate: 6000 });
    await worker.control.heard(({ recordsRead }) => recordsRead > 500);
    await topics.admin.deleteRecordsBefore('in-9', new Map([[0, records]]));
    await worker.control.heard(({ tasks }) => tasks.some(({ committedOffset }) => committedOffset >= records));
    assert.equal(await worker.pause(), 0);
    const windows = (await topics.read('out-9')).map(({ value }) => (JSON.parse(value ?? '') as { time: number }).time);
    const [state] = (await topics.read('penstock-state-p-9')).slice(-1);
    assert.equal(state?.key, '["FixedTimeWindowAggregator_01","a","power"]');
    // The window that is open in the state is the one behind the last that was written.
    assert.ok(
      state?.value?.includes(String((windows.at(-1) ?? 0) + 60_000)),
      `${state?.value} after ${windows.at(-1)}`,
    );
  });

  test('shows records at every stage while it runs, and does with them what it would have done anyway', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-10', 'out-10']) await topics.admin.ensureTopic(topic, { partitions: 3 });
    // Partitioned by something else, so that there are two parts with a cut between them.
    // Two records of an asset a minute: a partition that is behind holds windows for an hour of event time.
    const [assets, minutes] = [['a', 'b', 'c', 'd'], 600];
    const messages = Array.from({ length: minutes * 2 }, (_, half) => half).flatMap((half) =>
      assets.map((assetId, i) => ({
        key: `g${i % 2}`,
        value: measurement({ assetId, time: 1_600_000_020_000 + half * 30_000, value: half }),
      })),
    );
    await topics.write('in-10', messages);
    const worker = await startWorker(t, 'p-10', windowed('in-10', 'out-10'), { kafkaRate: 200, threads: 2 });
    const { control } = worker;
    await control.heard(({ recordsRead }) => recordsRead > 0);
    control.reply = { ...control.reply, snapshot: { id: 's-1', records: 3 } };
    const { snapshot, recordsRead } = await control.heard(({ snapshot }) => snapshot?.records.length === 15);
    assert.ok(recordsRead < messages.length, 'it was to be taken while records were flowing');
    const one = { id: 's-2', records: 50, stage: 'FixedTimeWindowAggregator_01' };
    control.reply = { ...control.reply, snapshot: one };
    const second = await control.heard(({ snapshot }) => snapshot?.id === 's-2' && snapshot.records.length > 50);
    const { snapshot: _over, ...reply } = control.reply;
    control.reply = { ...reply, kafkaRate: 1_000_000 };
    await control.heard(({ snapshot }) => snapshot === undefined);
    await worker.caughtUp(messages.length);
    await topics.arrived('out-10', assets.length * (minutes - 1));
    assert.equal(await worker.pause(), 0);

    const textsOf = (stage: string, direction: string): string[] =>
      (snapshot?.records ?? [])
        .filter((record) => record.stage === stage && record.direction === direction)
        .map(({ text }) => text);
    const written = (await topics.read('out-10')).map(({ value }) => value ?? '');
    const input = new Set(messages.map(({ value }) => value));
    const output = new Set(written);
    for (const [stage, direction, among] of [
      ['EDHKafkaConsumer_01', 'output', input],
      ['FixedTimeWindowAggregator_01', 'input', input],
      ['FixedTimeWindowAggregator_01', 'output', output],
      ['EDHKafkaProducer_01', 'input', output],
      ['EDHKafkaProducer_01', 'output', output],
    ] as const) {
      const texts = textsOf(stage, direction);
      assert.equal(texts.length, 3, `${stage} ${direction}`);
      for (const text of texts) assert.ok(among.has(text), `${stage} ${direction}: ${text}`);
    }
    const partsOf = (stage: string): number[] => [
      ...new Set(snapshot?.records.filter((record) => record.stage === stage).map(({ part }) => part)),
    ];
    assert.deepEqual([partsOf('EDHKafkaConsumer_01'), partsOf('FixedTimeWindowAggregator_01')], [[0], [1]]);
    assert.deepEqual(
      [...new Set(second.snapshot?.records.map(({ stage }) => stage))],
      ['FixedTimeWindowAggregator_01'],
    );

    // Every window once, with the sum of all its records: nothing was lost, doubled or changed by being looked at.
    const windows = written.map((text) => {
      const { assetId, time, value } = JSON.parse(text) as { assetId: string; time: number; value: number };
      return `${assetId} ${time} ${value}`;
    });
    const sumOf = (minute: number): number => 2 * (minute * 2) + 1;
    const expected = assets.flatMap((assetId) =>
      Array.from(
        { length: minutes - 1 },
        (_, minute) => `${assetId} ${1_600_000_020_000 + minute * 60_000} ${sumOf(minute)}`,
      ),
    );
    assert.deepEqual(windows.sort(), expected.sort());
    const committed = await topics.admin.committedOffsets('penstock-p-10', 'in-10');
    assert.deepEqual([...committed].sort(), [...(await topics.admin.latestOffsets('in-10', 'read-committed'))].sort());
  });

  test('works on while nobody hears it', async (t) => {
    const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
    for (const topic of ['in-7', 'out-7']) await topics.admin.ensureTopic(topic, { partitions: 1 });
    const worker = await startWorker(
      t,
      'p-7',
      documentOf([consumer('in-7'), producer('out-7', 'EDHKafkaConsumer_01')]),
    );
    await worker.control.heard(({ phase }) => phase === 'running');
    await writeFile(worker.control.endpointsFile, 'not even JSON');
    await topics.write('in-7', [{ value: measurement({}) }]);
    await worker.caughtUp(1);
    worker.kill('SIGTERM');
    assert.equal(await worker.exited, 0);
    assert.equal((await topics.read('out-7')).length, 1);
  });
});
