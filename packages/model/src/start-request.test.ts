import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasErrors } from './issue.ts';
import { parseStartRequest } from './start-request.ts';

const standalone = (server: number, kafkaRate = 1000) => ({
  executionMode: 0,
  kafkaRate,
  resourceConfig: { mode: 'standalone', server },
});
const cluster = (
  advanced: Record<string, string> = {},
  yarn = { workerCount: 1, master: 1, slave: 1 },
  server = 1,
) => ({
  executionMode: 1,
  kafkaRate: 1000,
  resourceConfig: { mode: 'cluster', server, yarn, advanced },
});

const accepted: readonly [name: string, body: unknown, value: unknown][] = [
  ['the standalone sample', { executionMode: 0, kafkaRate: 1000, resourceConfig: { server: 1 } }, standalone(1)],
  [
    'strings, as older samples',
    { executionMode: '0', kafkaRate: '1000', resourceConfig: { server: '1' } },
    standalone(1),
  ],
  ['a number of CUs alone', { executionMode: 0, kafkaRate: 250, resourceConfig: 2 }, standalone(2, 250)],
  ['a number of CUs alone as text', { executionMode: 0, kafkaRate: 1000, resourceConfig: '0.5 CU' }, standalone(0.5)],
  ['no resources', { executionMode: 0, kafkaRate: 1000 }, standalone(1)],
  ['nulls', { executionMode: 0, kafkaRate: null, resourceConfig: null }, standalone(1)],
  ['more than 4 CU', { executionMode: 0, resourceConfig: { server: 16 } }, standalone(16)],
  ['no rate: the default', { executionMode: 0 }, standalone(1)],
  ['unknown fields', { executionMode: 0, later: true, resourceConfig: { server: 1, note: 'x' } }, standalone(1)],
  ['cluster defaults', { executionMode: 1, kafkaRate: 1000 }, cluster()],
  [
    'the cluster sample',
    {
      executionMode: 1,
      kafkaRate: 1000,
      resourceConfig: {
        server: 1,
        yarn: { workerCount: 2, master: 1, slave: 2 },
        advanced: [
          { key: 'spark.streaming.backpressure.enabled', value: 'true' },
          { key: 'spark.driver.memoryOverhead', value: '1000' },
          { key: 'spark.executor.memoryOverhead', value: '800' },
          { key: 'spark.memory.fraction', value: '0.8' },
          { key: 'spark.memory.storageFraction', value: '0.7' },
        ],
      },
    },
    cluster(
      {
        'spark.streaming.backpressure.enabled': 'true',
        'spark.driver.memoryOverhead': '1000',
        'spark.executor.memoryOverhead': '800',
        'spark.memory.fraction': '0.8',
        'spark.memory.storageFraction': '0.7',
      },
      { workerCount: 2, master: 1, slave: 2 },
    ),
  ],
  [
    'advanced by name, with a name of old',
    {
      executionMode: 1,
      resourceConfig: {
        advanced: { 'spark.yarn.driver.memoryOverhead': 512, 'spark.streaming.backpressure.enabled': true },
      },
    },
    cluster({ 'spark.driver.memoryOverhead': '512', 'spark.streaming.backpressure.enabled': 'true' }),
  ],
];

for (const [name, body, value] of accepted)
  test(`start accepts ${name}`, () => {
    const parsed = parseStartRequest(body);
    assert.deepEqual(parsed, { value, issues: [] });
  });

const advanced = (rows: unknown) => ({ executionMode: 1, kafkaRate: 1, resourceConfig: { advanced: rows } });
const refused: readonly [name: string, body: unknown, issues: readonly [code: string, path: string][]][] = [
  ['no body', undefined, [['START_BODY_INVALID', '']]],
  ['a list', [], [['START_BODY_INVALID', '']]],
  ['an empty object', {}, [['START_FIELD_REQUIRED', '/executionMode']]],
  ['mode 2', { executionMode: 2 }, [['START_FIELD_INVALID', '/executionMode']]],
  ['mode true', { executionMode: true }, [['START_FIELD_INVALID', '/executionMode']]],
  ['rate 0', { executionMode: 0, kafkaRate: 0 }, [['START_FIELD_INVALID', '/kafkaRate']]],
  ['rate 1.5', { executionMode: 0, kafkaRate: 1.5 }, [['START_FIELD_INVALID', '/kafkaRate']]],
  ['rate "1000;"', { executionMode: 0, kafkaRate: '1000;' }, [['START_FIELD_INVALID', '/kafkaRate']]],
  ['rate 1e99', { executionMode: 0, kafkaRate: 1e99 }, [['START_FIELD_INVALID', '/kafkaRate']]],
  ['0.4 CU', { executionMode: 0, resourceConfig: 0.4 }, [['START_FIELD_INVALID', '/resourceConfig/server']]],
  ['-1 CU', { executionMode: 0, resourceConfig: { server: -1 } }, [['START_FIELD_INVALID', '/resourceConfig/server']]],
  [
    'NaN CU',
    { executionMode: 0, resourceConfig: { server: 'NaN' } },
    [['START_FIELD_INVALID', '/resourceConfig/server']],
  ],
  ['0.50001 CU', { executionMode: 0, resourceConfig: 0.50001 }, [['START_FIELD_INVALID', '/resourceConfig/server']]],
  ['a list of resources', { executionMode: 0, resourceConfig: [1] }, [['START_FIELD_INVALID', '/resourceConfig']]],
  [
    '0.5 CU in a cluster',
    { executionMode: 1, resourceConfig: 0.5 },
    [['START_FIELD_INVALID', '/resourceConfig/server']],
  ],
  [
    'every wrong field at once',
    {
      executionMode: 1,
      kafkaRate: 'x',
      resourceConfig: { server: [], yarn: { workerCount: 0, master: {}, slave: '' } },
    },
    [
      ['START_FIELD_INVALID', '/kafkaRate'],
      ['START_FIELD_INVALID', '/resourceConfig/server'],
      ['START_FIELD_INVALID', '/resourceConfig/yarn/workerCount'],
      ['START_FIELD_INVALID', '/resourceConfig/yarn/master'],
      ['START_FIELD_INVALID', '/resourceConfig/yarn/slave'],
    ],
  ],
  [
    'a Spark parameter that runs commands',
    advanced([{ key: 'spark.executor.extraJavaOptions', value: '-XX:OnError=sh' }]),
    [['ADVANCED_KEY_UNKNOWN', '/resourceConfig/advanced/0/key']],
  ],
  [
    'another case',
    advanced([{ key: 'Spark.Memory.Fraction', value: '0.5' }]),
    [['ADVANCED_KEY_UNKNOWN', '/resourceConfig/advanced/0/key']],
  ],
  [
    'a blank behind the key',
    advanced([{ key: 'spark.memory.fraction ', value: '0.5' }]),
    [['ADVANCED_KEY_UNKNOWN', '/resourceConfig/advanced/0/key']],
  ],
  [
    '__proto__',
    advanced(JSON.parse('{"__proto__": "x"}')),
    [['ADVANCED_KEY_UNKNOWN', '/resourceConfig/advanced/__proto__']],
  ],
  [
    'rows that are no objects',
    advanced(['spark.memory.fraction=1']),
    [['ADVANCED_KEY_UNKNOWN', '/resourceConfig/advanced/0']],
  ],
  [
    'the old and the new name of one parameter',
    advanced([
      { key: 'spark.driver.memoryOverhead', value: '1000' },
      { key: 'spark.yarn.driver.memoryOverhead', value: '1000' },
    ]),
    [['ADVANCED_KEY_DUPLICATE', '/resourceConfig/advanced/1/key']],
  ],
  [
    'a share above 1',
    advanced([{ key: 'spark.memory.fraction', value: '1.5' }]),
    [['ADVANCED_VALUE_INVALID', '/resourceConfig/advanced/0/value']],
  ],
  [
    'a value with a second option',
    advanced({ 'spark.locality.wait': '3s --conf x=y' }),
    [['ADVANCED_VALUE_INVALID', '/resourceConfig/advanced/spark.locality.wait']],
  ],
  [
    'a minimum rate above the maximum',
    advanced({ 'spark.streaming.kafka.minRatePerPartition': 20, 'spark.streaming.kafka.maxRatePerPartition': '10' }),
    [['ADVANCED_VALUE_INVALID', '/resourceConfig/advanced']],
  ],
];

for (const [name, body, issues] of refused)
  test(`start refuses ${name}`, () => {
    const parsed = parseStartRequest(body);
    assert.equal(parsed.value, undefined);
    assert.deepEqual(
      parsed.issues.map((issue) => [issue.code, issue.path]),
      issues,
    );
  });

test('what a key should have been called is said', () => {
  const [issue] = parseStartRequest(advanced([{ key: 'SPARK.memory.fraction ', value: '0.5' }])).issues;
  assert.match(issue?.message ?? '', /"spark\.memory\.fraction" is written exactly so/);
});

test('parameters for Cluster Mode are only warned of in Standalone Mode', () => {
  const parsed = parseStartRequest({ executionMode: 0, resourceConfig: { server: 1, yarn: { workerCount: 9 } } });
  assert.deepEqual(parsed.value, standalone(1));
  assert.deepEqual(
    parsed.issues.map((issue) => [issue.severity, issue.path]),
    [['warning', '/resourceConfig/yarn']],
  );
});

test('any JSON is either a request or a list of errors, never both, never a throw', () => {
  const cu = fc.oneof(fc.double(), fc.integer({ min: -1, max: 10 }), fc.string(), fc.jsonValue());
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        executionMode: fc.oneof(fc.constantFrom(0, 1, '0', '1'), fc.jsonValue()),
        kafkaRate: fc.oneof(fc.integer(), fc.jsonValue()),
        resourceConfig: fc.oneof(
          fc.jsonValue(),
          fc.record({
            server: cu,
            yarn: fc.oneof(fc.jsonValue(), fc.record({ workerCount: cu, master: cu, slave: cu })),
            advanced: fc.oneof(fc.jsonValue(), fc.array(fc.record({ key: fc.jsonValue(), value: fc.jsonValue() }))),
          }),
        ),
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(body, (given) => {
      const { value, issues } = parseStartRequest(given);
      assert.equal(value === undefined, hasErrors(issues));
    }),
    { numRuns: 2000 },
  );
});
