import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { openTaskLog } from '@penstock/kafka';
import {
  consumerGroupOf,
  DeliveryGuarantee,
  type JsonObject,
  preparationIdOf,
  type RunSpec,
  stateTopicOf,
  transactionalIdOf,
} from '@penstock/model';
import { consumer, documentOf, measurement, minuteSums, producer } from '@penstock/testkit';
import { leaveCommitOpen, TopicAccess } from '@penstock/testkit/kafka';
import { CompressedTime, TestExecutor, WorkerProcess } from '@penstock/testkit/worker';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-positions-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const latest = { 'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'auto.offset.reset', value: 'latest' }] };
const copying = (input: string, output: string, config: Record<string, never> | typeof latest = {}): JsonObject =>
  documentOf([consumer(input, config), producer(output, 'EDHKafkaConsumer_01')]);

const appending = (input: string, output: string): JsonObject =>
  documentOf([consumer(input, { partitionedBy: 'ASSET' }), minuteSums(), producer(output, minuteSums().name)]);

const topicsFor = async (t: TestContext, name: string, partitions: number) => {
  const access = await TopicAccess.connect(t, kafka.bootstrapServers);
  const [input, output] = [`${name}-in`, `${name}-out`];
  await access.admin.ensureTopic(input, { partitions });
  await access.admin.ensureTopic(output, { partitions: 1 });
  const write = (values: readonly number[], partition = 0): Promise<void> =>
    access.write(
      input,
      values.map((value) => ({ value: measurement({ value }), partition })),
    );
  const written = async (): Promise<number[]> =>
    (await access.read(output))
      .map(({ value }) => (JSON.parse(value ?? '') as { value: number }).value)
      .sort((a, b) => a - b);
  return { access, input, output, write, written, group: consumerGroupOf(name) };
};
const upTo = (count: number, first = 0): number[] => Array.from({ length: count }, (_, i) => first + i);

describe('where tasks begin', () => {
  for (const reset of ['earliest', 'latest'] as const)
    test(`offsets that Kafka has dropped are restored, and taken for no first start (${reset})`, async (t) => {
      const pipelineId = `dropped-${reset}`;
      const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 2);
      const document = copying(input, output, reset === 'latest' ? latest : {});
      const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
      await first.caughtUp();
      await write(upTo(10));
      await first.caughtUp(10);
      assert.equal(await first.pause(), 0);
      // As the broker does after `offsets.retention.minutes`.
      await access.admin.deleteOffsets(group);
      await write(upTo(10, 10));
      const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, isContinued: true });
      await second.caughtUp(10);
      assert.equal(await second.pause(), 0);
      assert.deepEqual(await written(), upTo(20));
      assert.ok(second.events().some(({ code }) => code === 'POSITION_RESTORED'));
    });

  test('an offset of the group that is older than the record of the same commit moves nothing backwards', async (t) => {
    const pipelineId = 'older';
    const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(10));
    await first.caughtUp(10);
    assert.equal(await first.pause(), 0);
    // What a coordinator answers that is still loading although it says it is not: an older commit of ours.
    const log = await openTaskLog(access.client, {
      transactionalId: `${pipelineId}-older`,
      groupId: group,
      guarantee: DeliveryGuarantee.ExactlyOnce,
    });
    await log.commit({ topic: input, partition: 0, offset: 3 });
    await log.close();
    await write(upTo(10, 10));
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, isContinued: true });
    await second.caughtUp(10);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await written(), upTo(20));
    assert.ok(second.events().some(({ code }) => code === 'POSITION_CONTRADICTED'));
    assert.deepEqual(await access.admin.committedOffsets(group, input), await access.ends(input), 'and is put right');
  });

  test('an offset that somebody sets in the group holds, also backwards', async (t) => {
    const pipelineId = 'set';
    const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(10));
    await first.caughtUp(10);
    assert.equal(await first.pause(), 0);
    await access.admin.commitOffsets(group, input, new Map([[0, 4]]));
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, isContinued: true });
    await second.caughtUp(6);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(
      await written(),
      [...upTo(4), ...upTo(6, 4), ...upTo(6, 4)].sort((a, b) => a - b),
    );
  });

  test('a group that waits for a transaction that nobody ends keeps no pipeline from going on', async (t) => {
    const pipelineId = 'unsettled';
    const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(10));
    await first.caughtUp(10);
    assert.equal(await first.pause(), 0);
    await leaveCommitOpen(access.client, { transactionalId: 'nobody', group, topic: input, partition: 0, offset: 3 });
    await write(upTo(10, 10));
    const time = await CompressedTime.create(t);
    time.compress(20);
    const run = { pipelineId, document, isContinued: true };
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, run, time);
    await second.caughtUp(10);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await written(), upTo(20));
    assert.ok(second.events().some(({ code }) => code === 'POSITION_RESTORED'));
  });

  test('a position that nobody knows any more is told, and nothing is read', async (t) => {
    const pipelineId = 'unknown';
    const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(10));
    await first.caughtUp(10);
    assert.equal(await first.pause(), 0);
    await access.admin.deleteOffsets(group);
    await access.admin.deleteTopics([`penstock-manifest-${pipelineId}`]);
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, isContinued: true });
    assert.equal(await second.exited, 3);
    const failure = second.control.heartbeats.at(-1)?.failure;
    assert.deepEqual([failure?.code, failure?.retryable], ['POSITION_LOST', false]);
    assert.match(failure?.message ?? '', /Reset the offset/);
    assert.deepEqual(await written(), upTo(10));
  });

  test('partitions added while it was paused are read from their first record, also with "latest"', async (t) => {
    const pipelineId = 'added';
    const { access, input, output, write, written } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output, latest);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await first.caughtUp();
    assert.equal(await first.pause(), 0);
    await access.admin.addPartitions(input, 3);
    await write(upTo(37), 2);
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, isContinued: true });
    await second.caughtUp(37);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await written(), upTo(37));
  });

  test('a topic that was made anew is read from its first record, and that is told', async (t) => {
    const pipelineId = 'anew';
    const { access, input, output, write, written } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(5));
    await first.caughtUp(5);
    assert.equal(await first.pause(), 0);
    await access.admin.deleteTopics([input]);
    await access.admin.ensureTopic(input, { partitions: 1 });
    await write(upTo(20, 5));
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await second.caughtUp(20);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await written(), upTo(25));
    assert.ok(second.events().some(({ code, severity }) => code === 'TOPIC_REPLACED' && severity === 'error'));
  });

  test('a commit that a killed worker left open holds up no start, whichever task it was of', async (t) => {
    const pipelineId = 'left-open';
    const { access, input, output, write, written, group } = await topicsFor(t, pipelineId, 1);
    const document = copying(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await write(upTo(5));
    await first.caughtUp(5);
    assert.equal(await first.pause(), 0);
    await write(upTo(5, 5));
    for (const transactionalId of [transactionalIdOf(pipelineId, 0, 0), preparationIdOf(pipelineId)])
      await leaveCommitOpen(access.client, { transactionalId, group, topic: input, partition: 0, offset: 9 });
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document });
    await second.caughtUp(5);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await written(), upTo(10));
  });

  test('a pause while state is still being restored is a clean one', async (t) => {
    const pipelineId = 'restoring';
    const { access, input, output, write, written } = await topicsFor(t, pipelineId, 2);
    const document = appending(input, output);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, threads: 2 });
    await first.caughtUp();
    assert.equal(await first.pause(), 0);
    // As long as somebody's transaction is open in one partition of the state, that one is not restored.
    const log = await openTaskLog(access.client, {
      transactionalId: 'somebody',
      groupId: 'somebody',
      guarantee: DeliveryGuarantee.ExactlyOnce,
      topics: [stateTopicOf(pipelineId)],
    });
    log.appender(stateTopicOf(pipelineId)).append(1, '["X","a","p"]', '1', Date.now());
    await log.flush();
    await write(upTo(10));
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document, threads: 2 });
    // The other task works.
    await second.control.heard(({ tasks }) => tasks.some(({ committedOffset }) => committedOffset === 10));
    assert.equal(await second.pause(), 0);
    const last = second.control.heartbeats.at(-1);
    assert.deepEqual([last?.phase, last?.failure], ['stopped', undefined]);
    assert.deepEqual(await written(), []);
    await log.close();
  });
});

describe('where tasks begin in Cluster Mode', () => {
  const specOf = (pipelineId: string, document: JsonObject): RunSpec => ({
    runId: 'run',
    pipelineId,
    orgId: 'o1',
    messageChannel: 0,
    document,
    kafka: { bootstrapServers: kafka.bootstrapServers },
    threads: 1,
    memoryMb: 1024,
    kafkaRate: 1000,
    control: { endpointsFile: 'file:///nowhere', token: 'token' },
    cluster: { tag: 'tag', executors: 2 },
  });

  test('a partition added under way keeps its position when it moves to a thread that knew the topic before', async (t) => {
    const { access, input, output, write, written } = await topicsFor(t, 'moved', 1);
    const spec = specOf('moved', copying(input, output, latest));
    const [a, b] = [await TestExecutor.start(t, spec), await TestExecutor.start(t, spec)];
    const { layout } = await a.get({ kind: 'prepare', purge: false });
    const run = (ranges: readonly [partition: number, from: number, until: number][]) => ({
      kind: 'run' as const,
      thread: 0,
      layout,
      kafkaRate: 1000,
      ranges: ranges.map(([partition, from, until]) => ({ part: 0, partition, from, until })),
    });
    // Both know the topic with one partition.
    await b.get(run([[0, 0, 0]]));
    await a.get(run([[0, 0, 0]]));
    await access.admin.addPartitions(input, 2);
    await write(upTo(500), 1);
    const grown = await a.get({ kind: 'prepare', purge: false, layout });
    assert.deepEqual(grown.parts, [{ topic: input, partitions: 2 }]);
    // From its first record, although the source says "latest".
    const { positions } = await a.get({ kind: 'open', thread: 0, layout, places: [{ part: 0, partition: 1 }] });
    assert.deepEqual(positions, [{ part: 0, partition: 1, committedOffset: 0, endOffset: 500 }]);
    await a.get(
      run([
        [0, 0, 0],
        [1, 0, 500],
      ]),
    );
    const { tasks } = await b.get(run([[1, 500, 500]]));
    assert.equal(tasks[0]?.committedOffset, 500);
    assert.deepEqual(await written(), upTo(500));
  });
});
