import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import { defineProcessor, defineSource } from '../operator/index.ts';
import type { PreviewInput } from '../preview/preview-session.ts';
import { runPreview } from '../preview/run-preview.ts';
import { snapshotSlotsOf } from '../preview/snapshot-slots.ts';
import { documentOf, facts } from '../testing/operators.ts';
import { registryWith } from '../testing/tasks.ts';
import { compilePlan, type PlanFacts } from './compile-plan.ts';
import type { Plan } from './plan.ts';

const about = (id: string) => ({
  id,
  stageName: id,
  library: 'test',
  version: 1,
  label: id,
  instancePrefix: id,
  libraries: [],
  category: 'state' as const,
  keywords: [],
  summary: id,
  description: id,
});

/** A topic of one's choice. */
const topicSource = defineSource({
  ...about('topic'),
  cluster: true,
  config: Type.Object({
    topic: Type.String(),
    partitionedBy: Type.Optional(Type.Array(Type.String())),
    isBelieved: Type.Boolean({ default: false }),
    batchSize: Type.Integer({ default: 1000 }),
  }),
  source: ({ topic, partitionedBy, isBelieved, batchSize }) => ({
    kind: 'topic',
    topic,
    offsetReset: 'earliest',
    partitionedBy,
    isPartitioningBelieved: isBelieved,
    maxRecordBytes: 1000,
    batch: { size: batchSize, waitMs: batchSize },
    clientSettings: {},
  }),
});

const generator = defineProcessor({
  ...about('beat'),
  config: Type.Object({}),
  changes: () => [],
  create: () => ({ process: (record, out) => out.emit(record) }),
});
const clock = defineSource({
  ...about('beat'),
  cluster: true,
  config: Type.Object({}),
  source: () => ({ kind: 'clock', generator }),
});

const gather = defineProcessor({
  ...about('gather'),
  config: Type.Object({}),
  requires: () => ({ kind: 'single' }),
  changes: () => [],
  worksOnBatches: true,
  create: () => ({
    processBatch: (records, out) => {
      for (const record of records) out.emit(record);
    },
  }),
});

const options = { registry: registryWith(topicSource, clock, gather), facts };

const planOf = (document: JsonValue, known: PlanFacts = {}): Plan => {
  const { plan, issues } = compilePlan(document, { ...options, ...known });
  assert.ok(plan, JSON.stringify(issues));
  return plan;
};

const codesOf = (document: JsonValue): string[] => compilePlan(document, options).issues.map(({ code }) => code);

const shape = ({ parts, cuts }: Plan) => ({
  parts: parts.map(({ index, input, stages }) => [index, input, stages.map(({ instanceName }) => instanceName)]),
  cuts: cuts.map(({ before, partitionedBy }) => [before, partitionedBy]),
});

const a = (config: Record<string, JsonValue> = {}) => ({
  name: 'a',
  operator: 'topic',
  config: { topic: 'A', partitionedBy: ['assetId'], ...config },
});
const b = (config: Record<string, JsonValue> = {}) => ({ ...a({ topic: 'B', ...config }), name: 'b' });
const count = (...from: string[]) => ({ name: 'c', operator: 'count', from });
const target = (from: string, topic = 'output') => ({
  name: `t-${from}`,
  operator: 'target',
  config: { topic },
  from: [from],
});

describe('a plan of several sources', () => {
  test('has a part for each; what has no state runs in all of them, and nothing is cut', () => {
    const document = documentOf(a(), b(), { name: 's', operator: 'strict', from: ['a', 'b'] }, target('s'));
    assert.deepEqual(shape(planOf(document)), {
      parts: [
        [0, { kind: 'topic', source: 0 }, ['s', 't-s']],
        [1, { kind: 'topic', source: 1 }, ['s', 't-s']],
      ],
      cuts: [],
    });
  });

  test('is cut in front of state behind two of them, however each is partitioned, be it of one partition', () => {
    const document = documentOf(a(), b(), count('a', 'b'), target('c'));
    for (const known of [{}, { sourcePartitions: 1, otherSources: [{ sourcePartitions: 1 }] }])
      assert.deepEqual(shape(planOf(document, known)), {
        parts: [
          [0, { kind: 'topic', source: 0 }, []],
          [1, { kind: 'topic', source: 1 }, []],
          [2, { kind: 'cut', cut: 0 }, ['c', 't-c']],
        ],
        cuts: [['c', ['assetId']]],
      });
  });

  test('is not where each source has its own, and each is taken for what it says or what is known of it', () => {
    const document = documentOf(a(), b(), count('a'), { ...count('b'), name: 'd' }, target('c'), target('d'));
    assert.deepEqual(shape(planOf(document)).cuts, []);
    const moved = planOf(document, { otherSources: [{ isSourceMoved: true }] });
    assert.deepEqual(shape(moved).cuts, [['d', ['assetId']]]);
  });

  test('checks what it believes of each source where its state rests on it', () => {
    const document = documentOf(
      a({ isBelieved: true }),
      b({ isBelieved: true }),
      count('b'),
      { name: 's', operator: 'strict', from: ['a'] },
      target('s'),
      target('c'),
    );
    const known = { sourcePartitions: 3, otherSources: [{ sourcePartitions: 4 }] };
    assert.deepEqual(
      planOf(document, known).sources.map(({ check }) => check),
      [undefined, { partitions: 4 }],
    );
    const refuted = { ...known, otherSources: [{ sourcePartitions: 4, isPartitioningRefuted: true }] };
    assert.deepEqual(shape(planOf(document, refuted)).cuts, [['c', ['assetId']]]);
  });

  test('may hold a clock, which is a stage of its part', () => {
    const document = documentOf(a(), { name: 'k', operator: 'beat' }, count('a', 'k'), target('c'));
    assert.deepEqual(shape(planOf(document)).parts, [
      [0, { kind: 'topic', source: 0 }, []],
      [1, { kind: 'clock', source: 1 }, ['k']],
      [2, { kind: 'cut', cut: 0 }, ['c', 't-c']],
    ]);
  });

  test('gathers behind several topics by the largest of their batches, and by that of its own where it has one', () => {
    const document = documentOf(
      a({ batchSize: 10 }),
      b({ batchSize: 30 }),
      { ...b({ batchSize: 70 }), name: 'o', config: { topic: 'O', batchSize: 70 } },
      { name: 'g', operator: 'gather', from: ['a', 'b'] },
      { name: 'h', operator: 'gather', from: ['o'] },
      target('g'),
      target('h'),
    );
    assert.deepEqual(
      planOf(document).parts.map(({ batch }) => batch?.size),
      [undefined, undefined, undefined, 30, 70],
    );
  });
});

describe('a document of several sources', () => {
  test('is refused where one topic is read twice, and told which stage to keep', () => {
    const document = documentOf(a(), b({ topic: 'A' }), count('a', 'b'), target('c'));
    const [issue] = compilePlan(document, options).issues;
    assert.deepEqual([issue?.code, issue?.stage, issue?.path], ['SOURCE_TOPIC_DUPLICATE', 'b', '/stages/1']);
    assert.match(issue?.message ?? '', /"a" reads already/);
  });

  test('goes round where a topic leads to itself, be it by way of another; not where one only leads to the other', () => {
    const way = (...targets: [string, string][]) =>
      codesOf(documentOf(a(), b(), ...targets.map(([from, topic]) => target(from, topic))));
    assert.deepEqual(way(['a', 'A'], ['b', 'out']), ['GRAPH_TOPIC_LOOP']);
    assert.deepEqual(way(['a', 'B'], ['b', 'A']), ['GRAPH_TOPIC_LOOP', 'GRAPH_TOPIC_LOOP']);
    assert.deepEqual(way(['a', 'B'], ['b', 'out']), []);
    assert.deepEqual(way(['a', 'out'], ['b', 'A']), []);
  });

  test('does not go round where the way between two topics is open to other points alone', () => {
    const document = (points: string[]) =>
      documentOf(
        a(),
        b(),
        { name: 'x', operator: 'select', config: { points: ['p', 'q'] }, from: ['a'] },
        { name: 'y', operator: 'select', config: { points }, from: ['b'] },
        target('x', 'B'),
        target('y', 'A'),
      );
    assert.deepEqual(codesOf(document(['r'])), []);
    assert.deepEqual(codesOf(document(['q'])), ['GRAPH_TOPIC_LOOP', 'GRAPH_TOPIC_LOOP']);
  });
});

describe('a preview of several sources', () => {
  const document = documentOf(a(), b(), count('a', 'b'), target('c'));
  const message = (fields: object) => ({
    value: Buffer.from(JSON.stringify({ assetId: 'x', pointId: 'p', value: 1, ...fields })),
    timestamp: 1,
  });
  const seenOf = async (values: PreviewInput) => {
    const stages = await runPreview({ plan: planOf(document), values, clock: { now: () => 1000 } });
    return Object.fromEntries(stages.map(({ instanceName, output }) => [instanceName, output.length]));
  };

  test('runs records of each through what they share, state included', async () => {
    const values = new Map([
      ['a', [message({}), message({})]],
      ['b', [message({})]],
    ]);
    const stages = await runPreview({ plan: planOf(document), values, clock: { now: () => 1000 } });
    const counted = stages.find(({ instanceName }) => instanceName === 'c')?.output as { readonly value: number }[];
    assert.deepEqual(
      counted.map(({ value }) => value),
      [1, 2, 3],
    );
    assert.deepEqual(await seenOf(values), { a: 2, b: 1, c: 3, 't-c': 3 });
  });

  test('takes records without a name for those of the first', async () => {
    assert.deepEqual(await seenOf([message({})]), { a: 1, b: 0, c: 1, 't-c': 1 });
  });

  test('and a snapshot has a place for what each of them gives, in its part', () => {
    const given = snapshotSlotsOf(planOf(document)).filter(({ stage }) => stage === 'a' || stage === 'b');
    assert.deepEqual(
      given.map(({ stage, direction, part }) => [stage, direction, part]),
      [
        ['a', 'output', 0],
        ['b', 'output', 1],
      ],
    );
  });
});
