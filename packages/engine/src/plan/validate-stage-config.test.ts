import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import fc from 'fast-check';
import Type from 'typebox';
import { defineProcessor, type OperatorDefinition } from '../operator/index.ts';
import { coerceConfig } from './coerce-config.ts';
import { validateStageConfig } from './validate-stage-config.ts';

const config = Type.Object({
  'bean.topic': Type.String({ default: '' }),
  size: Type.Integer({ minimum: 1, maximum: 60 }),
  isOn: Type.Boolean({ default: false }),
  mode: Type.Enum(['A', 'B'], { type: 'string', default: 'A' }),
  rows: Type.Array(Type.Object({ point: Type.String({ minLength: 1 }), weight: Type.Number({ default: 1 }) }), {
    default: [],
    ui: { control: 'table' },
  }),
});

const definition = defineProcessor<typeof config>({
  id: 'sample',
  stageName: 'sample',
  library: 'lib',
  version: 1,
  label: 'Sample',
  instancePrefix: 'Sample',
  libraries: [],
  category: 'select',
  keywords: [],
  summary: '',
  description: '',
  config,
  check: ({ rows }, { orgId }) =>
    rows.flatMap((row, index) =>
      row.point === orgId
        ? [{ code: 'SAMPLE_POINT_REFUSED', severity: 'error', path: `/rows/${index}/point`, message: 'No.' }]
        : [],
    ),
  changes: () => [],
  create: () => ({}),
}) as unknown as OperatorDefinition;

const validate = (rows: Readonly<Record<string, unknown>>) =>
  validateStageConfig(
    definition,
    {
      instanceName: 'Sample_01',
      pointer: '/pipelineConfig/stages/2',
      configuration: new Map(Object.entries(rows) as [string, JsonValue][]),
      configurationRows: new Map(Object.keys(rows).map((name, index) => [name, index])),
    },
    { pipelineId: 'p', orgId: 'o1', messageChannel: 0 },
  );

test('fills defaults, also in rows of a table, and leaves names it does not know alone', () => {
  assert.deepEqual(validate({ size: 5, rows: [{ point: 'x', unknown: 1 }], 'other.name': 7 }), {
    config: { 'bean.topic': '', size: 5, isOn: false, mode: 'A', rows: [{ point: 'x', weight: 1 }] },
    issues: [],
  });
});

test('takes numbers and booleans as texts, and texts as numbers', () => {
  const { config: read, issues } = validate({
    size: ' 5 ',
    isOn: 'TRUE',
    'bean.topic': 7,
    rows: [{ point: 1, weight: '2.5' }],
    mode: null,
  });
  assert.deepEqual(issues, []);
  assert.deepEqual(read, { 'bean.topic': '7', size: 5, isOn: true, mode: 'A', rows: [{ point: '1', weight: 2.5 }] });
});

test('reports everything that is wrong, with pointers to rows of the document', () => {
  const { issues } = validate({ 'bean.topic': {}, isOn: 'maybe', mode: 'C', rows: [{ point: '', weight: [] }, 3, {}] });
  assert.deepEqual(issues.map(({ code, path, stage }) => `${code} ${path} ${stage}`).sort(), [
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/0/value Sample_01',
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/1/value Sample_01',
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/2/value Sample_01',
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/3/value/0/point Sample_01',
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/3/value/0/weight Sample_01',
    'STAGE_OPTION_NOT_VALID /pipelineConfig/stages/2/configuration/3/value/1 Sample_01',
    'STAGE_OPTION_REQUIRED /pipelineConfig/stages/2/configuration Sample_01',
    'STAGE_OPTION_REQUIRED /pipelineConfig/stages/2/configuration/3/value/2/point Sample_01',
  ]);
  assert.match(issues.map((issue) => issue.message).join(), /"mode" must be one of A, B; it is "C"\./);
});

test("an operator's own rules are asked once the schema is met, and know the pipeline", () => {
  assert.deepEqual(
    validate({ rows: [{ point: 'x' }, { point: 'o1' }], size: 1 }).issues.map((issue) => [issue.path, issue.stage]),
    [['/pipelineConfig/stages/2/configuration/0/value/1/point', 'Sample_01']],
  );
});

test('never throws, and what it accepts it accepts again unchanged', () => {
  const rows = fc.record(
    {
      'bean.topic': fc.jsonValue(),
      size: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
      isOn: fc.jsonValue(),
      mode: fc.oneof(fc.constantFrom('A', 'B'), fc.jsonValue()),
      rows: fc.oneof(fc.array(fc.record({ point: fc.jsonValue(), weight: fc.jsonValue() })), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(rows, (values) => {
      const first = validate(values);
      for (const issue of first.issues) assert.match(issue.path, /^\/pipelineConfig\/stages\/2\/configuration/);
      if (first.issues.length === 0) assert.deepEqual(validate(first.config).config, first.config);
    }),
  );
});

test('coercion copies: defaults are not shared between stages', () => {
  const schema = { properties: { list: { items: {}, default: [] } } };
  const first = coerceConfig(schema, {}) as JsonObject;
  (first.list as JsonValue[]).push(1);
  assert.deepEqual(coerceConfig(schema, {}), { list: [] });
});
