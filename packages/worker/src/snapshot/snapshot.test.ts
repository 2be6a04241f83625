import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { batchOfMessages, compilePlan, MemoryLog, type Plan, type RecordObserver, Task } from '@penstock/engine';
import { type JsonObject, MAX_SNAPSHOT_TEXT, type SnapshotRecord, type SnapshotRequest } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { topicsOf } from '../plan/run-topics.ts';
import { mergeSnapshots } from './merge-snapshots.ts';
import { SnapshotCatcher } from './snapshot-catcher.ts';
import { SnapshotRelay } from './snapshot-relay.ts';
import { ThreadSnapshot } from './thread-snapshot.ts';

const tagger = {
  name: 'OffLimitTagger_01',
  label: 'Off Limit Tagger',
  from: ['EDHKafkaConsumer_01'],
  config: {
    inputOutput: [{ inputPoint: 'turbine::power', openClose: '[x,y]', minMax: '0,499', outputPoint: 'turbine::power' }],
  },
};
const tagging = documentOf([consumer('in'), tagger, producer('out', 'OffLimitTagger_01')]);

const planOf = (document: JsonObject): Plan => {
  const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 as const };
  const { plan, issues } = compilePlan(document, { registry: createRegistry(operators), facts });
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
};

/** A task of part 0, observed by the catcher. */
const openTask = async (
  plan: Plan,
  partition = 0,
): Promise<{ task: Task; log: MemoryLog; run: (values: readonly string[]) => Promise<void> }> => {
  const [part] = plan.parts;
  assert.ok(part !== undefined);
  const log = new MemoryLog();
  const task = await Task.open({
    plan,
    part,
    partition,
    runId: 'r',
    topics: topicsOf(plan),
    log,
    clock: { now: () => 1000 },
    headersOf: () => [],
  });
  const run = async (values: readonly string[]): Promise<void> => {
    const messages = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 1 }));
    await task.process(batchOfMessages('in', messages), 0, values.length);
  };
  return { task, log, run };
};

const request = (more: Partial<SnapshotRequest> = {}): SnapshotRequest => ({ id: 's-1', records: 2, ...more });
const placesOf = (records: readonly SnapshotRecord[]): string[] =>
  records.map(({ stage, direction, partition }) => `${stage} ${direction} ${partition}`);

describe('a snapshot catcher', () => {
  test('keeps the first records of each stage and direction, as they were there', async () => {
    const plan = planOf(tagging);
    const catcher = new SnapshotCatcher(request(), plan);
    const { task, run, log } = await openTask(plan, 3);
    task.observe(catcher.observerOf({ part: 0, partition: 3 }));
    const values = [1, 500, 3].map((value) => measurement({ value }));
    await run(values.slice(0, 1));
    assert.deepEqual([catcher.isFull, catcher.size], [false, 5]);
    await run(values.slice(1));
    assert.deepEqual([catcher.isFull, catcher.size], [true, 10]);
    const { id, records } = catcher.result();
    assert.equal(id, 's-1');
    assert.deepEqual(
      placesOf(records),
      [
        'EDHKafkaConsumer_01 output 3',
        'OffLimitTagger_01 input 3',
        'OffLimitTagger_01 output 3',
        'EDHKafkaProducer_01 input 3',
        'EDHKafkaProducer_01 output 3',
      ].flatMap((place) => [place, place]),
    );
    const textsOf = (stage: string, direction: string): string[] =>
      records.filter((record) => record.stage === stage && record.direction === direction).map(({ text }) => text);
    const written = log.messages.filter(({ topic }) => topic === 'out').map(({ value }) => value?.toString());
    assert.match(written[1] ?? '', /"isOutlier":true/);
    assert.deepEqual(textsOf('EDHKafkaConsumer_01', 'output'), values.slice(0, 2));
    assert.deepEqual(textsOf('OffLimitTagger_01', 'input'), values.slice(0, 2));
    for (const [stage, direction] of [
      ['OffLimitTagger_01', 'output'],
      ['EDHKafkaProducer_01', 'input'],
      ['EDHKafkaProducer_01', 'output'],
    ] as const)
      assert.deepEqual(textsOf(stage, direction), written.slice(0, 2), `${stage} ${direction}`);
  });

  test('looks at one stage only where one is named, and is full with nothing where none of its tasks pass it', async () => {
    const plan = planOf(tagging);
    const catcher = new SnapshotCatcher(request({ records: 1, stage: 'OffLimitTagger_01' }), plan);
    const { task, run } = await openTask(plan);
    task.observe(catcher.observerOf({ part: 0, partition: 0 }));
    await run([measurement({})]);
    assert.deepEqual(placesOf(catcher.result().records), ['OffLimitTagger_01 input 0', 'OffLimitTagger_01 output 0']);
    assert.equal(catcher.isFull, true);
    const elsewhere = new SnapshotCatcher(request({ stage: 'NotHere_01' }), plan);
    elsewhere.observerOf({ part: 0, partition: 0 });
    assert.deepEqual([elsewhere.isFull, elsewhere.result().records], [true, []]);
  });

  test('waits only for what its own tasks pass: a part of a plan that was cut', () => {
    const merger = { name: 'FixedTimeWindowAggregator_01', label: 'Fixed Time Window Aggregator', from: [tagger.name] };
    const window = {
      inputPoint: 'turbine::power',
      windowSize: 1,
      windowUnit: 'MINUTE',
      aggregator: 'sum',
      outputPoint: 'turbine::sum',
    };
    const document = documentOf([
      consumer('in', { partitionedBy: 'UNKNOWN' }),
      tagger,
      { ...merger, config: { inputOutput: [window] } },
      producer('out', merger.name),
    ]);
    const { plan } = compilePlan(document, {
      registry: createRegistry(operators),
      facts: { pipelineId: 'p', orgId: 'o1', messageChannel: 0 },
      sourcePartitions: 4,
    });
    assert.ok(plan !== undefined && plan.parts.length === 2);
    const catcher = new SnapshotCatcher(request({ records: 1, stage: tagger.name }), plan);
    catcher.observerOf({ part: 1, partition: 0 });
    assert.equal(catcher.isFull, true);
    catcher.observerOf({ part: 0, partition: 0 });
    assert.equal(catcher.isFull, false);
  });

  test('cuts long texts, never inside a character, and takes no part in what becomes of records', async () => {
    const plan = planOf(tagging);
    const catcher = new SnapshotCatcher(request({ records: 1 }), plan);
    const [observed, alone] = [await openTask(plan), await openTask(plan)];
    observed.task.observe(catcher.observerOf({ part: 0, partition: 0 }));
    const start = '{"pad":"';
    const pad = 'x'.repeat(MAX_SNAPSHOT_TEXT - start.length - 1);
    const long = `${start}${pad}\u{1f300}${measurement({ value: 7 }).replace('{', '",')}`;
    for (const { run } of [observed, alone]) await run([long, measurement({}), '{"broken']);
    const [first] = catcher.result().records;
    assert.deepEqual(first, {
      stage: 'EDHKafkaConsumer_01',
      direction: 'output',
      part: 0,
      partition: 0,
      text: start + pad,
      isCut: true,
    });
    assert.deepEqual(observed.log.messages, alone.log.messages);
    assert.deepEqual(observed.task.counters(), alone.task.counters());
  });

  test('stays small however many stages there are', async () => {
    const taggers = Array.from({ length: 60 }, (_, i) => ({
      ...tagger,
      name: `OffLimitTagger_${i}`,
      from: [i === 0 ? 'EDHKafkaConsumer_01' : `OffLimitTagger_${i - 1}`],
    }));
    const plan = planOf(documentOf([consumer('in'), ...taggers, producer('out', 'OffLimitTagger_59')]));
    const catcher = new SnapshotCatcher(request({ records: 50 }), plan);
    const { task, run } = await openTask(plan);
    task.observe(catcher.observerOf({ part: 0, partition: 0 }));
    await run(Array.from({ length: 60 }, () => measurement({ note: 'n'.repeat(5000) })));
    const { records } = catcher.result();
    assert.equal(catcher.isFull, true);
    // 123 slots: 40 records each.
    assert.equal(records.length, 123 * 40);
    const characters = records.reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(characters > 900_000 && characters <= 1024 * 1024, String(characters));
  });
});

describe('the tasks of a thread', () => {
  test('are looked at while a snapshot is wanted and not full, later ones too', async () => {
    const plan = planOf(tagging);
    const looking = new Set<number>();
    const taskOf = async (partition: number) => {
      const { task, run } = await openTask(plan, partition);
      const observe = (observer: RecordObserver | undefined): void => {
        if (observer === undefined) looking.delete(partition);
        else looking.add(partition);
        task.observe(observer);
      };
      return { place: { part: 0, partition }, observe, run };
    };
    const thread = new ThreadSnapshot(plan);
    const [first, second] = [await taskOf(0), await taskOf(1)];
    thread.add(first);
    assert.equal(thread.news(), undefined);
    thread.ask(request());
    thread.add(second);
    assert.deepEqual([...looking], [0, 1]);
    await second.run([measurement({})]);
    const news = thread.news();
    assert.deepEqual([news?.isFull, news?.result.records.length], [false, 5]);
    assert.equal(thread.news(), undefined);
    await first.run([measurement({})]);
    const last = thread.news();
    assert.deepEqual([last?.isFull, last?.result.records.length, looking.size], [true, 10, 0]);
    assert.equal(thread.news(), undefined);
    thread.ask(request({ id: 's-2' }));
    assert.deepEqual([looking.size, thread.news()?.result], [2, { id: 's-2', records: [] }]);
    thread.ask(undefined);
    assert.deepEqual([looking.size, thread.news()], [0, undefined]);
  });
});

describe('a worker', () => {
  const record = (partition: number): SnapshotRecord => ({
    stage: 'a',
    direction: 'input',
    part: 0,
    partition,
    text: '{}',
    isCut: false,
  });

  test('tells its threads once what is asked for, and the service what they caught as long as it asks', () => {
    const told: (string | undefined)[] = [];
    const relay = new SnapshotRelay((request) => told.push(request?.id));
    assert.equal(relay.result(), undefined);
    relay.ask(request(), 0);
    relay.ask(request(), 1000);
    relay.caught(1, { id: 's-1', records: [record(1)] });
    relay.caught(0, { id: 's-0', records: [record(7)] });
    assert.deepEqual(relay.result(), { id: 's-1', records: [record(1)] });
    relay.caught(0, { id: 's-1', records: [record(0)] });
    assert.deepEqual(relay.result(), { id: 's-1', records: [record(0), record(1)] });
    relay.ask(request({ id: 's-2' }), 2000);
    assert.deepEqual(relay.result(), { id: 's-2', records: [] });
    relay.ask(undefined, 3000);
    assert.equal(relay.result(), undefined);
    assert.deepEqual(told, ['s-1', 's-2', undefined]);
  });

  test('forgets what was asked for when nobody has answered for half a minute', () => {
    const told: (string | undefined)[] = [];
    const relay = new SnapshotRelay((request) => told.push(request?.id));
    relay.ask(request(), 0);
    relay.notAnswered(30_000);
    assert.deepEqual(told, ['s-1']);
    relay.notAnswered(30_001);
    relay.notAnswered(40_000);
    assert.deepEqual(told, ['s-1', undefined]);
  });
});

test('results of several threads become one, no larger than asked for', () => {
  const record = (stage: string, partition: number): SnapshotRecord => ({
    stage,
    direction: 'input',
    part: 0,
    partition,
    text: '{}',
    isCut: false,
  });
  const merged = mergeSnapshots(request(), [
    { id: 's-1', records: [record('a', 0), record('b', 0)] },
    { id: 's-0', records: [record('a', 9)] },
    { id: 's-1', records: [record('a', 1), record('a', 1), record('c', 1)] },
  ]);
  assert.deepEqual(merged, { id: 's-1', records: [record('a', 0), record('a', 1), record('b', 0), record('c', 1)] });
});
