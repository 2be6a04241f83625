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
  'measurementId',
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

/** Texts with numbers that a double does not hold, nested, and with names and texts beyond ASCII. */
const oddNumber = fc.constantFrom(
  '9007199254740993',
  '1.10',
  '1.0',
  '-0',
  '-0.0',
  '1e2',
  '0.1000000000000000055511151231',
);
const oddText: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(fc.constantFrom(...KNOWN, 'ü', '\\u0061ttr', 'a\\"b'), space, space, oddNumber, oddNumber, fc.nat(4)),
    { maxLength: 6 },
  )
  .map((members) =>
    members.map(([name, a, b, x, y, how]) => {
      const value = [
        x,
        `{"k":${x},${a}"deviceId" :${y}}`,
        `[${x}, ${y}]`,
        `"ü${x}"`,
        `{"n":{"m":[${y}]},"__proto__":${x}}`,
      ];
      return `${b}"${name}"${a}:${b}${value[how]}${a}`;
    }),
  )
  .map((members) => `{${members.join(',')}}`);

/** The reference: `JSON.parse`, but each number keeps its text. */
const exactly = (text: string): JsonValue =>
  JSON.parse(text, ((_: string, value: unknown, { source }: { source: string }) =>
    typeof value === 'number' ? rawJson(source) : value) as (key: string, value: unknown) => unknown) as JsonValue;
const rawJson = (JSON as unknown as { rawJSON(text: string): JsonValue }).rawJSON;
const isObject = (value: JsonValue | undefined): value is JsonObject => isJsonObject(value) && !Object.isFrozen(value);
const plain = (value: JsonValue): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const name of Object.keys(value).sort()) setOwn(copy, name, sorted(value[name] as JsonValue));
  return copy;
};
const canonical = (text: string): string => JSON.stringify(sorted(exactly(text)));
const setOwn = (target: JsonObject, name: string, value: JsonValue): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

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

  test('changes are made in the text as in an object whose numbers are texts, and nothing else changes', () => {
    const name = fc.constantFrom('pointId', 'modelId', 'time', 'value', 'quality', 'dq', 'assetId', 'extra', 'attr');
    const key = fc.constantFrom('k', 'k2', 'deviceId', 'n', '__proto__');
    const exact = fc.constantFrom('1.10', '9223372036854775807', '{"a":[1.0,-0]}', '"ü"', '12345678901234567890.50');
    // Lists might hold numbers that were there before, which keep their spelling: the next test.
    const value = scalar.filter((candidate) => !Array.isArray(candidate) || candidate.length === 0);
    const change = fc.oneof(
      fc.record({ how: fc.constant('set' as const), name, value }),
      fc.record({ how: fc.constant('setJson' as const), name, text: exact }),
      fc.record({ how: fc.constant('remove' as const), name }),
      fc.record({ how: fc.constant('setAttr' as const), name: key, value }),
      fc.record({ how: fc.constant('setAttrJson' as const), name: key, text: exact }),
      fc.record({ how: fc.constant('removeAttr' as const), name: key }),
      fc.record({ how: fc.constant('look' as const), name }),
      fc.record({ how: fc.constant('copy' as const) }),
    );
    fc.assert(
      fc.property(fc.oneof(messageText, oddText), fc.array(change, { minLength: 1, maxLength: 5 }), (text, changes) => {
        const first = read(text);
        if (first instanceof MalformedValue) return;
        let record = first;
        const expected = exactly(text) as JsonObject;
        for (const made of changes) {
          const attr = (): JsonObject => {
            if (!isObject(expected.attr)) setOwn(expected, 'attr', {});
            return expected.attr as JsonObject;
          };
          switch (made.how) {
            case 'set':
              record.set(made.name, structuredClone(made.value));
              setOwn(expected, made.name, structuredClone(made.value));
              break;
            case 'setJson':
              record.setJson(made.name, made.text);
              setOwn(expected, made.name, exactly(made.text));
              break;
            case 'remove':
              record.remove(made.name);
              delete expected[made.name];
              break;
            case 'setAttr':
              record.setAttr(made.name, structuredClone(made.value));
              setOwn(attr(), made.name, structuredClone(made.value));
              break;
            case 'setAttrJson':
              record.setAttrJson(made.name, made.text);
              setOwn(attr(), made.name, exactly(made.text));
              break;
            case 'removeAttr':
              record.removeAttr(made.name);
              if (isObject(expected.attr)) delete expected.attr[made.name];
              break;
            case 'look':
              // It is parsed from here on; what it has is compared below.
              assert.equal(record.get(made.name) === undefined, !Object.hasOwn(expected, made.name));
              break;
            case 'copy':
              record = record.copy();
          }
        }
        assert.deepEqual(canonical(record.toJson()), JSON.stringify(sorted(expected)), text);
        assert.equal(record.copy().toJson(), record.toJson());
        assert.deepEqual(plain(sorted(record.fields)), plain(sorted(JSON.parse(record.toJson()) as JsonObject)));
        for (const field of Object.keys(expected)) {
          const spelledAs = record.jsonOf(field);
          assert.ok(spelledAs !== undefined);
          assert.equal(canonical(spelledAs), JSON.stringify(sorted(expected[field] as JsonValue)));
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('an object that was changed as a whole keeps the digits of the numbers that are still there', () => {
    const record = read('{"assetId":"ü","big":{"n":9007199254740993,"list":[1.10,2.0,{"m":-0}],"gone":1.0}}');
    assert.ok(record instanceof StreamRecord);
    const big = structuredClone(record.get('big')) as { n: number; list: JsonValue[]; gone?: number; more?: number };
    delete big.gone;
    big.more = 2;
    big.list[1] = 3;
    record.set('big', big as unknown as JsonObject);
    assert.equal(record.toJson(), '{"assetId":"ü","big":{"n":9007199254740993,"list":[1.10,3,{"m":-0}],"more":2}}');
  });

  test('digits stay whatever was read and wherever the text is unusual', () => {
    const cases: readonly [string, (record: StreamRecord) => void, string][] = [
      [
        '{"pointId":"p","attr":{"deviceId":1234567890123456789,"price":1.10}}',
        (record) => record.setAttr('isLate', true),
        '{"pointId":"p","attr":{"deviceId":1234567890123456789,"price":1.10,"isLate":true}}',
      ],
      [
        '{"assetId":"ü3","pointId":"p","value":9223372036854775807}',
        (record) => record.set('dq', record.get('serial') === undefined ? 0 : 1),
        '{"assetId":"ü3","pointId":"p","value":9223372036854775807,"dq":0}',
      ],
      [
        '{"assetId":"ü2","value":-0}',
        (record) => record.set('pointId', 'q'),
        '{"assetId":"ü2","value":-0,"pointId":"q"}',
      ],
      [
        ' { "a" : 1.0 , "b" : [ 2.50 ] , "a" : 3.0 } ',
        (record) => record.set('b', record.get('a') ?? null),
        '{ "a" : 1.0 , "b" : 3 , "a" : 3.0 }',
      ],
    ];
    for (const [text, change, expected] of cases) {
      const record = read(text);
      assert.ok(record instanceof StreamRecord);
      change(record);
      assert.equal(record.toJson(), expected);
    }
  });

  test('a number beyond all numbers is an error of its message, with its place', () => {
    const codeOf = (text: string): string => {
      const found = read(text);
      return found instanceof MalformedValue ? `${found.code} ${found.message}` : 'record';
    };
    assert.match(codeOf('{"assetId":"a","value":1e400}'), /^RECORD_NUMBER_TOO_LARGE The number at \/value is/);
    assert.match(codeOf(`{"value":${'9'.repeat(400)}}`), /RECORD_NUMBER_TOO_LARGE.*\/value/);
    assert.match(codeOf('{"a":[{"b/c":-1e999}]}'), /\/a\/0\/b~1c/);
    assert.equal(codeOf('{"text":"1e400","small":1e-400,"large":1e308}'), 'record');
    const depth = 20_000;
    assert.match(codeOf(`{"a":${'['.repeat(depth)}1e400${']'.repeat(depth)}}`), /RECORD_NUMBER_TOO_LARGE/);
  });

  test('a number that JSON has not cannot be put into a record', () => {
    const refused = { code: 'RECORD_NUMBER_NOT_FINITE' };
    const record = StreamRecord.from({ value: 1 });
    assert.throws(() => record.set('value', Number.NaN), { ...refused, message: /at \/value is not finite/ });
    assert.throws(() => record.setAttr('n', { list: [1, Number.NEGATIVE_INFINITY] }), {
      ...refused,
      message: /at \/attr\/n\/list\/1 /,
    });
    assert.throws(() => record.derive({ value: Number.POSITIVE_INFINITY }), refused);
    assert.equal(record.toJson(), '{"value":1}');
  });

  test('a time that is a text of digits is a time', () => {
    const timeOf = (json: string): number | undefined => {
      const record = read(`{"time":${json}}`);
      assert.ok(record instanceof StreamRecord);
      return record.time;
    };
    assert.equal(timeOf('"1767225600000"'), 1767225600000);
    assert.equal(timeOf('1767225600000'), 1767225600000);
    for (const json of ['"2026-01-01"', '""', '"1e3"', '"99999999999999999"', '1.5', 'null', 'true'])
      assert.equal(timeOf(json), undefined, json);
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

test('a record of a measurement given as text answers with the id it was given, and needs no parsing to have no point', () => {
  const source = StreamRecord.from({});
  const text = '{"assetId":"b","measurementId":"q","value":1}';
  const known = source.deriveFromJson(text, 'b', undefined, 'q');
  assert.deepEqual([known.assetId, known.pointId, known.measurementId, known.toJson()], ['b', undefined, 'q', text]);
  assert.deepEqual([known.copy().pointId, known.copy().measurementId], [undefined, 'q']);
  known.set('pointId', 'r');
  known.set('measurementId', 's');
  assert.deepEqual([known.pointId, known.measurementId, known.get('value')], ['r', 's', 1]);
  const both = source.deriveFromJson('{"pointId":"p","measurementId":"q"}', undefined, undefined, 'q');
  assert.deepEqual([both.pointId, both.measurementId], ['p', 'q']);
});

test('a measurement that is set stands where it stood, or at the end', () => {
  const renamed = (text: string): string => {
    const record = StreamRecord.read(batchOf([text]), 0);
    assert.ok(record instanceof StreamRecord);
    record.set('measurementId', 'new');
    return record.toJson();
  };
  assert.equal(renamed('{"measurementId":"old","value":1.10}'), '{"measurementId":"new","value":1.10}');
  assert.equal(renamed('{"pointId":"p","value":1.10}'), '{"pointId":"p","value":1.10,"measurementId":"new"}');
});
