import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, modelInPoint, suggestPoints } from './suggest.ts';

const models = [
  { modelId: 'WindTurbine', name: 'Wind turbine' },
  { modelId: 'Mast', name: 'Met mast' },
];
const points = [
  { pointId: 'Speed', name: 'Wind speed', unit: 'm/s' },
  { pointId: 'Power', name: 'Power' },
];
const values = (typed: string, known: Partial<Parameters<typeof suggestPoints>[1]> = {}) =>
  suggestPoints(typed, { models, points: undefined, own: [], ...known }).map(({ value, hint }) => [value, hint]);

test('a point is picked by its model first, found by id or name, then by its own id, name or unit', () => {
  assert.deepEqual(values('met'), [['Mast::', 'Met mast']]);
  assert.deepEqual(values(''), [
    ['WindTurbine::', 'Wind turbine'],
    ['Mast::', 'Met mast'],
  ]);
  assert.equal(modelInPoint('Wind'), undefined);
  assert.equal(modelInPoint('WindTurbine::Sp'), 'WindTurbine');
  assert.deepEqual(values('WindTurbine::', { points }), [
    ['WindTurbine::Speed', 'Wind speed · m/s'],
    ['WindTurbine::Power', undefined],
  ]);
  assert.deepEqual(values('WindTurbine::spe', { points }), [['WindTurbine::Speed', 'Wind speed · m/s']]);
  // What follows the model is looked for in the middle of ids, and in names and units.
  assert.deepEqual(values('WindTurbine::ower', { points }), [['WindTurbine::Power', undefined]]);
  assert.deepEqual(values('WindTurbine::m/s', { points }), [['WindTurbine::Speed', 'Wind speed · m/s']]);
});

test('a point that is whole leaves all of its model to choose from, and those the document names are offered too', () => {
  assert.equal(values('WindTurbine::Speed', { points }).length, 2);
  assert.deepEqual(values('other::p', { own: ['Other::P', 'other::p', 'x::y'] }), [['Other::P', undefined]]);
  assert.deepEqual(values('WindTurbine::Pow', { points, own: ['WindTurbine::Power'] }), [
    ['WindTurbine::Power', undefined],
  ]);
});

test('what was typed is looked for in names and in what stands beside them', () => {
  const all = [{ value: 'a', hint: 'PostgreSQL · db' }, { value: 'b' }];
  assert.deepEqual(matching(all, 'postgres'), [all[0]]);
  assert.deepEqual(matching(all, 'b'), all);
  assert.deepEqual(matching(all, 'z'), []);
});
