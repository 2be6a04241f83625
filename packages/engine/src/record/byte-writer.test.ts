import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import { anyText } from '@penstock/testkit/any-text';
import fc from 'fast-check';
import { ByteWriter } from './byte-writer.ts';

const written = (value: JsonValue): string => {
  const writer = new ByteWriter();
  writer.json(value);
  return writer.bytes.utf8Slice(0, writer.length);
};

test('values are written as JSON.stringify writes them', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 7 }), (json) =>
      assert.equal(written(json as JsonValue), JSON.stringify(json)),
    ),
  );
  fc.assert(fc.property(fc.double(), (number) => assert.equal(written(number), JSON.stringify(number))));
  fc.assert(
    fc.property(anyText(), (text) => assert.equal(written({ [text]: text }), JSON.stringify({ [text]: text }))),
  );
});

test('members that are undefined are left out, numbers that are not finite are null', () => {
  const odd = { a: undefined, b: Number.NaN, c: Number.POSITIVE_INFINITY, d: -0, e: { f: undefined } };
  assert.equal(written(odd as unknown as JsonValue), JSON.stringify(odd));
});

test('pieces stand one behind the other however large they are', () => {
  const writer = new ByteWriter();
  const large = 'ü'.repeat(100_000);
  writer.text(large);
  writer.byte(0x2c);
  writer.copy(Buffer.from('0123456789'), 2, 5);
  writer.copy(Buffer.alloc(200_000, 'x'), 0, 200_000);
  assert.equal(writer.bytes.utf8Slice(0, writer.length), `${large},234${'x'.repeat(200_000)}`);
  writer.reset();
  writer.json(true);
  assert.equal(writer.bytes.utf8Slice(0, writer.length), 'true');
});
