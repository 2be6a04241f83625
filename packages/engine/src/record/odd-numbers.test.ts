import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MeasurementScanner } from './measurement-scanner.ts';
import { hasOddNumbers } from './odd-numbers.ts';

const comesOutTheSame = (json: string): boolean => JSON.stringify(JSON.parse(json)) === json;

test('a number is odd where JavaScript would write it otherwise', () => {
  const odd = [
    '1.0',
    '-0',
    '-0.0',
    '1e3',
    '1E-2',
    '9007199254740993',
    '0.1000000000000000055',
    '0.0000001',
    '-0.00000012',
  ];
  const even = [
    '0',
    '1',
    '-1',
    '0.5',
    '-0.5',
    '1.25',
    '0.000001',
    '1700000000000',
    '9007199254740991',
    '1e+21',
    '1e-7',
  ];
  for (const number of odd) assert.ok(hasOddNumbers(`{"a":"x","v":[${number}],"b":2}`), number);
  for (const number of even) assert.ok(!hasOddNumbers(`{"a":"x","v":[${number}],"b":2}`), number);
});

test('what is written in strings and names is no number', () => {
  for (const text of ['1.0', '1e5', 'say \\"1.0\\" or', '\\\\', '-0'])
    assert.ok(!hasOddNumbers(`[{"${text}":"${text}","v":1},{"w":"${text}"}]`), text);
  assert.ok(hasOddNumbers('["\\\\",1.0]'));
});

const spelled = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }).map(String),
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.stringMatching(/^\d{1,20}$/)).map(([a, b]) => `${a}.${b}`),
  fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(30)).map(([a, n]) => a.toExponential(n)),
  fc.tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.nat(30)).map(([a, n]) => a.toFixed(n)),
);

test('it says of any text of numbers and strings what parsing and writing it shows', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          spelled,
          fc.string().map((text) => JSON.stringify(text)),
        ),
        { maxLength: 6 },
      ),
      (parts) => {
        const json = `[${parts.join(',')}]`;
        assert.equal(hasOddNumbers(json), !comesOutTheSame(json), json);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a scan that sees no odd number has overlooked none', () => {
  const scanner = new MeasurementScanner();
  let scanned = 0;
  fc.assert(
    fc.property(fc.array(spelled, { minLength: 1, maxLength: 3 }), (numbers) => {
      const json = `{"assetId":"1.0","time":1,${numbers.map((number, i) => `"n${i}":${number}`).join(',')}}`;
      const bytes = Buffer.from(json);
      if (!scanner.scan(bytes, 0, bytes.length)) return;
      scanned++;
      if (hasOddNumbers(json)) assert.ok(scanner.mayHaveOddNumbers, json);
    }),
    { numRuns: 3000 },
  );
  assert.ok(scanned > 100, 'some of them are plain enough to be scanned');
  const plain = Buffer.from('{"time":1700000000000,"value":12.5}');
  assert.ok(scanner.scan(plain, 0, plain.length) && !scanner.mayHaveOddNumbers);
});
