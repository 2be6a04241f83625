import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldPathsOf } from './field-paths.ts';
import { messagesOf } from './messages-of.ts';
import { rowsOf, type SeenStage } from './pair-records.ts';
import { diffRecords } from './record-diff.ts';

const point = (pointId: string, value: number, time = 1, more = ''): string =>
  `{"modelId":"m","assetId":"a","pointId":"${pointId}","time":${time},"value":${value}${more}}`;
const stage = (seen: Partial<SeenStage>): SeenStage => ({
  id: 's',
  label: 'S',
  input: [],
  output: [],
  dropped: [],
  errors: [],
  ...seen,
});
const fates = (seen: Partial<SeenStage>, isStateful = false) =>
  rowsOf(stage(seen), isStateful).map(({ fate, before, after }) => [fate, before ?? '', after ?? '']);

test('fields are told apart by how they are spelt, beyond what the language holds', () => {
  assert.deepEqual(
    diffRecords(
      '{"same":1,"big":9007199254740993,"gone":null,"list":[1,{"a":"x"}],"empty":{}}',
      '{"same":1,"big":9007199254740992,"list":[1,{"a":1}],"empty":[],"new":true}',
    ).map(({ path, change, before, after }) => [path, change, before, after]),
    [
      ['/same', 'same', '1', '1'],
      ['/big', 'changed', '9007199254740993', '9007199254740992'],
      ['/gone', 'removed', 'null', undefined],
      ['/list/0', 'same', '1', '1'],
      ['/list/1/a', 'changed', '"x"', '1'],
      ['/empty', 'changed', '{0}', '[0]'],
      ['/new', 'added', undefined, 'true'],
    ],
  );
  assert.throws(() => diffRecords('{', '{}'), SyntaxError);
});

test('a record is beside what became of it: as it was, changed, dropped or refused', () => {
  const [a, b, c, d] = [point('a', 1), point('b', 2), point('c', 3), point('d', 4)];
  assert.deepEqual(
    fates({
      input: [a, b, c, d],
      output: [point('b', 2, 1, ',"tag":1'), a],
      dropped: [{ record: c, reason: 'not-selected' }],
      errors: [{ record: d, code: 'X', message: 'no' }],
    }),
    [
      ['same', a, a],
      ['changed', b, point('b', 2, 1, ',"tag":1')],
      ['dropped', c, ''],
      ['error', d, ''],
    ],
  );
});

test('what a window made is not taken for one of those it holds, and a stage without state keeps the order', () => {
  const input = [point('a', 1), point('a', 2, 2)];
  assert.deepEqual(fates({ input, output: [point('a.avg', 1.5)] }, true), [
    ['kept', input[0], ''],
    ['kept', input[1], ''],
    ['made', '', point('a.avg', 1.5)],
  ]);
  assert.deepEqual(fates({ input: ['{"x":1}', '{"x":2}'], output: ['{"y":1}', '{"y":2}'] }), [
    ['changed', '{"x":1}', '{"y":1}'],
    ['changed', '{"x":2}', '{"y":2}'],
  ]);
});

test('every record of a stage is in its rows, once', () => {
  const texts = fc.array(fc.constantFrom(point('a', 1), point('a', 2), point('b', 1), '{}', 'no json'), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(texts, texts, texts, fc.boolean(), (input, output, lost, isStateful) => {
      const dropped = lost.map((record) => ({ record, reason: 'r' }));
      const rows = rowsOf(stage({ input, output, dropped }), isStateful);
      assert.deepEqual(rows.flatMap(({ after }) => after ?? []).sort(), [...output].sort());
      const before = rows.flatMap(({ before: text }) => text ?? []);
      for (const text of input) assert.ok(before.includes(text));
      assert.equal(rows.filter(({ fate }) => fate === 'dropped').length, lost.length);
      assert.ok(before.length >= input.length);
    }),
  );
});

test('what is pasted is a list, one record or lines; digits stay, and lines that are no records are messages too', () => {
  assert.deepEqual(messagesOf('[{"v":1.10},{"v":9007199254740993}]'), ['{"v":1.10}', '{"v":9007199254740993}']);
  assert.deepEqual(messagesOf('{\n "v": 1\n}'), ['{"v":1}']);
  assert.deepEqual(messagesOf('{"v":1}\r\n\n{"v":\n'), ['{"v":1}', '{"v":']);
  assert.deepEqual(messagesOf(''), []);
});

test('records have the fields that any of them has', () => {
  assert.deepEqual(fieldPathsOf(['{"a":{"b":1}}', 'no json', '{"a":2,"c":[3]}', '4']), ['/a', '/a/b', '/c', '/c/0']);
});
