import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { decodeValue, MalformedValue } from './decode-value.ts';
import { MeasurementScanner } from './measurement-scanner.ts';
import { StreamRecord } from './stream-record.ts';
import { batchOf } from './testing.ts';

const KNOWN = [
  'orgId',
  'modelId',
  'modelIdPath',
  'assetId',
  'pointId',
  'time',
  'value',
  'quality',
  'dq',
  'attr',
  'other',
  '__proto__',
];

const spelled = (value: JsonValue): fc.Arbitrary<string> => {
  if (typeof value === 'number')
    return fc.constantFrom(JSON.stringify(value), value.toExponential(), `${value}0`, `0${value}`);
  return fc.constant(JSON.stringify(value));
};
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom<JsonValue>(
    null,
    true,
    false,
    {},
    [],
    { a: 1 },
    [1, '}'],
    9007199254740992,
    0.1,
    -0,
    1e21,
    123456789012345680000,
  ),
);
const space = fc.constantFrom('', '', '', ' ', '\n', '  ');
/** Texts near a measurement message: canonical ones, oddly spaced ones, wrong ones, cut ones. */
const messageText: fc.Arbitrary<string> = fc
  .array(
    fc
      .tuple(fc.oneof(fc.constantFrom(...KNOWN), fc.string({ maxLength: 5 })), scalar, space, space)
      .chain(([name, value, a, b]) => spelled(value).map((text) => `${JSON.stringify(name)}${a}:${b}${text}`)),
    { maxLength: 8 },
  )
  .chain((members) =>
    fc
      .tuple(fc.constantFrom(',', ',', ', ', ',,', ';'), space, fc.nat(400), fc.nat(6))
      .map(([comma, pad, cut, how]) => {
        const text = `{${pad}${members.join(comma)}${pad}}`;
        return how === 0 ? text.slice(0, cut) : how === 1 ? text + text : text;
      }),
  );

const read = (text: string): StreamRecord | MalformedValue => {
  // Bytes before and behind the value must not matter.
  const batch = batchOf(['{"assetId":"before"}', text, '","x":1}']);
  const record = StreamRecord.read(batch, 1);
  assert.ok(record !== undefined);
  return record;
};

describe('a record read from bytes', () => {
  test('the scanner accepts only what parses, with the same values', () => {
    const scanner = new MeasurementScanner();
    let accepted = 0;
    fc.assert(
      fc.property(messageText, (text) => {
        const batch = batchOf(['{', text, '"}']);
        const start = batch.valueStart[1] ?? 0;
        const end = batch.valueEnd[1] ?? 0;
        if (!scanner.scan(batch.bytes, start, end)) return;
        accepted++;
        const parsed = decodeValue(batch.bytes, start, end);
        assert.ok(!(parsed instanceof MalformedValue), `accepted ${text}`);
        const record = StreamRecord.read(batch, 1);
        assert.ok(record instanceof StreamRecord);
        for (const name of KNOWN) {
          if (name === 'attr' || name === 'orgId' || name === 'other' || name === '__proto__') continue;
          assert.deepEqual(
            record.get(name),
            Object.hasOwn(parsed, name) ? parsed[name] : undefined,
            `${name} of ${text}`,
          );
        }
        assert.equal(record.toJson(), text);
        assert.deepEqual(record.fields, parsed);
      }),
      { numRuns: 20000 },
    );
    assert.ok(accepted > 1000, `only ${accepted} texts were accepted`);
  });

  test('changes are the same whether they were spliced into the text or made in the object', () => {
    const change = fc.oneof(
      fc.tuple(
        fc.constantFrom('pointId', 'modelId', 'modelIdPath', 'time', 'value', 'quality', 'dq', 'assetId', 'extra'),
        scalar,
      ),
      fc.tuple(fc.constant('attr:'), scalar),
    );
    fc.assert(
      fc.property(messageText, fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
        const record = read(text);
        const expected = decodeValue(Buffer.from(text), 0, Buffer.byteLength(text));
        if (record instanceof MalformedValue || expected instanceof MalformedValue) {
          assert.ok(record instanceof MalformedValue && expected instanceof MalformedValue);
          return;
        }
        for (const [name, value] of changes) {
          if (name === 'attr:') {
            record.setAttr('k', structuredClone(value));
            const attr = isJsonObject(expected.attr) ? expected.attr : {};
            attr.k = structuredClone(value);
            expected.attr = attr;
          } else {
            record.set(name, structuredClone(value));
            expected[name] = structuredClone(value);
          }
        }
        const copied = record.copy();
        assert.deepEqual(JSON.parse(record.toJson()), JSON.parse(JSON.stringify(expected)));
        assert.equal(copied.toJson(), record.toJson());
        assert.deepEqual(JSON.parse(JSON.stringify(record.fields)), JSON.parse(JSON.stringify(expected)));
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps the spelling of what nobody changed', () => {
    const record = read('{"serial":12345678901234567890,"pointId":"a","ratio":1.50,"attr":{}}');
    assert.ok(record instanceof StreamRecord);
    record.set('pointId', 'b');
    record.setAttr('seen', true);
    record.set('dq', 5);
    assert.equal(
      record.toJson(),
      '{"serial":12345678901234567890,"pointId":"b","ratio":1.50,"attr":{"seen":true},"dq":5}',
    );
  });

  test('says why a value is no record', () => {
    const code = (value: string | Buffer): string => {
      const read = StreamRecord.read(batchOf([value]), 0);
      return read instanceof MalformedValue ? read.code : 'record';
    };
    assert.equal(code('{"a":'), 'RECORD_NOT_JSON');
    assert.equal(code(''), 'RECORD_NOT_JSON');
    assert.equal(code('[1]'), 'RECORD_NOT_OBJECT');
    assert.equal(code('null'), 'RECORD_NOT_OBJECT');
    assert.equal(code('"text"'), 'RECORD_NOT_OBJECT');
    assert.equal(code(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 'RECORD_NOT_UTF8');
    assert.equal(code('{"name":"\ufffd"}'), 'record');
    assert.equal(code('{"name":"风机"}'), 'record');
  });

  test('a malformed message gives no part of its contents away in the reason', () => {
    const read = StreamRecord.read(batchOf(['{"password":"s3cret" oops}']), 0);
    assert.ok(read instanceof MalformedValue);
    assert.doesNotMatch(read.message, /s3cret|password|oops/);
  });

  test('an own field named __proto__ stays a field', () => {
    const record = read('{"__proto__":{"assetId":"x"},"pointId":"p"}');
    assert.ok(record instanceof StreamRecord);
    assert.equal(record.assetId, undefined);
    record.set('pointId', 'q');
    assert.equal(record.toJson(), '{"__proto__":{"assetId":"x"},"pointId":"q"}');
  });

  test('a filter skips a scanned record and never one that had to be parsed', () => {
    const none = (): boolean => false;
    assert.equal(StreamRecord.read(batchOf(['{"pointId":"a"}']), 0, none), undefined);
    assert.ok(StreamRecord.read(batchOf(['{ "pointId" : "a" }']), 0, none) instanceof StreamRecord);
    assert.ok(StreamRecord.read(batchOf(['{"pointId":']), 0, none) instanceof MalformedValue);
  });

  test('text from a script is parsed only when somebody looks', () => {
    const source = read('{"pointId":"a"}');
    assert.ok(source instanceof StreamRecord);
    const made = source.deriveFromJson('{"pointId":"b","n":1.0}');
    assert.equal(made.toJson(), '{"pointId":"b","n":1.0}');
    assert.equal(made.pointId, 'b');
    const fields: JsonObject = made.fields;
    assert.deepEqual(fields, { pointId: 'b', n: 1 });
  });
});

test('a record given as text answers with the key it was given, and with its text once it is parsed', () => {
  const source = StreamRecord.from({ assetId: 'a', pointId: 'p' });
  const text = '{"assetId":"b","pointId":"q","value":1}';
  const known = source.deriveFromJson(text, 'b', 'q');
  assert.deepEqual([known.assetId, known.pointId, known.toJson()], ['b', 'q', text]);
  assert.deepEqual([known.copy().assetId, known.copy().pointId], ['b', 'q']);
  known.set('pointId', 'r');
  assert.deepEqual([known.assetId, known.pointId, known.get('value')], ['b', 'r', 1]);
  const unknown = source.deriveFromJson(text, 'b');
  assert.deepEqual([unknown.assetId, unknown.pointId, unknown.modelId], ['b', 'q', undefined]);
});
