import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { documentOf, facts, testRegistry } from '../testing/operators.ts';
import { compilePlan } from './compile-plan.ts';
import type { Plan } from './plan.ts';

const compile = (document: unknown, sourcePartitions?: number): ReturnType<typeof compilePlan> =>
  compilePlan(document, {
    registry: testRegistry,
    facts,
    ...(sourcePartitions === undefined ? {} : { sourcePartitions }),
  });
const planOf = (document: unknown, sourcePartitions?: number): Plan => {
  const { plan, issues } = compile(document, sourcePartitions);
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
};
const shape = (plan: Plan): unknown => ({
  parts: plan.parts.map(({ stages }) => stages.map(({ instanceName }) => instanceName)),
  cuts: plan.cuts.map(({ before, partitionedBy }) => [before, partitionedBy]),
});

const counted = (partitionedBy?: string[], by = ['assetId', 'pointId']) =>
  documentOf(
    { name: 's', operator: 'source', config: partitionedBy === undefined ? {} : { partitionedBy } },
    { name: 'c', operator: 'count', config: { by }, from: ['s'] },
    { name: 't', operator: 'target', from: ['c'] },
  );

describe('where a plan is cut', () => {
  test('not where the input is partitioned by a part of the key', () => {
    for (const fields of [['assetId'], ['pointId'], ['assetId', 'pointId']])
      assert.deepEqual(shape(planOf(counted(fields))), { parts: [['c', 't']], cuts: [] });
  });
  test('where the input is partitioned by something else, or nobody knows by what', () => {
    for (const fields of [['gateway'], ['assetId', 'gateway'], undefined])
      assert.deepEqual(shape(planOf(counted(fields))), { parts: [[], ['c', 't']], cuts: [['c', ['assetId']]] });
  });
  test('where the key is smaller than what the input is partitioned by', () => {
    assert.deepEqual(shape(planOf(counted(['assetId', 'pointId'], ['assetId']))), {
      parts: [[], ['c', 't']],
      cuts: [['c', ['assetId']]],
    });
  });
  test('never for a topic with one partition', () => {
    assert.deepEqual(shape(planOf(counted(undefined), 1)), { parts: [['c', 't']], cuts: [] });
  });
  test('again behind a stage that changes what the records are partitioned by', () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'a', operator: 'count', from: ['s'] },
      { name: 'x', operator: 'set', config: { field: 'assetId', to: 'other' }, from: ['a'] },
      { name: 'b', operator: 'count', from: ['x'] },
      { name: 't', operator: 'target', from: ['b'] },
    );
    assert.deepEqual(shape(planOf(document)), {
      parts: [
        ['a', 'x'],
        ['b', 't'],
      ],
      cuts: [['b', ['assetId']]],
    });
  });
  test('once, not for every stateful stage: behind a cut by asset the next stage finds its keys whole', () => {
    const document = documentOf(
      { name: 's', operator: 'source' },
      { name: 'a', operator: 'count', from: ['s'] },
      { name: 'b', operator: 'count', from: ['a'] },
      { name: 't', operator: 'target', from: ['b'] },
    );
    assert.deepEqual(shape(planOf(document)), { parts: [[], ['a', 'b', 't']], cuts: [['a', ['assetId']]] });
  });
  test('a stateless stage that is fed by two parts runs in both', () => {
    const document = documentOf(
      { name: 's', operator: 'source' },
      { name: 'x', operator: 'set', config: { field: 'value', to: 1 }, from: ['s'] },
      { name: 'c', operator: 'count', from: ['s'] },
      { name: 't', operator: 'target', from: ['x', 'c'] },
    );
    assert.deepEqual(shape(planOf(document)), {
      parts: [
        ['x', 't'],
        ['c', 't'],
      ],
      cuts: [['c', ['assetId']]],
    });
  });
  test('a stateful stage that is fed by two parts gets all its records through one cut', () => {
    const document = documentOf(
      { name: 's', operator: 'source' },
      { name: 'a', operator: 'count', from: ['s'] },
      { name: 'b', operator: 'count', from: ['s', 'a'] },
      { name: 't', operator: 'target', from: ['b'] },
    );
    const plan = planOf(document);
    assert.deepEqual(shape(plan), {
      parts: [[], ['a'], ['b', 't']],
      cuts: [
        ['a', ['assetId']],
        ['b', ['assetId']],
      ],
    });
    assert.deepEqual(plan.parts[0]?.entry, { stages: [], cuts: [0, 1] });
  });
});

describe('a stage that keeps nothing', () => {
  const withStage = (operator: string, by: string[], partitionedBy?: string[]) =>
    documentOf(
      { name: 's', operator: 'source', config: partitionedBy === undefined ? {} : { partitionedBy } },
      { name: 'b', operator, config: { by }, from: ['s'] },
      { name: 't', operator: 'target', from: ['b'] },
    );
  test('has its records brought together by its key where they are not', () => {
    assert.deepEqual(shape(planOf(withStage('together', ['/attr/site/id']))), {
      parts: [[], ['b', 't']],
      cuts: [['b', ['/attr/site/id']]],
    });
    const expression = "${record:value('/attr/parents[0]/id')}";
    assert.deepEqual(planOf(withStage('together', [expression])).cuts[0]?.partitionedBy, [expression]);
    assert.deepEqual(planOf(withStage('together', ['/assetId', '/pointId'], ['assetId'])).cuts, []);
  });
  test('gets all records in one task where it names no parts', () => {
    assert.deepEqual(planOf(withStage('together', [], ['assetId'])).cuts, [
      { index: 0, before: 'b', partitionedBy: [] },
    ]);
    assert.deepEqual(planOf(withStage('together', []), 1).cuts, []);
  });
  test('and is there to distribute them gets a cut even so, by its whole key', () => {
    const plan = planOf(withStage('partition', ['/assetId', '/pointId'], ['assetId']));
    assert.deepEqual(plan.cuts, [{ index: 0, before: 'b', partitionedBy: ['assetId', 'pointId'] }]);
    assert.equal(planOf(withStage('partition', ['/assetId'], ['assetId']), 1).cuts.length, 1);
  });
  test('a cut by what a stage changes says nothing behind it, and one by an inner field or expression likewise', () => {
    for (const by of ['/attr/site', "${record:value('/attr/site')}"]) {
      const document = documentOf(
        { name: 's', operator: 'source' },
        { name: 'a', operator: 'together', config: { by: [by] }, from: ['s'] },
        { name: 'x', operator: 'set', config: { field: 'attr', to: {} }, from: ['a'] },
        { name: 'b', operator: 'together', config: { by: [by] }, from: ['x'] },
        { name: 't', operator: 'target', from: ['b'] },
      );
      assert.equal(planOf(document).cuts.length, 2);
    }
  });
  test('by something that is no key is told at the stage', () => {
    const { issues } = compile(withStage('together', ['assetId']));
    assert.deepEqual(
      issues.map(({ code, path }) => [code, path]),
      [['STAGE_KEY_NOT_VALID', '/stages/1']],
    );
  });
});

describe('a belief about how the source is partitioned', () => {
  const believed = (by: string[], operator = 'count') =>
    documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'], isBelieved: true } },
      { name: 'c', operator, config: operator === 'count' ? { by } : {}, from: ['s'] },
      { name: 't', operator: 'target', from: ['c'] },
    );
  test('is to be checked only where state rests on it', () => {
    assert.deepEqual(planOf(believed(['assetId']), 4).sources[0]?.check, { partitions: 4 });
    assert.equal(planOf(believed(['pointId']), 4).sources[0]?.check, undefined);
    assert.equal(planOf(believed([], 'strict'), 4).sources[0]?.check, undefined);
    assert.equal(planOf(believed(['assetId']), 1).sources[0]?.check, undefined);
    assert.equal(planOf(counted(['assetId']), 4).sources[0]?.check, undefined);
  });
  test('is dropped once it is refuted: then there is a cut', () => {
    const options = { registry: testRegistry, facts, sourcePartitions: 4, isPartitioningRefuted: true };
    const { plan } = compilePlan(believed(['assetId']), options);
    assert.ok(plan);
    assert.deepEqual(shape(plan), { parts: [[], ['c', 't']], cuts: [['c', ['assetId']]] });
    assert.equal(plan.sources[0]?.check, undefined);
  });
});

describe('what is wrong with a document', () => {
  const codes = (document: unknown): string[] => compile(document).issues.map(({ code, path }) => `${code} ${path}`);

  test('an unknown operator is named with the place it is at', () => {
    const document = documentOf(
      { name: 's', operator: 'source' },
      { name: 'x', operator: 'mystery', from: ['s'] },
      { name: 't', operator: 'target', from: ['x'] },
    );
    assert.deepEqual(codes(document), ['STAGE_OPERATOR_UNKNOWN /stages/1/stageName']);
  });
  test('all of it is reported, not only the first', () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { maxRecordBytes: 'many' } },
      {
        name: 'p',
        operator: 'strict',
        config: { stageRecordPreconditions: ['${record:value(}'], stageOnRecordError: 'SHRUG' },
        from: ['nowhere'],
      },
    );
    const found = codes(document);
    for (const expected of [
      'STAGE_OPTION_NOT_VALID /stages/0/configuration/0/value',
      'STAGE_SETTING_NOT_VALID /stages/1/configuration/0/value/0',
      'STAGE_SETTING_NOT_VALID /stages/1/configuration/1/value',
      'GRAPH_TARGET_MISSING /stages',
      'GRAPH_OUTPUT_OPEN /stages/0/outputLanes',
      'GRAPH_LANE_UNKNOWN /stages/1/inputLanes/0',
    ])
      assert.ok(found.includes(expected), `${expected} in ${found.join('\n')}`);
  });
  test('loops, two sources and no stages', () => {
    const loop = documentOf(
      { name: 's', operator: 'source' },
      { name: 'a', operator: 'strict', from: ['s', 'b'] },
      { name: 'b', operator: 'strict', from: ['a'] },
      { name: 't', operator: 'target', from: ['b'] },
    );
    assert.deepEqual(codes(loop), ['GRAPH_CYCLE /stages/1', 'GRAPH_CYCLE /stages/2', 'GRAPH_CYCLE /stages/3']);
    const two = documentOf(
      { name: 's', operator: 'source' },
      { name: 'u', operator: 'source' },
      { name: 't', operator: 'target', from: ['s', 'u'] },
    );
    assert.deepEqual(codes(two), ['SOURCE_TOPIC_DUPLICATE /stages/1']);
    assert.ok(codes({ stages: [] }).some((code) => code.startsWith('DOCUMENT_STAGES_MISSING')));
  });
  test('no JSON value whatever makes it throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => void compile(json)));
    fc.assert(
      fc.property(
        fc.array(
          fc.record(
            {
              instanceName: fc.jsonValue(),
              stageName: fc.jsonValue(),
              configuration: fc.jsonValue(),
              inputLanes: fc.jsonValue(),
              outputLanes: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
        (stages) => void compile({ pipelineConfig: { stages } }),
      ),
    );
  });
});
