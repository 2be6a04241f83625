import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import fc from 'fast-check';
import Type from 'typebox';
import { defineProcessor, type OperatorDefinition } from '../operator/index.ts';
import { readOptionRows } from './read-option-rows.ts';

const definition = defineProcessor({
  id: 'sample',
  stageName: 'sample',
  library: 'lib',
  version: 2,
  label: 'Sample',
  instancePrefix: 'Sample',
  libraries: [],
  category: 'select',
  keywords: [],
  summary: '',
  description: '',
  config: Type.Object({
    'bean.address': Type.String({ default: 'home' }),
    latency: Type.Integer({ default: 0 }),
    inputOutput: Type.Array(Type.Object({ inputPoint: Type.String() }), { default: [] }),
  }),
  documentOptions: {
    renamed: { address: 'bean.address' },
    kept: ['latencies', 'old.*'],
    ignored: { broker: 'there is one anyway.' },
    neverAssumed: { 'bean.address': /addr/ },
  },
  changes: () => [],
  create: () => ({}),
}) as unknown as OperatorDefinition;

const read = (options: Readonly<Record<string, JsonValue>>) => {
  const { rows, issues } = readOptionRows(definition, {
    instanceName: 'Sample_01',
    pointer: '/stages/1',
    configuration: new Map(Object.entries(options)),
    configurationRows: new Map(Object.keys(options).map((name, index) => [name, index])),
  });
  return { rows, told: issues.map(({ code, severity, path }) => `${severity} ${code} ${path}`) };
};

test('an option of another version is taken under the name it has here', () => {
  assert.deepEqual(read({ address: 'lab' }), { rows: { 'bean.address': 'lab' }, told: [] });
  assert.deepEqual(read({ address: 'lab', 'bean.address': '' }), { rows: { 'bean.address': 'lab' }, told: [] });
  assert.deepEqual(read({ address: 'lab', 'bean.address': 'home' }).told, [
    'error STAGE_OPTION_AMBIGUOUS /stages/1/configuration/0/name',
  ]);
});

test('what the document says is never answered by a default', () => {
  assert.deepEqual(read({ 'my.addresses': ['lab'] }).told, [
    'error STAGE_OPTION_UNKNOWN /stages/1/configuration/0/name',
  ]);
  assert.deepEqual(read({ 'my.addresses': [] }).told, []);
  assert.deepEqual(read({ 'my.addresses': ['lab'], address: 'lab' }).told, []);
});

test('names that look like known ones are told, kept and distant ones are not', () => {
  assert.deepEqual(read({ latancy: 5, stageOnRecordErorr: 'DISCARD' }).told, [
    'warning STAGE_OPTION_UNKNOWN /stages/1/configuration/0/name',
    'warning STAGE_OPTION_UNKNOWN /stages/1/configuration/1/name',
  ]);
  assert.deepEqual(read({ latencies: 5, 'old.latency': 1, colour: 'red' }).told, []);
  assert.deepEqual(read({ broker: 'b' }).told, ['warning STAGE_OPTION_IGNORED /stages/1/configuration/0/name']);
});

test('so are columns of tables, each once', () => {
  assert.deepEqual(read({ inputOutput: [{ inputPiont: 'a' }, { inputPiont: 'b', colour: 'red' }] }).told, [
    'warning STAGE_OPTION_UNKNOWN /stages/1/configuration/0/value',
  ]);
});

test('takes any rows', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (options) => void read(options as never)));
});
