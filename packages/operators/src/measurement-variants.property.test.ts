import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperatorDefinition, ProcessorDefinition } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { compareByMeasurement, configByMeasurement, type VariantPair } from '@penstock/testkit/by-measurement';
import { needsRuntime, runOperator, validateConfig } from '@penstock/testkit/operator';
import { operators, shownCases } from './generated/operators.ts';

/** Every operator with its variant for records that are known by their `measurementId` (contract E.5). */
const pairs = operators.flatMap((variant): VariantPair[] => {
  const classic = operators.find(({ id }) => `${id}-new` === variant.id);
  return classic === undefined ? [] : [{ classic: processor(classic), variant: processor(variant) }];
});

function processor(definition: OperatorDefinition): ProcessorDefinition {
  assert.ok(definition.kind === 'processor');
  return definition;
}

test('the twenty operators that the contract names have a variant, in library 0.4.0 alone', () => {
  assert.deepEqual(
    pairs.map(({ classic }) => classic.label).sort(),
    [
      ...['Asset Lookup', 'Batch Merger', 'Child Asset Lookup', 'Cumulant Decomposer', 'Fixed Time Window Aggregator'],
      ...['Internal HTTP Client', 'JavaScript', 'Last Changed Record Appender', 'Last Record Appender'],
      ...['Late Point Tagger', 'Latest Record Merger', 'Off Limit Tagger', 'Parent Asset Lookup', 'Point Lookup'],
      ...['Point Selector', 'Python Evaluator', 'Record Capturer', 'Record Restorer'],
      ...['Simplified Time Window Aggregator', 'Sliding Time Window Aggregator'],
    ].sort(),
  );
  for (const { classic, variant } of pairs) {
    assert.deepEqual([variant.libraries, classic.libraries.includes('0.4.0')], [['0.4.0'], true]);
    assert.deepEqual(
      [variant.label, variant.stageName, variant.instancePrefix, variant.library, variant.category],
      [
        `${classic.label}*`,
        `${classic.stageName}New`,
        `${classic.instancePrefix}New`,
        classic.library,
        classic.category,
      ],
    );
  }
});

/** A schema without what is said to people, and without the picker of points. */
const shapeOf = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !(['title', 'description', 'control'].includes(name) && typeof inner === 'string'))
      .map(([name, inner]) => [name, name === 'options' && isJsonObject(inner) ? Object.keys(inner) : shapeOf(inner)])
      .filter(([name, inner]) => name !== 'ui' || (isJsonObject(inner) && Object.keys(inner).length > 0)),
  );
};

test('a variant has the tabs and options of its operator, with the same defaults and limits', () => {
  for (const { classic, variant } of pairs) {
    const shape = ({ config }: ProcessorDefinition) => shapeOf(JSON.parse(JSON.stringify(config)));
    assert.deepEqual(shape(variant), shape(classic), variant.id);
    const outcomes = ({ errors = [], drops = [] }: ProcessorDefinition) => [
      errors.map(({ code }) => code),
      drops.map(({ reason }) => reason),
    ];
    assert.deepEqual(outcomes(variant), outcomes(classic), variant.id);
  }
});

test('texts of a variant speak of no point', () => {
  for (const { variant } of pairs) {
    const said = JSON.stringify([variant.summary, variant.config, variant.errors, variant.drops]);
    assert.doesNotMatch(said, /\bpoints?\b|pointId|modelId::pointId|\bInput Point|\bOutput Point/, variant.id);
  }
});

/** The first row of the table of an example. */
const rowsOf = (config: JsonObject): JsonObject[] => (config.inputOutput as JsonObject[] | undefined) ?? [];

test('a point of a model is no measurement, and a measurement no point: an issue of the column', () => {
  for (const { classic, variant } of pairs) {
    for (const [definition, wrong] of [
      [variant, 'm::p'],
      [classic, 'p'],
    ] as const) {
      const [example] = shownCases[definition.id] ?? [];
      const [row] = rowsOf(example?.config ?? {});
      const config = { ...example?.config, inputOutput: [{ ...row, inputPoint: wrong }] };
      const path = `/stages/0/configuration/${Object.keys(config).indexOf('inputOutput')}/value/0/inputPoint`;
      // A table of one row may lack something else.
      const issues = validateConfig(definition, config).issues.filter((issue) => issue.path === path);
      assert.deepEqual(
        issues.map(({ code }) => code),
        ['STAGE_OPTION_NOT_VALID'],
        definition.id,
      );
    }
  }
});

test('a record of one format is one that no row of an operator of the other applies to', async () => {
  for (const { classic, variant } of pairs.filter(({ variant: one }) => !needsRuntime(one))) {
    const [example] = shownCases[classic.id] ?? [];
    const first = String(rowsOf(example?.config ?? {})[0]?.inputPoint ?? 'm::p');
    const config = {
      ...example?.config,
      ...(rowsOf(example?.config ?? {}).length === 0 ? { inputOutput: [{ inputPoint: first }] } : {}),
    };
    const [modelId, id] = first.split('::') as [string, string];
    const common = { assetId: 'a', time: 1000, value: 1, quality: 0, attr: {} };
    for (const [definition, given, record] of [
      [variant, configByMeasurement(config), { ...common, modelId, modelIdPath: `/${modelId}`, pointId: id }],
      [classic, config, { ...common, measurementId: id }],
    ] as const) {
      const { output, dropped, errors } = await runOperator(definition, given, [record]);
      assert.deepEqual(
        [output, dropped.map(({ reason }) => reason), errors],
        [[], ['not-selected'], []],
        definition.id,
      );
    }
  }
});

/** A Record Restorer has nothing without a Record Capturer beside it. */
const besideOf = ({ classic }: VariantPair): VariantPair | undefined =>
  classic.id === 'record-restorer' ? pairs.find((one) => one.classic.id === 'record-capturer') : undefined;

for (const pair of pairs.filter(({ variant }) => !needsRuntime(variant)))
  test(`${pair.variant.id} does to measurements what ${pair.classic.id} does to points`, () =>
    compareByMeasurement(pair, { beside: besideOf(pair) }));
