import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescribedTemplate, describeTemplate, templates } from '@penstock/operators';
import { fieldsOf, isShown } from '../document/fields.ts';
import { isObject } from '../document/json.ts';
import { diffForms, placeInForm, pointsInForm, rowSummary, setFormField, titleOfPlace } from './form-document.ts';

const described: readonly DescribedTemplate[] = templates.map((template) => describeTemplate(template, 'en'));
const fieldsOfType = (type: number) => fieldsOf(described.find(({ templateType }) => templateType === type)?.form);
const window = fieldsOfType(0);
const row = { inputPointId: 'm::a', outputPointId: 'm::b', windowSize: '5m' };

test('every template is fields that can be drawn: nothing of it is left to be written as JSON', () => {
  for (const { id, form } of described) {
    const fields = fieldsOf(form);
    assert.ok(
      fields.some(({ kind }) => kind === 'table'),
      id,
    );
    const all = [...fields, ...fields.flatMap(({ columns }) => columns)];
    assert.deepEqual(
      all.filter(({ kind }) => kind === 'json').map(({ name }) => name),
      [],
      id,
    );
  }
});

test('a pointer into a form leads to a field, or to a column of a row', () => {
  assert.deepEqual(placeInForm(''), {});
  assert.deepEqual(placeInForm('/latency'), { option: 'latency' });
  assert.deepEqual(placeInForm('/points/3'), { option: 'points', row: 3 });
  assert.deepEqual(placeInForm('/points/3/windowSize'), { option: 'points', row: 3, column: 'windowSize' });
  assert.deepEqual(placeInForm('/points/x~1y'), { option: 'points' });
  const place = { option: 'points', row: 3, column: 'windowSize' };
  assert.equal(titleOfPlace(window, place), 'Data Processing 4, Window Size');
  assert.equal(titleOfPlace(window, { option: 'latency' }), 'Latency Setting');
  assert.equal(titleOfPlace(window, { option: 'not known' }), 'not known');
  assert.equal(titleOfPlace(window, {}), '');
});

test('a field is set and taken away, and what the form does not know stays', () => {
  const form = { latency: '5 minutes', more: [1] };
  assert.deepEqual(setFormField(form, 'latency', '0 second'), { latency: '0 second', more: [1] });
  assert.deepEqual(setFormField(form, 'latency', undefined), { more: [1] });
  assert.equal(setFormField(form, 'latency', '5 minutes'), form);
});

test('points of rows can be picked again, and say what a row is about', () => {
  const form = { points: [row, { ...row, inputPointId: 'bare' }, 'no row'] };
  assert.deepEqual(pointsInForm(window, form), ['m::a', 'm::b']);
  const [table] = window.filter(({ kind }) => kind === 'table');
  assert.ok(table);
  assert.equal(rowSummary(table, row), 'm::a · m::b');
  assert.equal(rowSummary(table, 'no row'), '');
});

test('columns of a row are there while the one they depend on has the value, loosely spelt too', () => {
  const [table] = fieldsOfType(3).filter(({ kind }) => kind === 'table');
  const shown = (cells: Record<string, string | number>) =>
    (table?.columns ?? [])
      .filter((column) => isShown(column, table?.columns ?? [], (name) => cells[name]))
      .map(({ name }) => name)
      .filter((name) => /slope|Value|scale/i.test(name));
  assert.deepEqual(shown({}), ['slopeType', 'minValue', 'maxValue', 'scaleType', 'scale']);
  assert.deepEqual(shown({ slopeType: 0, scaleType: '0' }), [
    'slopeType',
    'slopeAttribute',
    'scaleType',
    'scaleAttribute',
  ]);
});

test('forms differ by field, and a row that is gone is one change', () => {
  const titles = (before: object, after: object) =>
    diffForms(window, isObject(before) ? before : {}, isObject(after) ? after : {}).map(({ title }) => title);
  const rows = Array.from({ length: 50 }, (_, n) => ({ ...row, inputPointId: `m::${n}` }));
  assert.deepEqual(titles({ points: rows }, { points: rows }), []);
  assert.deepEqual(titles({ points: rows }, { points: rows.filter((_, n) => n !== 7) }), ['Data Processing 8']);
  const changed = rows.map((each, n) => (n === 3 ? { ...each, windowSize: '1h', own: 1 } : each));
  assert.deepEqual(titles({ points: rows, latency: '0 second' }, { points: changed }), [
    'Latency Setting',
    'Data Processing 4, Window Size',
    'Data Processing 4, own',
  ]);
  assert.deepEqual(titles({ own: 1 }, { own: 2 }), ['own']);
});
