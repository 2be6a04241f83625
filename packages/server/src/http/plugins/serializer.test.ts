import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSerializerBuilder } from './serializer.ts';

const route = { method: 'GET', url: '/', httpStatus: '200' };
const named = {
  Wheel: { $id: 'Wheel', type: 'object', properties: { spokes: { type: 'integer' } } },
  Axle: { $id: 'Axle', type: 'object', properties: { left: { $ref: 'Wheel#' }, right: { $ref: 'Wheel#' } } },
  Sail: { $id: 'Sail', type: 'object', properties: { area: { type: 'number' } } },
};
const answerOf = (name: string) => ({ type: 'object', properties: { it: { $ref: `${name}#` } } });

test('an answer is written by the schemas it refers to, also through others, and holds nothing else', () => {
  const write = createSerializerBuilder()(named)({ ...route, schema: answerOf('Axle') });
  const text = write({ it: { left: { spokes: 7, secret: 1 }, right: { spokes: 8 } }, secret: 2 });
  assert.equal(text, '{"it":{"left":{"spokes":7},"right":{"spokes":8}}}');
});

test('answers of one form are written by one serializer, whichever scope of an application they belong to', () => {
  const build = createSerializerBuilder();
  const first = build(named)({ ...route, schema: answerOf('Sail') });
  assert.equal(build({ ...named })({ ...route, httpStatus: '400', schema: answerOf('Sail') }), first);
  assert.notEqual(build(named)({ ...route, schema: answerOf('Axle') }), first);
});

test('a scope with another schema of the same name gets its own', () => {
  const build = createSerializerBuilder();
  const wider = { ...named.Wheel, properties: { ...named.Wheel.properties, valve: { type: 'string' } } };
  const wheel = { left: { spokes: 7, valve: 'auto' } };
  const asNamed = build(named)({ ...route, schema: answerOf('Axle') });
  const asWider = build({ ...named, Wheel: wider })({ ...route, schema: answerOf('Axle') });
  assert.equal(asNamed({ it: wheel }), '{"it":{"left":{"spokes":7}}}');
  assert.equal(asWider({ it: wheel }), '{"it":{"left":{"spokes":7,"valve":"auto"}}}');
});

test('a reference to what nobody named is told when the route is made', () => {
  assert.throws(() => createSerializerBuilder()(named)({ ...route, schema: answerOf('Rudder') }), /Rudder/);
});
