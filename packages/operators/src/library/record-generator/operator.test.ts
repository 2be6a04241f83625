import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { selectedAssets } from '../../shared/generate/selected-assets.ts';
import { virtualRecordGenerator } from '../virtual-record-generator/operator.ts';
import { recordGenerator } from './operator.ts';

const outputs = [{ assetId: 'a', outputPoint: 'm::p' }];
const issuesOf = (config: JsonObject) =>
  [recordGenerator, virtualRecordGenerator].map((definition) =>
    validateConfig(definition, { outputs, ...config }).issues.map(({ path }) => path),
  );
const SECOND_OPTION = '/stages/0/configuration/1/value';

test('what cannot be made is an issue of the option that says it', () => {
  for (const config of [
    { startTime: '2019-08-26 00:00:00' },
    { startTime: '2019-13-26T00:00:00Z' },
    { startTime: '${time:nowhere()}', dateFormat: 'TIME_FUNCTIONS' },
    { beginningNumber: '1e3', valueGenerator: 'FIXED_INCREMENTAL' },
    { fixedIncremental: 'x', valueGenerator: 'FIXED_INCREMENTAL' },
    { minMaxRange: '5,1', valueGenerator: 'RANDOM_IN_RANGE' },
    { minMaxRange: '1,2,3', valueGenerator: 'RANDOM_IN_RANGE' },
    { input: 'yes', dataType: 'BOOLEAN', valueGenerator: 'INPUT_STRING' },
    { input: '1.5', dataType: 'INTEGER', valueGenerator: 'INPUT_STRING' },
    { input: '', dataType: 'DOUBLE', valueGenerator: 'INPUT_STRING' },
  ])
    assert.deepEqual(issuesOf(config), [[SECOND_OPTION], [SECOND_OPTION]], JSON.stringify(config));
  for (const config of [
    { startTime: '2019-08-26T00:00Z' },
    { startTime: 'x', dateFormat: 'TIME_FUNCTIONS' },
    // Of another generator than the chosen one.
    { beginningNumber: 'x', minMaxRange: '' },
    { minMaxRange: ' -1.5 , 2', valueGenerator: 'RANDOM_IN_RANGE' },
    { input: '', valueGenerator: 'INPUT_STRING' },
  ])
    assert.deepEqual(issuesOf(config), [[], []], JSON.stringify(config));
  const row = (outputPoint: string) => ({ assetId: 'a', outputPoint });
  assert.deepEqual(issuesOf({ outputs: [row('p'), row('m::')] })[0], ['/stages/0/configuration/0/value/1/outputPoint']);
  assert.deepEqual(issuesOf({ outputs: [row('p'), row('m::p')] })[0], [
    '/stages/0/configuration/0/value/1/outputPoint',
  ]);
  assert.deepEqual(validateConfig(recordGenerator, { outputs, triggerType: 'INPUT_POINT' }).issues.length, 1);
});

const valuesAt = async (config: JsonObject, ticks: readonly number[]): Promise<JsonValue[]> => {
  const harness = await OperatorHarness.create(recordGenerator, { outputs, triggerFrequency: '1s', ...config });
  for (const at of ticks) await harness.tick(at);
  await harness.close();
  return harness.run.output.map(({ value = null }) => value);
};

test('random numbers are in their range, with their digits, differ, and are the same for the same trigger', async () => {
  const ticks = Array.from({ length: 40 }, (_, index) => (index + 1) * 1000);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(4),
      async (least, width, decimalScale) => {
        const config = {
          valueGenerator: 'RANDOM_IN_RANGE',
          minMaxRange: `${least},${least + width}`,
          decimalScale,
        };
        const values = (await valuesAt(config, ticks)) as number[];
        assert.ok(values.every((value) => value >= least && value <= least + width));
        assert.deepEqual(
          values,
          values.map((value) => Number(value.toFixed(decimalScale))),
        );
        assert.deepEqual(await valuesAt(config, ticks), values);
      },
    ),
    { numRuns: 10 },
  );
  const doubles = (await valuesAt({}, ticks)) as number[];
  assert.equal(new Set(doubles).size, ticks.length);
  const mean = doubles.reduce((sum, value) => sum + value, 0) / doubles.length;
  assert.ok(doubles.every((value) => value >= 0 && value < 1) && mean > 0.3 && mean < 0.7, `mean ${mean}`);
});

test('what is added again and again does not gather rounding', async () => {
  const ticks = Array.from({ length: 11 }, (_, index) => (index + 1) * 1000);
  const config = { valueGenerator: 'FIXED_INCREMENTAL', beginningNumber: '0', fixedIncremental: '0.1' };
  assert.deepEqual(await valuesAt(config, ticks), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  const falling = { ...config, beginningNumber: '-2.50', fixedIncremental: '-1' };
  assert.deepEqual(await valuesAt(falling, ticks.slice(0, 2)), [-2.5, -3.5]);
});

test('fixed values have the type that was chosen', async () => {
  for (const [dataType, input, value] of [
    ['STRING', ' a ', ' a '],
    ['INTEGER', '-7', -7],
    ['DOUBLE', '1.50', 1.5],
    ['BOOLEAN', 'true', true],
  ] as const)
    assert.deepEqual(await valuesAt({ valueGenerator: 'INPUT_STRING', input, dataType }, [1000]), [value]);
});

test('what is named is checked in the table that is chosen, and only there', () => {
  const issues = (config: JsonObject) =>
    validateConfig(recordGenerator, config).issues.map(({ path, code }) => `${path} ${code}`);
  const at = (row: number, column: string) => `/stages/0/configuration/1/value/${row}/${column} STAGE_OPTION_NOT_VALID`;
  for (const definition of [recordGenerator, virtualRecordGenerator])
    for (const generateType of ['BY_ASSET_IDS', 'BY_MODEL_IDS', 'BY_ASSET_TAGS', 'BY_ASSET_TREE'])
      assert.deepEqual(
        validateConfig(definition, { generateType }).issues.map(({ code }) => code),
        ['STAGE_OPTION_REQUIRED'],
      );
  const row = (outputPoint: string) => ({ outputPoint });
  const byModel = { generateType: 'BY_MODEL_IDS', outputs: [{ assetId: 'a', outputPoint: '::' }] };
  assert.deepEqual(issues({ generateType: byModel.generateType, modelOutputs: [row('m::p'), row('n::p')] }), []);
  assert.deepEqual(issues({ generateType: byModel.generateType, modelOutputs: [row('m::p'), row('p')] }), [
    at(1, 'outputPoint'),
  ]);
  assert.deepEqual(issues({ generateType: byModel.generateType, modelOutputs: [row('m::p'), row(' m :: p')] }), [
    at(1, 'outputPoint'),
  ]);
  assert.deepEqual(issues({ ...byModel, modelOutputs: [row('m::p')] }), []);
  const tagged = (tagKey: string, tagValue: string) => ({ tagKey, tagValue, outputPoint: 'p' });
  const byTag = (...tagOutputs: JsonObject[]) => issues({ generateType: 'BY_ASSET_TAGS', tagOutputs });
  assert.deepEqual(byTag(tagged('k', 'v'), tagged('k', 'w')), []);
  assert.deepEqual(byTag(tagged('k', 'v'), tagged('k ', 'v')), [at(1, 'outputPoint')]);
  const byTree = (...treeOutputs: JsonObject[]) => issues({ generateType: 'BY_ASSET_TREE', treeOutputs });
  assert.deepEqual(
    byTree({ tree: 'k::v', outputPoint: 'p' }, { treeSelector: 'TAG', tree: 'k::v', outputPoint: 'p' }),
    [],
  );
  assert.deepEqual(byTree({ treeSelector: 'TAG', tree: 'k', outputPoint: 'p' }), [at(0, 'tree')]);
  const models = Array.from({ length: 1001 }, (_, index) => row(`m${index}::p`));
  assert.deepEqual(issues({ generateType: byModel.generateType, modelOutputs: models }), [
    '/stages/0/configuration/1/value STAGE_OPTION_NOT_VALID',
  ]);
});

test('stages ask for what their tables name, in whatever order, and for nothing where they name assets', () => {
  const queryOf = (config: JsonObject) => {
    const checked = validateConfig(recordGenerator, config);
    return selectedAssets.query?.(checked.config as never);
  };
  assert.equal(queryOf({ outputs }), undefined);
  const rows = [{ outputPoint: 'm::p' }, { outputPoint: 'n::p' }, { outputPoint: 'm::q' }];
  const query = queryOf({ generateType: 'BY_MODEL_IDS', modelOutputs: rows });
  assert.deepEqual(query, {
    selectors: [
      { by: 'model', modelId: 'm' },
      { by: 'model', modelId: 'n' },
    ],
  });
  assert.deepEqual(queryOf({ generateType: 'BY_MODEL_IDS', modelOutputs: rows.toReversed() }), query);
});

test('history is not queried, and whoever wants to is told what to do instead', () => {
  const [issue] = validateConfig(recordGenerator, { outputs, generateMethod: 'TIME_SERIES' }).issues;
  assert.equal(issue?.path, SECOND_OPTION);
  assert.match(issue?.message ?? '', /read its topic again from an earlier offset/);
});

test('whoever asks for the latest values of all assets has them in one task', () => {
  const keyOf = (extra: JsonObject) => {
    const { config } = validateConfig(recordGenerator, { outputs, ...extra });
    return recordGenerator.requires?.(config as never)?.kind;
  };
  assert.equal(keyOf({ generateMethod: 'LATEST_VALUE' }), 'single');
  assert.equal(keyOf({ triggerType: 'INPUT_POINT', triggerPoint: 't' }), 'parts');
  assert.equal(keyOf({}), undefined);
});
