import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyText } from '@penstock/testkit/any-text';
import fc from 'fast-check';
import { advancedParameterNames, parseAdvanced } from './advanced-parameters.ts';
import type { Issue } from './messages/issue.ts';

const parse = (given: unknown) => {
  const issues: Issue[] = [];
  const value = parseAdvanced(given, '/a', issues);
  return { value, found: issues.map(({ code, path }) => [code, path]) };
};

const UNKNOWN = 'ADVANCED_KEY_UNKNOWN';
const DUPLICATE = 'ADVANCED_KEY_DUPLICATE';
const WRONG = 'ADVANCED_VALUE_INVALID';

// Each of these would reach Spark's command line if it were let through.
const keys: readonly unknown[] = [
  'spark.executor.instances',
  'spark.streaming.receiver.maxRate',
  'spark.driver.extraJavaOptions',
  'spark.yarn.appMasterEnv.LD_PRELOAD',
  'spark.memory.fraction=0.5 --conf spark.driver.extraJavaOptions',
  'spark.memory.fraction=0.5',
  '--conf',
  ' spark.memory.fraction',
  'spark.memory.fraction\n',
  'spark.memory.fraction\u0000',
  'spark.memory.fraction\u200b',
  'spark.memory.fr\u0430ction', // a Cyrillic a
  'ſpark.memory.fraction', // a long s, whose upper case is S
  'SPARK.MEMORY.FRACTION',
  'spark.yarn.executor.memoryoverhead',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'x'.repeat(1_000_000),
  null,
  7,
  ['spark.memory.fraction'],
  { toString: 'spark.memory.fraction' },
];

for (const key of keys)
  test(`no row passes with the key ${(JSON.stringify(key) ?? '').slice(0, 60)}`, () => {
    const path = '/a/0/key';
    assert.deepEqual(parse([{ key, value: '0.5' }]), { value: undefined, found: [[UNKNOWN, path]] });
  });

const values: readonly [key: string, value: unknown][] = [
  ['spark.memory.fraction', ['0.5']],
  ['spark.memory.fraction', { value: '0.5' }],
  ['spark.memory.fraction', null],
  ['spark.memory.fraction', undefined],
  ['spark.memory.fraction', '0.5;ls'],
  ['spark.memory.fraction', '0,5'],
  ['spark.memory.fraction', '٠.٥'], // Arabic digits
  ['spark.memory.fraction', '０.５'], // full-width digits
  ['spark.memory.fraction', `0.5${'0'.repeat(100_000)}`],
  ['spark.memory.fraction', 'NaN'],
  ['spark.memory.fraction', '0x1'],
  ['spark.executor.memoryOverhead', '800 m'],
  ['spark.executor.memoryOverhead', '800m\n--conf'],
  ['spark.executor.memoryOverhead', '800\u212a'], // the Kelvin sign, whose lower case is k
  ['spark.executor.memoryOverhead', '-1'],
  ['spark.executor.memoryOverhead', '9'.repeat(50)],
  ['spark.locality.wait', '3s\n'],
  ['spark.locality.wait', '3ſ'],
  ['spark.locality.wait', '${HOME}'],
  ['spark.streaming.backpressure.enabled', 'true\n'],
  ['spark.streaming.backpressure.enabled', 'yes'],
  ['spark.streaming.backpressure.enabled', [true]],
  ['spark.streaming.backpressure.rateEstimator', 'com.example.Estimator'],
  ['spark.streaming.kafka.maxRatePerPartition', '1e400'],
  ['spark.task.maxFailures', '1.5'],
];

for (const [key, value] of values)
  test(`${key} does not take ${(JSON.stringify(value) ?? 'undefined').slice(0, 60)}`, () => {
    assert.deepEqual(parse([{ key, value }]), { value: undefined, found: [[WRONG, '/a/0/value']] });
  });

test('a parameter given twice is refused, in whatever spelling, even with the same value', () => {
  const twice = (first: string, second: string) => parse([first, second].map((key) => ({ key, value: '800' }))).found;
  for (const role of ['driver', 'executor']) {
    const [now, old] = [`spark.${role}.memoryOverhead`, `spark.yarn.${role}.memoryOverhead`];
    for (const [first, second] of [
      [now, now],
      [now, old],
      [old, now],
      [old, old],
    ] as const)
      assert.deepEqual(twice(first, second), [[DUPLICATE, '/a/1/key']]);
  }
  assert.deepEqual(parse({ 'spark.driver.memoryOverhead': 1, 'spark.yarn.driver.memoryOverhead': 1 }).found, [
    [DUPLICATE, '/a/spark.yarn.driver.memoryOverhead'],
  ]);
});

test('names of the prototype are names like any other', () => {
  assert.deepEqual(parse(JSON.parse('{"__proto__": {"spark.memory.fraction": "0.5"}}')).found, [
    [UNKNOWN, '/a/__proto__'],
  ]);
  assert.deepEqual(parse(JSON.parse('[{"__proto__": {"key": "spark.memory.fraction", "value": "0.5"}}]')).found, [
    [UNKNOWN, '/a/0/key'],
  ]);
});

test('too many rows are refused as a whole', () => {
  const rows = Array.from({ length: 101 }, () => ({ key: 'spark.memory.fraction', value: '0.5' }));
  assert.deepEqual(parse(rows).found, [['ADVANCED_INVALID', '/a']]);
});

test('what passes are known names with plain values, whatever was given', () => {
  const known = new Set(advancedParameterNames());
  const key = fc.oneof(fc.constantFrom(...known), fc.string(), fc.jsonValue());
  const value = fc.oneof(fc.constantFrom('true', '1', '0.5', '10s', '512m', 'pid', 20), anyText(), fc.jsonValue());
  const given = fc.oneof(fc.jsonValue(), fc.array(fc.record({ key, value }), { maxLength: 4 }));
  fc.assert(
    fc.property(given, (advanced) => {
      for (const [name, text] of Object.entries(parse(advanced).value ?? {})) {
        assert.ok(known.has(name), name);
        assert.match(text, /^[a-z0-9.+-]{1,40}$/);
      }
    }),
    { numRuns: 3000 },
  );
});
