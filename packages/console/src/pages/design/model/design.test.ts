import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operator } from '@penstock/client/session';
import { findOperators } from '../../../catalogue/find-operators.ts';
import { addOperator, fitting, laneTableOf } from '../../../catalogue/operators.ts';
import { fieldsOf, groupsOf, isShown, newRow, pasteCells, readTyped } from '../../../document/fields.ts';
import { readersOf } from '../../../document/lanes.ts';
import { optionOf } from '../../../document/options.ts';
import { outputsOf, stageOf, stagesOf } from '../../../document/shape.ts';
import { changeDesign, isUnsaved, newDesign } from './design-state.ts';

const schema = {
  type: 'object',
  required: ['rows', 'trigger', 'kind', 'often'],
  properties: {
    rows: {
      type: 'array',
      title: 'Rows',
      minItems: 1,
      ui: { control: 'table', group: 'Input' },
      items: {
        type: 'object',
        properties: {
          point: { type: 'string', title: 'Point', ui: { control: 'point' } },
          size: { type: 'integer', title: 'Size', default: 1 },
        },
      },
    },
    trigger: { type: 'boolean', title: 'Trigger', default: false, ui: { group: 'When' } },
    kind: {
      type: 'string',
      title: 'Kind',
      enum: ['a', 'b'],
      default: 'a',
      ui: { group: 'When', options: { a: 'Alpha', b: 'Beta' }, dependsOn: { field: 'trigger', values: [true] } },
    },
    often: {
      type: 'integer',
      title: 'Often',
      default: 1,
      ui: { unit: 'minutes', group: 'When', advanced: true, dependsOn: { field: 'kind', values: ['a'] } },
    },
  },
};

const operator = (id: string, kind: string, config: object = {}, words: string[] = []): Operator => ({
  id,
  kind,
  label: id.toUpperCase(),
  stageName: `com_penstock_stage_${id}`,
  library: 'lib',
  version: 1,
  instancePrefix: id,
  libraries: [],
  category: kind,
  keywords: words,
  summary: '',
  description: '',
  stateful: false,
  cluster: true,
  config: { ...config },
  examples: [],
});
const source = operator('read', 'source');
const work = operator('work', 'processor', schema, ['average']);
const target = operator('write', 'target');
const split = operator('split', 'processor', {
  properties: {
    streams: {
      type: 'array',
      ui: { control: 'table', lastRow: { when: 'default' } },
      items: { properties: { lane: { type: 'string', ui: { control: 'lane' } }, when: { type: 'string' } } },
    },
  },
});

test('a schema is fields by tab, and one that depends on another is there while that is and has the value', () => {
  const fields = fieldsOf(schema);
  assert.deepEqual(
    fields.map(({ name, kind, unit, isAdvanced }) => [name, kind, unit, isAdvanced]),
    [
      ['rows', 'table', '', false],
      ['trigger', 'switch', '', false],
      ['kind', 'choice', '', false],
      ['often', 'number', 'minutes', true],
    ],
  );
  assert.deepEqual(
    groupsOf(fields).map(({ name, fields: inGroup }) => [name, inGroup.length]),
    [
      ['Input', 1],
      ['When', 3],
    ],
  );
  const shown = (values: Record<string, string | boolean>) =>
    fields.filter((field) => isShown(field, fields, (name) => values[name])).map(({ name }) => name);
  assert.deepEqual(shown({}), ['rows', 'trigger']);
  assert.deepEqual(shown({ trigger: true }), ['rows', 'trigger', 'kind', 'often']);
  assert.deepEqual(shown({ trigger: true, kind: 'b' }), ['rows', 'trigger', 'kind']);
  assert.deepEqual(shown({ kind: 'a' }), ['rows', 'trigger']);
  for (const other of [undefined, null, 7, [], {}, { properties: 3 }]) assert.deepEqual(fieldsOf(other), []);
});

test('cells of a spreadsheet go into the table from a cell on, with rows added; numbers are numbers', () => {
  const columns = fieldsOf(schema)[0]?.columns ?? [];
  assert.deepEqual(newRow(columns), { point: '', size: 1 });
  assert.deepEqual(pasteCells([{ point: 'x', size: 1 }], columns, { row: 0, column: 0 }, 'a\t2\r\nb\t3,5\r\n'), [
    { point: 'a', size: 2 },
    { point: 'b', size: '3,5' },
  ]);
  const many = Array.from({ length: 10_000 }, (_, n) => `m::p${n}\t${n}`).join('\n');
  const rows = pasteCells([], columns, { row: 0, column: 0 }, many);
  assert.deepEqual([rows.length, rows.at(-1)], [10_000, { point: 'm::p9999', size: 9999 }]);
  const number = columns.find(({ name }) => name === 'size');
  assert.deepEqual(number === undefined || [readTyped(number, ' 4 '), readTyped(number, '-'), readTyped(number, '')], [
    4,
    '-',
    '',
  ]);
});

test('operators are found by any of their words, and only those that can stand somewhere are offered there', () => {
  const all = [source, work, target];
  assert.deepEqual(findOperators(all, 'AVERAGE'), [work]);
  assert.deepEqual(findOperators(all, 'no such'), []);
  const place = { x: 0, y: 0 };
  const from = { stage: 'read_01', output: 0 };
  assert.deepEqual(fitting(all, { kind: 'behind', from, place }), [work, target]);
  assert.deepEqual(fitting(all, { kind: 'between', from, to: 'write_01', place }), [work]);
});

test('stages are added behind others and between them; one whose outputs are rows has its first', () => {
  const place = { x: 0, y: 0 };
  const first = addOperator({}, source, { kind: 'free', place });
  const from = { stage: 'read_01', output: 0 };
  const second = addOperator(first?.document ?? {}, target, { kind: 'behind', from, place });
  const third = addOperator(second?.document ?? {}, split, { kind: 'between', from, to: 'write_01', place });
  assert.ok(third);
  assert.deepEqual(
    [readersOf(third.document, 'read_01'), readersOf(third.document, third.id)],
    [['split_01'], ['write_01']],
  );
  const stage = stageOf(third.document, third.id) ?? {};
  assert.deepEqual(optionOf(stage, 'streams'), [{ when: 'default', lane: outputsOf(stage)[0] }]);
  assert.equal(laneTableOf(fieldsOf(split.config))?.column, 'lane');
  assert.equal(addOperator(third.document, source, { kind: 'behind', from, place }), undefined);
  assert.deepEqual(
    optionOf(stageOf(addOperator({}, work, { kind: 'free', place })?.document ?? {}, 'work_01') ?? {}, 'rows'),
    [],
  );
});

test('choosing is no edit, what is gone is not chosen, and what is stored is saved', () => {
  const start = newDesign({ document: {}, revision: 1 });
  const added = addOperator({}, source, { kind: 'free', place: { x: 0, y: 0 } });
  assert.ok(added);
  const edited = changeDesign(start, {
    kind: 'edit',
    edit: 'add',
    document: added.document,
    at: 0,
    select: [added.id],
  });
  assert.deepEqual([isUnsaved(start), isUnsaved(edited), [...edited.selection]], [false, true, ['read_01']]);
  const back = changeDesign(edited, { kind: 'undo' });
  assert.deepEqual([stagesOf(back.history.present).length, back.selection.size, isUnsaved(back)], [0, 0, false]);
  const forth = changeDesign(back, { kind: 'redo' });
  assert.equal(forth.history.present, added.document);
  assert.equal(changeDesign(forth, { kind: 'select', ids: [] }), forth);
  assert.deepEqual([...changeDesign(forth, { kind: 'go', place: { stage: 'read_01' } }).selection], ['read_01']);
  const stored = changeDesign(forth, { kind: 'stored', stored: { document: added.document, revision: 2 } });
  assert.equal(isUnsaved(stored), false);
});
