import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@penstock/model';
import { compareByMeasurement } from '@penstock/testkit/by-measurement';
import {
  needsRuntime,
  OperatorHarness,
  runOperator,
  testOperatorCases,
  testRunning,
  validateConfig,
} from '@penstock/testkit/operator';
import { operators, shownCases } from '../../generated/operators.ts';
import { pythonEvaluatorNew } from './new/operator.ts';
import { pythonEvaluator } from './operator.ts';

/** Not that they need a broker: loading Python takes seconds, so that these tests share one. */

testRunning(pythonEvaluator, { operators, shownCases });
testRunning(pythonEvaluatorNew, { operators, shownCases });
testOperatorCases(operators, fileURLToPath(new URL('..', import.meta.url)), needsRuntime);

test('a script of measurements gets and writes what one of points does', () =>
  compareByMeasurement({ classic: pythonEvaluator, variant: pythonEvaluatorNew }, { numRuns: 5 }));

const record = (value: number, extra: object = {}): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/root/m',
  assetId: 'a',
  pointId: 'p',
  time: value,
  value,
  ...extra,
});
const each = (...lines: readonly string[]) =>
  ['for record in records:', ...lines.map((line) => `    ${line}`)].join('\n');
const run = (script: string, input: readonly JsonObject[], config: JsonObject = {}) =>
  runOperator(pythonEvaluator, { script, ...config }, input);
const codes = (done: { errors: readonly { code: string }[] }) => done.errors.map(({ code }) => code);
const open = (script: string, config: JsonObject = {}, options = {}) =>
  OperatorHarness.create(pythonEvaluator, { script, ...config }, options);

test('outputs, drops and errors are each told by record', async () => {
  const script = each(
    "value = record.value['value']",
    'if value == 2: continue',
    "if value == 3:\n        error.write(record, ValueError('three'))\n        continue",
    "record.value['twice'] = value * 2",
    'output.write(record)',
  );
  const done = await run(script, [record(1), record(2), record(3), record(4)]);
  assert.deepEqual(done.output, [record(1, { twice: 2 }), record(4, { twice: 8 })]);
  assert.deepEqual(done.dropped, [{ record: record(2), reason: 'not-written' }]);
  assert.deepEqual(done.errors, [{ record: record(3), code: 'SCRIPT_ERROR', message: 'three' }]);
});

test('a failing record is singled out, with line and column; its neighbours and the state are not touched by it', async () => {
  const script = `state['seen'] = state.get('seen', 0)\n${each(
    "state['seen'] += 1",
    "ü = 1; x = 1 / (record.value['value'] - 3)",
    "record.value['seen'] = state['seen']",
    'output.write(record)',
  )}`;
  const done = await run(script, [record(1), record(2), record(3), record(4)]);
  assert.deepEqual(
    done.output.map(({ value, seen }) => [value, seen]),
    [
      [1, 1],
      [2, 2],
      [4, 3],
    ],
  );
  assert.deepEqual(done.errors, [
    { record: record(3), code: 'SCRIPT_FAILED', message: 'ZeroDivisionError: division by zero (line 4, column 16)' },
  ]);
});

test('with M:1 a failure concerns the whole batch, and records that went into others are merged', async () => {
  const sum = "records[0].value['value'] = sum(r.value['value'] for r in records)\noutput.write(records[0])";
  const done = await run(sum, [record(1), record(2)], { ioMapping: 'M:1' });
  assert.deepEqual(done.output, [record(1, { value: 3 })]);
  assert.deepEqual(
    done.dropped.map(({ reason }) => reason),
    ['merged'],
  );
  const failed = await run("raise KeyError('x')", [record(1), record(2)], { ioMapping: 'M:1' });
  assert.deepEqual(codes(failed), ['SCRIPT_FAILED', 'SCRIPT_FAILED']);
});

test('what JSON has not cannot be written, and is named with its place', async () => {
  const wrong = [
    "float('nan')",
    "{'list': [1, float('-inf')]}",
    "{'b': b'bytes'}",
    '[{1, 2}]',
    'record',
    '1j',
    "{('a', 1): 2}",
  ];
  const script = `${each(`record.value['x'] = (lambda: [${wrong.join(', ')}][int(record.value['value'])])()`, 'output.write(record)')}`;
  const done = await run(
    script,
    wrong.map((_, i) => record(i)),
  );
  assert.deepEqual(
    done.errors.map(({ code, message }) => [code, message.split(',')[0]?.split(':')[0]]),
    [
      ['SCRIPT_OUTPUT_NOT_VALID', 'The number at /x is not finite (it is nan)'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'The number at /x/list/1 is not finite (it is -inf)'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'The value at /x/b is of type bytes'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'The value at /x/0 is of type set'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'The value at /x is of type Record'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'The value at /x is of type complex'],
      ['SCRIPT_OUTPUT_NOT_VALID', 'A name at /x is of type tuple; names must be texts.'],
    ],
  );
  const noMap = await run(each('record.value = None', 'output.write(record)'), [record(1)]);
  assert.match(noMap.errors[0]?.message ?? '', /must be a dict/);
  const circle = await run(each("record.value['me'] = record.value", 'output.write(record)'), [record(1)]);
  assert.match(circle.errors[0]?.message ?? '', /nested more than 500 deep, or in a circle/);
  const noRecord = await run(each('output.write(record.value)'), [record(1)]);
  assert.match(noRecord.errors[0]?.message ?? '', /^TypeError: output\.write takes a record/);
});

test('numbers keep their digits, and whole numbers are exact', async () => {
  const input = [
    '{"assetId":"ü","serial":9007199254740993,"price":1.10,"small":0.00001,"n":-0,"big":1e22,"value":1}',
    '{"assetId":"a","serial":9007199254740993,"value":2}',
  ];
  const texts: string[] = [];
  const script = each(
    "if record.value['value'] == 2: record.value['serial'] -= 1",
    "record.value['exact'] = 2 ** 63 - 1",
    "record.value['tenth'] = 0.1 + 0.2",
    'output.write(record)',
  );
  const harness = await open(script, {}, { onOutput: (one: { toJson(): string }) => texts.push(one.toJson()) });
  await harness.sendTexts(input);
  await harness.close();
  assert.deepEqual(texts, [
    '{"assetId":"ü","serial":9007199254740993,"price":1.10,"small":0.00001,"n":-0,"big":1e22,"value":1,"exact":9223372036854775807,"tenth":0.30000000000000004}',
    '{"assetId":"a","serial":9007199254740992,"value":2,"exact":9223372036854775807,"tenth":0.30000000000000004}',
  ]);
});

test('state is kept with all digits, stored by property where it changed, and restored', async () => {
  const script = each(
    "state['n'] = state.get('n', 2 ** 70) + 1",
    "record.value['n'] = str(state['n'])",
    'output.write(record)',
  );
  const before = await open(script);
  await before.send([record(1), record(2)]);
  assert.deepEqual(await before.changedKeys(), ['[2,"Stage_01","state",2,["","n"]]']);
  await before.send([]);
  assert.deepEqual(await before.changedKeys(), []);
  const stored = await before.storedState();
  await before.close();
  const after = await open(script, {}, { stored });
  await after.send([record(3)]);
  assert.deepEqual(
    after.run.output.map(({ n }) => n),
    [String(2n ** 70n + 3n)],
  );
  await after.close();
  const wrong = await run("state['x'] = {1}", [record(1)]);
  assert.match(wrong.errors[0]?.message ?? '', /state cannot be kept\. The value at \/x is of type set/);
  const large = await run(each("if record.value['value'] == 2: state['big'] = 'x' * 600000", 'output.write(record)'), [
    record(1),
    record(2),
    record(3),
  ]);
  assert.deepEqual(
    large.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_STATE_TOO_LARGE']],
  );
});

test('two stages have globals of their own in the Python they share', async () => {
  const count = each(
    "n = globals().setdefault('mine', 0) + 1",
    "globals()['mine'] = n",
    "record.value['n'] = n",
    'output.write(record)',
  );
  const [one, other] = [await open(count), await open(count)];
  await one.send([record(1), record(2)]);
  await other.send([record(3)]);
  assert.deepEqual([one.run.output.map(({ n }) => n), other.run.output.map(({ n }) => n)], [[1, 2], [1]]);
  await one.close();
  await other.close();
});

test('input points select and output points are enforced, by model inheritance', async () => {
  const config = { inputOutput: [{ inputPoint: 'root::p', outputPoint: 'root::q' }] };
  const script = each(
    "if record.value['value'] != 2: record.value['pointId'] = 'q'",
    "if record.value['value'] == 3: record.value['modelIdPath'] = '/x'",
    'output.write(record)',
  );
  const done = await run(script, [record(1), record(2), record(3), record(4, { pointId: 'other' })], config);
  assert.deepEqual(done.output, [record(1, { pointId: 'q' })]);
  assert.deepEqual(codes(done), ['SCRIPT_OUTPUT_NOT_VALID', 'SCRIPT_OUTPUT_NOT_VALID']);
  assert.deepEqual(
    done.dropped.map(({ reason }) => reason),
    ['not-selected'],
  );
});

test('new records, header attributes, the log, print, and the objects of both generations', async () => {
  const script = [
    'for i, record in enumerate(sdc.records):',
    "    made = sdcFunctions.createRecord('x')",
    '    made.value = sdcFunctions.createMap(False)',
    "    made.value.update({'from': record.sourceId, 'topic': record.attributes['topic'], 'null': NULL_LONG,",
    "        'field': sdcFunctions.getFieldNull(record, '/attr/list[1]/n'), 'none': sdc.getFieldNull(record, '/no/where'),",
    "        'preview': sdcFunctions.isPreview(), 'long': long('7')})",
    '    sdc.output.write([made])',
    "    log.info('saw {} of {}', i, len(records))",
    "    print('printed', i)",
  ].join('\n');
  const harness = await open(script);
  await harness.sendTexts(['{"value":1,"attr":{"list":[{"n":1},{"n":2}]}}']);
  assert.deepEqual(harness.run.output, [
    { from: 'T::0::0', topic: 'T', null: null, field: 2, none: null, preview: false, long: 7 },
  ]);
  assert.deepEqual(harness.logs, ['info: saw 0 of 1', 'info: printed 0']);
  await harness.close();
});

test('texts of every kind cross unharmed', async () => {
  const texts = ['line\nbreak', '\u2028\u2029', '"\\', '\u0000', 'ü€😀', '\ud800', 'x'.repeat(100_000)];
  const input = texts.map((text, i) => record(i, { text, [text.slice(0, 5)]: 1 }));
  const { output } = await run(each('output.write(record)'), input);
  assert.deepEqual(output, input);
});

test('a script is read without being run, and its mistakes are issues with line, column and pointer', async () => {
  const issuesOf = async (script: string) => {
    const { inspection, issues } = validateConfig(pythonEvaluator, { script });
    assert.deepEqual(issues, []);
    return (await inspection?.())?.map(({ path, severity, message }) => [path, severity, message]);
  };
  const at = '/stages/0/configuration/0/value';
  assert.deepEqual(await issuesOf('a = 1\nprint a'), [
    [
      at,
      'error',
      "The script cannot be read. Line 2, column 1: Missing parentheses in call to 'print'. Did you mean print(...)?",
    ],
  ]);
  assert.deepEqual(await issuesOf('if records[0].value.has_key(1): pass'), [
    [at, 'warning', 'Line 1, column 21: Python 3 has no has_key of dicts; use "name in dict".'],
  ]);
  const textAt = async (script: string): Promise<string | undefined> => {
    const at = (await validateConfig(pythonEvaluator, { script }).inspection?.())?.[0]?.at;
    return at === undefined ? undefined : script.slice(at.offset, at.offset + at.length);
  };
  assert.equal(await textAt('a = 1\r\n"é😀"; if x\r\nb = 2'), 'if x');
  assert.equal(await textAt('a = 1\nprint a'), 'print a');
  assert.deepEqual(await issuesOf('while True: pass'), []);
  assert.match(String(await issuesOf('x = \0')), /null bytes/);
  assert.equal((await issuesOf(`x = ${'('.repeat(5000)}`))?.length, 1);
});

test('a script that changes what runs it only harms itself, and Python begins anew', async () => {
  const done = await run('import json\njson.dumps = lambda *a, **k: "[]"', [record(1)]);
  assert.deepEqual([codes(done), done.output], [['SCRIPT_FAILED'], []]);
  const next = await run(each('output.write(record)'), [record(2)]);
  assert.deepEqual([next.output, next.errors], [[record(2)], []]);
});
