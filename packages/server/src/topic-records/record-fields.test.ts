import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldsOf, sampleFieldsOf } from './record-fields.ts';
import { MAX_VALUE_BYTES, type SampledRecord } from './sampled-record.ts';

const recordOf = (value: string | Buffer | null, size?: number): SampledRecord => {
  const bytes = value === null ? null : Buffer.from(value);
  return {
    partition: 0,
    offset: 0,
    timestamp: 0,
    key: { bytes: null, size: 0 },
    value: { bytes, size: size ?? bytes?.length ?? 0 },
    headers: [],
    headerCount: 0,
    kept: 0,
  };
};
const linesOf = (value: string): string[] =>
  fieldsOf(recordOf(value)).fields.map(({ path, type, text }) => `${path} ${type} ${text}`);

test('objects are taken apart, and numbers keep every digit they have', () => {
  assert.deepEqual(
    linesOf(
      '{"assetId":"a","value":1.10,"id":12345678901234567890,"attr":{"a/b~c":null,"on":true},"list":[1.0,{"x":2.50}]}',
    ),
    [
      '/assetId string "a"',
      '/value number 1.10',
      '/id number 12345678901234567890',
      '/attr/a~1b~0c null null',
      '/attr/on boolean true',
      '/list array [1.0,{"x":2.50}]',
    ],
  );
  assert.deepEqual(linesOf('{}'), [' object {}']);
  assert.deepEqual(linesOf(' 5e1 '), [' number 5e1']);
  assert.deepEqual(linesOf('{"a":{"b":{"c":{"d":{"e":1}}}}}'), ['/a/b/c/d object {"e":1}'], 'so deep and no deeper');
});

test('of a message that is an array the items are taken apart', () => {
  const decoded = fieldsOf(recordOf('[{"a":1},{"a":"x","b":2}]'));
  assert.deepEqual(
    decoded.fields.map(({ path }) => path),
    ['/0/a', '/1/a', '/1/b'],
  );
  const object = fieldsOf(recordOf('{"0":{"a":true},"c":3}'));
  assert.deepEqual(sampleFieldsOf([decoded, object]), [
    { path: '/*/a', types: ['number', 'string'], count: 2, example: '1' },
    { path: '/*/b', types: ['number'], count: 1, example: '2' },
    { path: '/0/a', types: ['boolean'], count: 1, example: 'true' },
    { path: '/c', types: ['number'], count: 1, example: '3' },
  ]);
});

test('what is no JSON says why, and what was cut says nothing', () => {
  const faultOf = (value: string | Buffer | null, size?: number) => {
    const { fields, fault } = fieldsOf(recordOf(value, size));
    assert.deepEqual(fields, []);
    return fault;
  };
  assert.equal(faultOf(null), 'RECORD_VALUE_NULL');
  assert.equal(faultOf(''), 'RECORD_NOT_JSON');
  assert.equal(faultOf('{"a":'), 'RECORD_NOT_JSON');
  assert.equal(faultOf(Buffer.from([0xff, 0xfe])), 'RECORD_NOT_UTF8');
  assert.equal(faultOf('{"a":', 100), undefined);
});

test('whatever brackets stand within brackets, and however many fields there are, it ends', () => {
  const deep = '['.repeat(MAX_VALUE_BYTES / 2) + ']'.repeat(MAX_VALUE_BYTES / 2);
  assert.deepEqual(
    fieldsOf(recordOf(deep)).fields.map(({ path, type }) => [path, type]),
    [['', 'array']],
  );
  assert.equal(fieldsOf(recordOf('['.repeat(MAX_VALUE_BYTES))).fault, 'RECORD_NOT_JSON');
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`f${n}`, n])));
  assert.equal(fieldsOf(recordOf(wide)).fields.length, 100);
  const [long] = fieldsOf(recordOf(JSON.stringify({ a: 'x'.repeat(5000) }))).fields;
  assert.equal(long?.text.length, 200);
});

test('fields are those that JSON.parse finds, whatever the message is', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => {
      const value: unknown = JSON.parse(text);
      const { fields, fault } = fieldsOf(recordOf(text));
      assert.equal(fault, undefined);
      for (const { path, text: shown } of fields.filter((field) => !field.text.endsWith('…'))) {
        const at = path
          .split('/')
          .slice(1)
          .reduce<unknown>(
            (inner, name) => (inner as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')],
            value,
          );
        assert.deepEqual(JSON.parse(shown), at);
      }
    }),
  );
});
