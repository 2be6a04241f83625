import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pipelineOptions, readPipelineDocument } from './index.ts';

const stage = (instanceName: string, extra: object = {}): object => ({
  instanceName,
  library: 'lib',
  stageName: 'name',
  stageVersion: 5,
  configuration: [{ name: 'topic', value: 'T' }],
  uiInfo: { label: 'A label', stageType: 'SOURCE' },
  inputLanes: [],
  outputLanes: ['out'],
  ...extra,
});

const codesOf = (json: unknown): string[] =>
  readPipelineDocument(json).issues.map((issue) => `${issue.code} ${issue.path}`);

test('reads an export and its pipelineConfig alone alike', () => {
  const config = { title: 'T', configuration: [{ name: 'rateLimit', value: 0 }], stages: [stage('A_01')] };
  for (const [json, at] of [
    [{ pipelineConfig: config, pipelineRules: {}, libraryDefinitions: null }, '/pipelineConfig'],
    [config, ''],
  ] as const) {
    const { document, issues } = readPipelineDocument(json);
    assert.deepEqual(issues, []);
    assert.equal(document?.configPointer, at);
    assert.equal(document?.title, 'T');
    assert.deepEqual([...(document?.configuration ?? [])], [['rateLimit', 0]]);
    const [first] = document?.stages ?? [];
    assert.equal(first?.pointer, `${at}/stages/0`);
    assert.equal(first?.label, 'A label');
    assert.equal(first?.stageVersion, '5');
    assert.deepEqual([...(first?.configuration ?? [])], [['topic', 'T']]);
    assert.deepEqual(first?.outputLanes, ['out']);
  }
});

test('names what is wrong by pointer', () => {
  assert.deepEqual(codesOf([]), ['DOCUMENT_NOT_OBJECT ']);
  assert.deepEqual(codesOf({ pipelineConfig: 'text' }), ['DOCUMENT_NOT_OBJECT /pipelineConfig']);
  assert.deepEqual(codesOf({}), ['DOCUMENT_FIELD_MISSING /stages']);
  assert.deepEqual(codesOf({ stages: 'x', configuration: {} }), [
    'DOCUMENT_FIELD_TYPE /configuration',
    'DOCUMENT_FIELD_TYPE /stages',
  ]);
  assert.deepEqual(codesOf({ stages: [7, stage('A'), stage('A'), stage('')] }), [
    'DOCUMENT_FIELD_TYPE /stages/0',
    'DOCUMENT_STAGE_DUPLICATE /stages/2/instanceName',
    'DOCUMENT_FIELD_MISSING /stages/3/instanceName',
  ]);
  assert.deepEqual(codesOf({ stages: [stage('A', { configuration: [{ value: 1 }, 3], inputLanes: [4] })] }), [
    'DOCUMENT_FIELD_MISSING /stages/0/configuration/0/name',
    'DOCUMENT_FIELD_TYPE /stages/0/configuration/1',
    'DOCUMENT_FIELD_TYPE /stages/0/inputLanes/0',
  ]);
  assert.deepEqual(codesOf({ stages: [stage('a\u0000b')] }), ['DOCUMENT_NAME_NOT_VALID /stages/0/instanceName']);
});

test('refuses absurd sizes', () => {
  assert.deepEqual(codesOf({ stages: Array.from({ length: 501 }, (_, i) => stage(`S_${i}`)) }), [
    'DOCUMENT_TOO_LARGE /stages',
  ]);
  assert.deepEqual(codesOf({ stages: [stage('x'.repeat(201))] }), ['DOCUMENT_NAME_NOT_VALID /stages/0/instanceName']);
});

test('exactly-once is the default and AT_LEAST_ONCE is honoured', () => {
  const optionsOf = (configuration: object[]) => {
    const { document } = readPipelineDocument({ configuration, stages: [] });
    assert.ok(document);
    return pipelineOptions(document);
  };
  assert.deepEqual(optionsOf([]), {
    options: {
      deliveryGuarantee: 'EXACTLY_ONCE',
      commitIntervalMs: 1000,
      idleTimeoutMs: 30_000,
      maxFutureMs: 86_400_000,
      shouldRetry: true,
      retryAttempts: -1,
    },
    issues: [],
  });
  const lenient = optionsOf([{ name: 'deliveryGuarantee', value: 'AT_LEAST_ONCE' }]);
  assert.equal(lenient.options.deliveryGuarantee, 'AT_LEAST_ONCE');
  assert.deepEqual(
    lenient.issues.map(({ code, severity, path }) => [code, severity, path]),
    [['DOCUMENT_AT_LEAST_ONCE', 'warning', '/configuration/0/value']],
  );
  assert.equal(optionsOf([{ name: 'commitIntervalMs', value: '250' }]).options.commitIntervalMs, 250);
  const wrong = optionsOf([
    { name: 'commitIntervalMs', value: 1 },
    { name: 'deliveryGuarantee', value: 'AT_MOST_ONCE' },
  ]);
  assert.deepEqual(
    wrong.issues.map((issue) => issue.path),
    ['/configuration/1/value', '/configuration/0/value'],
  );
});

test('an option that looks like a known one is pointed out, others are left alone', () => {
  const { document } = readPipelineDocument({
    stages: [],
    configuration: [
      { name: 'deliveryGarantee', value: 'AT_LEAST_ONCE' },
      { name: 'rateLimit', value: 0 },
      { name: 'somethingElse', value: 0 },
    ],
  });
  assert.ok(document);
  assert.deepEqual(
    pipelineOptions(document).issues.map(({ code, severity, path, message }) => [code, severity, path, message]),
    [
      [
        'DOCUMENT_OPTION_UNKNOWN',
        'warning',
        '/configuration/0/name',
        '"deliveryGarantee" is no option of a pipeline and has no effect. Is "deliveryGuarantee" meant?',
      ],
    ],
  );
});

test('never throws, and points only at what is there or missing', () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  const nearlyStage = fc.record(
    {
      instanceName: fc.oneof(fc.string(), anything),
      stageName: fc.oneof(fc.string(), anything),
      configuration: fc.oneof(
        fc.array(fc.record({ name: fc.oneof(fc.string(), anything), value: anything })),
        anything,
      ),
      uiInfo: anything,
      inputLanes: fc.oneof(fc.array(fc.string()), anything),
      outputLanes: anything,
      ['__proto__']: anything,
    },
    { requiredKeys: [] },
  );
  const nearlyConfig = fc.record(
    {
      title: anything,
      stages: fc.oneof(fc.array(nearlyStage), anything),
      configuration: anything,
      errorStage: nearlyStage,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(anything, nearlyConfig, fc.record({ pipelineConfig: fc.oneof(nearlyConfig, anything) })),
      (json) => {
        const before = JSON.stringify(json);
        const { document, issues } = readPipelineDocument(json);
        if (document !== undefined) pipelineOptions(document);
        else assert.notEqual(issues.length, 0);
        assert.equal(JSON.stringify(json), before);
        for (const issue of issues) assert.match(issue.path, /^(\/([^~/]|~[01])*)*$/);
      },
    ),
  );
});
