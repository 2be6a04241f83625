import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { connectKafka, openTaskLog } from '@penstock/kafka';
import {
  consumerGroupOf,
  DeliveryGuarantee,
  type JsonObject,
  manifestTopicOf,
  type RunSpec,
  transactionalIdOf,
} from '@penstock/model';
import { consumer, documentOf, measurement, minuteSums, producer, until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { TestExecutor } from '@penstock/testkit/worker';

let kafka: LocalKafka;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-ranges-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const specOf = (pipelineId: string, document: JsonObject, threads = 1, executors = 1): RunSpec => ({
  runId: `run-${pipelineId}`,
  pipelineId,
  orgId: 'o1',
  messageChannel: 0,
  document,
  kafka: { bootstrapServers: kafka.bootstrapServers },
  threads,
  memoryMb: 1024,
  kafkaRate: 1000,
  control: { endpointsFile: 'file:///nowhere', token: 'token' },
  cluster: { tag: 'tag', executors },
});

const copying = (input: string, output: string): JsonObject =>
  documentOf([consumer(input), producer(output, 'EDHKafkaConsumer_01')]);

/** With the shortest idle time-out: behind a cut, windows wait for partitions that have caught up. */
const summing = (input: string, output: string, partitionedBy = 'ASSET'): JsonObject =>
  documentOf([consumer(input, { partitionedBy }), minuteSums(), producer(output, minuteSums().name)], {
    idleTimeoutMs: 1000,
  });

/** One record a second, numbered. */
const numbered = (count: number, first = 0): { value: string; partition: number }[] =>
  Array.from({ length: count }, (_, i) => ({
    value: measurement({ time: 1_600_000_020_000 + (first + i) * 1000, value: first + i }),
    partition: 0,
  }));

const topicsOf = async (t: TestContext, input: string, output: string, partitions = 1): Promise<TopicAccess> => {
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic(input, { partitions });
  await topics.admin.ensureTopic(output, { partitions: 1 });
  return topics;
};

/** A worker whose run is prepared, as the driver sees to before anything else. */
const startPrepared = async (t: TestContext, spec: RunSpec): Promise<TestExecutor> => {
  const executor = await TestExecutor.start(t, spec);
  await executor.get({ kind: 'prepare', purge: false });
  return executor;
};

const run = (ranges: { partition?: number; part?: number; from: number; until: number }[], thread = 0) => ({
  kind: 'run' as const,
  thread,
  kafkaRate: 1000,
  ranges: ranges.map((range) => ({ part: 0, partition: 0, ...range })),
});

const valuesOf = async (topics: TopicAccess, topic: string): Promise<number[]> =>
  (await topics.read(topic)).map(({ value }) => (JSON.parse(value ?? '') as { value: number }).value);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a worker beside a Spark executor, on a real broker', () => {
  test('says what there is to read, takes the tasks, and works off ranges and nothing beyond', async (t) => {
    const topics = await topicsOf(t, 'r-in-1', 'r-out-1', 3);
    await topics.write(
      'r-in-1',
      upTo(300).map((value) => ({ value: measurement({ value }), partition: value % 3 })),
    );
    const executor = await TestExecutor.start(t, specOf('r1', copying('r-in-1', 'r-out-1'), 2));
    const hello = await executor.get({ kind: 'hello' });
    assert.equal(hello.threads, 2);
    const prepared = await executor.get({ kind: 'prepare', purge: true });
    assert.deepEqual(
      [prepared.layout.sourcePartitions, prepared.parts, prepared.batchIntervalMs],
      [3, [{ topic: 'r-in-1', partitions: 3 }], 1000],
    );
    const place = (partition: number) => ({ part: 0, partition });
    const [one, two] = await Promise.all([
      executor.get({ kind: 'open', thread: 0, places: [place(0), place(2)] }),
      executor.get({ kind: 'open', thread: 1, places: [place(1)] }),
    ]);
    assert.deepEqual(
      [...one.positions, ...two.positions].map(({ committedOffset }) => committedOffset),
      [0, 0, 0],
    );
    const [first, second] = await Promise.all([
      executor.get(
        run([
          { partition: 0, from: 0, until: 40 },
          { partition: 2, from: 0, until: 0 },
        ]),
      ),
      executor.get(run([{ partition: 1, from: 0, until: 70 }], 1)),
    ]);
    const done = [...first.tasks, ...second.tasks].map(({ partition, committedOffset }) => [
      partition,
      committedOffset,
    ]);
    assert.deepEqual(done, [
      [0, 40],
      [2, 0],
      [1, 70],
    ]);
    const last = await executor.get(
      run([
        { partition: 0, from: 40, until: 100 },
        { partition: 2, from: 0, until: 100 },
      ]),
    );
    assert.equal(last.report.recordsRead, 270);
    assert.equal(last.report.recordsWritten, 270);
    assert.equal(last.report.stages.EDHKafkaProducer_01?.input, 270);
    const part = last.report.work?.['0'];
    assert.deepEqual(part?.stages.EDHKafkaProducer_01?.from, { EDHKafkaConsumer_01: 270 });
    assert.ok(part !== undefined && part.commits >= 4 && part.commitMs > 0 && part.openMs > part.commitMs);
    const committed = await topics.admin.committedOffsets('penstock-r1', 'r-in-1');
    assert.deepEqual([...committed].sort(), [
      [0, 100],
      [1, 70],
      [2, 100],
    ]);
    assert.equal((await valuesOf(topics, 'r-out-1')).length, 270);
    executor.hangUp();
    assert.equal(await executor.exited, 0);
  });

  test('a range that is done already, in part or whole, is not done again', async (t) => {
    const topics = await topicsOf(t, 'r-in-2', 'r-out-2');
    await topics.write('r-in-2', numbered(100));
    const spec = specOf('r2', copying('r-in-2', 'r-out-2'));
    const executor = await startPrepared(t, spec);
    await executor.get(run([{ from: 0, until: 50 }]));
    await executor.get(run([{ from: 0, until: 50 }]));
    await executor.get(run([{ from: 20, until: 80 }]));
    const other = await startPrepared(t, spec);
    await other.get(run([{ from: 0, until: 80 }]));
    await other.get(run([{ from: 70, until: 100 }]));
    assert.deepEqual(await valuesOf(topics, 'r-out-2'), upTo(100));
  });

  test('a range that does not follow on what is committed fails loudly and moves nothing', async (t) => {
    const topics = await topicsOf(t, 'r-in-3', 'r-out-3');
    await topics.write('r-in-3', numbered(100));
    const executor = await startPrepared(t, specOf('r3', copying('r-in-3', 'r-out-3')));
    await executor.get(run([{ from: 0, until: 10 }]));
    const failure = await executor.refused(run([{ from: 20, until: 30 }]));
    assert.equal(failure.code, 'RANGE_NOT_CONTIGUOUS');
    assert.match(failure.message, /20 to 30 .* committed offset 10/);
    assert.deepEqual(await valuesOf(topics, 'r-out-3'), upTo(10));
  });

  test('tasks move between workers and back with their state, whoever still thinks it has them', async (t) => {
    const topics = await topicsOf(t, 'r-in-4', 'r-out-4');
    await topics.write('r-in-4', numbered(600));
    const spec = specOf('r4', summing('r-in-4', 'r-out-4'));
    const [a, b] = [await startPrepared(t, spec), await startPrepared(t, spec)];
    // Each cut lies in the middle of a window.
    await a.get(run([{ from: 0, until: 90 }]));
    await b.get(run([{ from: 90, until: 210 }]));
    await a.get(run([{ from: 210, until: 330 }]));
    // The one that lost the task is asked for the same range as the one that has it: one of them does it.
    await Promise.allSettled([a.get(run([{ from: 330, until: 450 }])), b.get(run([{ from: 330, until: 450 }]))]);
    await b.get(run([{ from: 330, until: 450 }]));
    b.kill();
    await b.exited;
    await a.get(run([{ from: 450, until: 600 }]));
    const sums = upTo(9).map((minute) => upTo(60).reduce((sum, second) => sum + minute * 60 + second, 0));
    assert.deepEqual(await valuesOf(topics, 'r-out-4'), sums);
  });

  test('two requests at the same thread, as after the loss of an executor, do not disturb each other', async (t) => {
    const topics = await topicsOf(t, 'r-in-11', 'r-out-11', 2);
    const records = 40_000;
    await topics.write(
      'r-in-11',
      upTo(records).map((value) => ({ value: measurement({ value }), partition: value % 2 })),
    );
    const executor = await startPrepared(t, specOf('r11', copying('r-in-11', 'r-out-11')));
    const half = records / 2;
    await Promise.all([0, 1].map((partition) => executor.get(run([{ partition, from: 0, until: half }]))));
    assert.deepEqual(
      (await valuesOf(topics, 'r-out-11')).sort((a, b) => a - b),
      upTo(records),
    );
  });

  test('a worker killed within a range leaves nothing half done', async (t) => {
    const topics = await topicsOf(t, 'r-in-5', 'r-out-5');
    await topics.write('r-in-5', numbered(60_000));
    const spec = specOf('r5', copying('r-in-5', 'r-out-5'));
    let from = 0;
    for (let round = 0; round < 3; round++) {
      const executor = await startPrepared(t, spec);
      await executor.get(run([{ from, until: from + 1000 }]));
      from += 1000;
      const asked = executor.ask(run([{ from, until: from + 19_000 }]));
      executor.kill();
      await assert.rejects(asked, /before it answered/);
    }
    const executor = await startPrepared(t, spec);
    await executor.get(run([{ from: 0, until: 60_000 }]));
    assert.deepEqual(await valuesOf(topics, 'r-out-5'), upTo(60_000));
  });

  test('an end that lies behind the markers of transactions is reached', async (t) => {
    const topics = await topicsOf(t, 'r-in-6', 'r-out-6');
    // A pipeline writes the input, in transactions: its offsets have gaps where the markers are.
    await topics.admin.ensureTopic('r-raw-6', { partitions: 1 });
    const writer = await startPrepared(t, specOf('r6a', copying('r-raw-6', 'r-in-6')));
    await topics.write('r-raw-6', numbered(40));
    for (let from = 0; from < 40; from += 10) await writer.get(run([{ from, until: from + 10 }]));
    const end = (await topics.ends('r-in-6')).get(0) ?? 0;
    assert.ok(end > 40);
    const reader = await startPrepared(t, specOf('r6b', copying('r-in-6', 'r-out-6')));
    for (let from = 0; from < end; from += 3) await reader.get(run([{ from, until: Math.min(end, from + 3) }]));
    assert.deepEqual(await valuesOf(topics, 'r-out-6'), upTo(40));
  });

  test('a task is taken although a lost worker left the transaction of another one open', async (t) => {
    const topics = await topicsOf(t, 'r-in-12', 'r-out-12', 2);
    await topics.write('r-in-12', numbered(10));
    const executor = await startPrepared(t, specOf('r12', copying('r-in-12', 'r-out-12')));
    const client = await connectKafka({ bootstrapServers: kafka.bootstrapServers }, { clientId: 'lost' });
    t.after(() => client.close());
    const lost = await openTaskLog(client, {
      transactionalId: transactionalIdOf('r12', 0, 1),
      groupId: consumerGroupOf('r12'),
      guarantee: DeliveryGuarantee.ExactlyOnce,
      // Longer than anybody waits here.
      transactionTimeoutMs: 600_000,
    });
    t.after(() => lost.close());
    lost.appender(manifestTopicOf('r12')).append(1, 'position/1/r-in-12', '{"offset":5}', 0);
    await lost.flush();
    const { tasks } = await executor.get(run([{ from: 0, until: 10 }]));
    assert.deepEqual(
      tasks.map(({ partition, committedOffset }) => [partition, committedOffset]),
      [[0, 10]],
    );
    // Whoever takes that one ends it, and finds the position from before.
    const taken = await executor.get(run([{ partition: 1, from: 0, until: 0 }]));
    assert.equal(taken.tasks[0]?.committedOffset, 0);
  });

  test('what retention took is told and got over', async (t) => {
    const topics = await topicsOf(t, 'r-in-7', 'r-out-7');
    await topics.write('r-in-7', numbered(100));
    await topics.admin.commitOffsets('penstock-r7', 'r-in-7', new Map([[0, 10]]));
    await topics.admin.deleteRecordsBefore('r-in-7', new Map([[0, 60]]));
    const executor = await startPrepared(t, specOf('r7', copying('r-in-7', 'r-out-7')));
    const { tasks, report } = await executor.get(run([{ from: 10, until: 40 }]));
    assert.equal(tasks[0]?.committedOffset, 60);
    const told = report.events.find(({ code }) => code === 'KAFKA_OFFSET_OUT_OF_RANGE' && code !== undefined);
    assert.match(told?.message ?? '', /50 records were deleted by retention/);
    await executor.get(run([{ from: 40, until: 100 }]));
    assert.deepEqual(
      await valuesOf(topics, 'r-out-7'),
      upTo(40).map((i) => 60 + i),
    );
  });

  test('a repartition topic is read by ranges like any other, and purged', async (t) => {
    const topics = await topicsOf(t, 'r-in-8', 'r-out-8', 2);
    await topics.write(
      'r-in-8',
      upTo(240).map((i) => ({
        value: measurement({ assetId: `a${i % 4}`, time: 1_600_000_020_000 + i * 1000, value: i }),
        partition: i % 2,
      })),
    );
    const executor = await startPrepared(t, specOf('r8', summing('r-in-8', 'r-out-8', 'UNKNOWN'), 1, 3));
    const { parts } = await executor.get({ kind: 'prepare', purge: false });
    const cut = parts[1]?.topic ?? '';
    assert.match(cut, /^penstock-repartition-r8-FixedTimeWindowAggregator_01-[0-9a-f]{8}$/);
    assert.deepEqual(parts, [
      { topic: 'r-in-8', partitions: 2 },
      { topic: cut, partitions: 3 },
    ]);
    const source = run([]);
    await executor.get({
      ...source,
      ranges: [0, 1].map((partition) => ({ part: 0, partition, from: 0, until: 120 })),
    });
    // Windows behind the cut wait until the tasks in front have said that they have caught up.
    let done: ReadonlyMap<number, number> = new Map();
    await until('waiting for what the repartition topic leads to', 60_000, async () => {
      const tick = [0, 1].map((partition) => ({ part: 0, partition, from: 120, until: 120 }));
      const ends = await topics.ends(cut);
      const next = [...ends].map(([partition, end]) => ({
        part: 1,
        partition,
        from: done.get(partition) ?? 0,
        until: end,
      }));
      await executor.get({ ...source, ranges: [...tick, ...next] });
      done = ends;
      return (await topics.read('r-out-8')).length > 0 ? true : undefined;
    });
    await executor.get({ kind: 'prepare', purge: true });
    // Reports of progress may have come behind what was read last.
    for (const { partition, offset } of await topics.read(cut)) assert.ok(offset >= (done.get(partition) ?? 0));
    for (const [partition, first] of await topics.admin.earliestOffsets(cut))
      assert.ok(first >= (done.get(partition) ?? Number.POSITIVE_INFINITY));
  });

  test('failures say what is wrong: a topic that is missing, a thread that is not there', async (t) => {
    const executor = await TestExecutor.start(t, specOf('r9', copying('r-missing', 'r-out-9')));
    const failure = await executor.refused({ kind: 'prepare', purge: false });
    assert.deepEqual([failure.code, failure.retryable], ['KAFKA_TOPIC_UNKNOWN', false]);
    const topics = { deadLetters: 'r-dead-9', state: 'r-state-9', cuts: [] };
    const layout = { sourcePartitions: 1, cuts: [], topics };
    const thread = await executor.refused({ ...run([{ from: 0, until: 1 }], 7), layout });
    assert.equal(thread.code, 'WORKER_THREAD_UNKNOWN');
  });

  test('a source within the document ends by itself', async (t) => {
    const topics = await topicsOf(t, 'r-in-10', 'r-out-10');
    const document = documentOf([
      {
        name: 'DevRawDataSource_01',
        label: 'Dev Raw Data Source',
        config: { rawData: `${measurement({ value: 1 })}\n${measurement({ value: 2 })}`, stopAfterFirstBatch: true },
      },
      producer('r-out-10', 'DevRawDataSource_01'),
    ]);
    const executor = await startPrepared(t, specOf('r10', document));
    const { parts } = await executor.get({ kind: 'prepare', purge: false });
    assert.deepEqual(parts, [{ topic: null, partitions: 1 }]);
    for (;;) if ((await executor.get(run([{ from: 0, until: 0 }]))).isFinished) break;
    await executor.get(run([{ from: 0, until: 0 }]));
    assert.deepEqual(await valuesOf(topics, 'r-out-10'), [1, 2]);
  });
});
