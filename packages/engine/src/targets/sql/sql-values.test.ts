import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamRecord } from '../../record/stream-record.ts';
import { batchOf } from '../../record/testing.ts';
import { insertStatement } from './sql-statements.ts';
import { columnText, ValueNotWritable } from './sql-values.ts';

const text = (json: string, field: readonly string[], type: string): string | null => {
  const record = StreamRecord.read(batchOf([json]), 0);
  assert.ok(record instanceof StreamRecord);
  return columnText(record, { column: 'c', field }, type);
};

test('values come as the column reads them, with the digits they had', () => {
  for (const [json, type, expected] of [
    ['12345678901234567890.10', 'numeric', '12345678901234567890.10'],
    ['3.0', 'integer', '3'],
    ['3e2', 'bigint', '300'],
    ['3.5', 'integer', '3.5'],
    ['true', 'boolean', 'true'],
    ['"x"', 'text', 'x'],
    ['"x"', 'jsonb', '"x"'],
    ['null', 'jsonb', null],
    ['{"a":1.0}', 'json', '{"a":1.0}'],
    ['[1]', 'text', '[1]'],
    ['1700000000000', 'timestamp with time zone', '2023-11-14T22:13:20.000Z'],
    ['"2023-11-14"', 'date', '2023-11-14'],
    ['"nul \\u0000"', 'text', 'nul \u0000'],
  ] as const)
    assert.equal(text(`{"v":${json}}`, ['v'], type), expected, json);
  assert.equal(text('{}', ['v'], 'text'), null);
  assert.equal(text('{"attr":{"tag":"t"}}', ['attr', 'tag'], 'text'), 't');
  assert.equal(text('{"attr":5}', ['attr', 'tag'], 'text'), null);
  assert.equal(text('{"v":1.0}', [], 'jsonb'), '{"v":1.0}');
});

test('what no database could take as it is, is refused before it is sent', () => {
  assert.throws(() => text('{"v":"\\ud800"}', ['v'], 'text'), ValueNotWritable);
  assert.throws(() => text('{"v":9e99}', ['v'], 'date'), ValueNotWritable);
});

test('a statement names everything in quotes, and casts to nothing that cuts off', () => {
  const table = { schema: 'a"b', table: 't', columns: ['k', 'v'], keys: ['k'] };
  const types = new Map([
    ['k', 'character varying'],
    ['v', 'integer'],
  ]);
  assert.equal(
    insertStatement(table, types),
    'insert into "a""b"."t" ("k", "v") select v.c0::text, v.c1::integer ' +
      'from unnest($1::text[], $2::text[]) with ordinality as v(c0, c1, n) order by v.n ' +
      'on conflict ("k") do update set "v" = excluded."v"',
  );
  assert.match(insertStatement({ ...table, columns: ['k'] }, types), /on conflict \("k"\) do nothing$/);
  assert.doesNotMatch(insertStatement({ ...table, keys: [] }, types), /conflict/);
});
