import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamRecord } from '@penstock/engine';
import fc from 'fast-check';
import { applyOutputPoint, outputPointOf, pathToModel } from './output-point.ts';
import { parsePointReference } from './point-reference.ts';
import { PointTable } from './point-table.ts';

test('a point reference is model, two colons, point', () => {
  assert.deepEqual(parsePointReference('turbine::WNAC.WindSpeed'), { modelId: 'turbine', pointId: 'WNAC.WindSpeed' });
  assert.deepEqual(parsePointReference(' m :: a:b '), { modelId: 'm', pointId: 'a:b' });
  for (const text of ['', 'point', '::point', 'model::', 'a/b::c', ' :: '])
    assert.equal(parsePointReference(text), undefined, text);
});

test('rows match by point id and by a whole segment of the model path, or the model itself', () => {
  const table = new PointTable(['turbine', 'root'], (modelId) => ({ modelId, pointId: 'power' }));
  const rowsFor = (fields: object) => table.rowsFor(StreamRecord.from({ pointId: 'power', ...fields }));
  assert.deepEqual(rowsFor({ modelIdPath: '/root/turbine' }), ['turbine', 'root']);
  assert.deepEqual(rowsFor({ modelIdPath: '/turbine/big' }), ['turbine']);
  assert.deepEqual(rowsFor({ modelIdPath: '/turbines' }), []);
  assert.deepEqual(rowsFor({ modelId: 'turbine' }), ['turbine']);
  assert.deepEqual(rowsFor({ modelId: 'other' }), []);
  assert.deepEqual(rowsFor({ pointId: 'speed', modelId: 'turbine' }), []);
  assert.deepEqual(table.rowsFor(StreamRecord.from({ pointId: 7, modelId: 'turbine' })), []);
  assert.deepEqual(table.rowsFor(StreamRecord.from({ pointId: '__proto__', modelId: 'turbine' })), []);
});

test('agrees with a plain search, also when more model paths come than are remembered', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'root', 'constructor', '');
  const row = fc.record({ modelId: fc.constantFrom('a', 'b', 'root'), pointId: fc.constantFrom('p', 'q', 'toString') });
  const record = fc.record({
    modelId: name,
    pointId: fc.constantFrom('p', 'q', 'r', 'toString'),
    modelIdPath: fc.oneof(
      fc.array(name).map((names) => `/${names.join('/')}`),
      fc.integer().map((n) => `/x${n}/a`),
    ),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), fc.array(record, { maxLength: 40 }), (rows, records) => {
      const table = new PointTable(rows, (one) => one);
      for (const fields of records) {
        const expected = rows.filter(
          ({ modelId, pointId }) =>
            pointId === fields.pointId &&
            (modelId === fields.modelId || fields.modelIdPath.split('/').includes(modelId)),
        );
        assert.deepEqual(table.rowsFor(StreamRecord.from({ ...fields })), expected);
      }
    }),
  );
  const table = new PointTable([{ modelId: 'a', pointId: 'p' }], (one) => one);
  for (let i = 0; i < 5000; i++) {
    assert.equal(table.rowsFor(StreamRecord.from({ pointId: 'p', modelIdPath: `/m${i}/a` })).length, 1);
    assert.equal(table.rowsFor(StreamRecord.from({ pointId: 'p', modelIdPath: `/m${i}` })).length, 0);
  }
});

test('a point of a hundred thousand models is as quick to look up as one of few', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => ({ modelId: `m${index}`, pointId: 'p' }));
  const table = new PointTable(rows, (row) => row);
  for (let at = 0; at < 5000; at++) {
    const modelId = `m${at * 20}`;
    assert.deepEqual(table.rowsOf('p', modelId, `/root/${modelId}`), [rows[at * 20]]);
  }
});

test('the output point replaces the point, and model and path only where the model is another', () => {
  const rename = (input: string, output: string, fields: object) => {
    const record = StreamRecord.from({ ...fields });
    const [from, to] = [parsePointReference(input), parsePointReference(output)];
    assert.ok(from && to);
    applyOutputPoint(record, outputPointOf(from, to));
    return record.fields;
  };
  const big = { modelId: 'big', modelIdPath: '/root/turbine/big', pointId: 'p' };
  assert.deepEqual(rename('turbine::p', 'turbine::q', big), { ...big, pointId: 'q' });
  assert.deepEqual(rename('turbine::p', 'root::q', big), { modelId: 'root', modelIdPath: '/root', pointId: 'q' });
  assert.deepEqual(rename('turbine::p', 'site::q', big), { modelId: 'site', modelIdPath: '/site', pointId: 'q' });
  assert.equal(pathToModel(undefined, 'site'), '/site');
});
