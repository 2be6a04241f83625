import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import { checkPackage } from './check-package.ts';
import { ownDefinitions } from './own-definition.ts';
import { PACKAGE_FORMAT } from './package-schema.ts';

const operatorOf = (code: string, more: JsonObject = {}) => {
  const { library, issues } = checkPackage({
    format: PACKAGE_FORMAT,
    name: 'acme',
    version: '1.0.0',
    operators: [
      {
        name: 'Tested One',
        category: 'script',
        summary: 'Does it.',
        description: 'Does it.',
        options: {},
        changes: ['/value', '/made'],
        errors: [{ code: 'WAS_BAD', when: 'It was.' }],
        drops: [{ reason: 'was-small', when: 'It was.' }],
        cases: [{ title: 'it', shown: true, config: {}, steps: [{ send: [] }] }],
        limits: { timeMs: 300, memoryMb: 16 },
        code,
        ...more,
      },
    ],
  });
  assert.ok(library, JSON.stringify(issues));
  const [definition] = ownDefinitions(library);
  assert.ok(definition);
  return definition;
};

const record = (value: JsonValue, more: JsonObject = {}): JsonObject => ({
  assetId: 'a',
  pointId: 'p',
  time: 1,
  value,
  ...more,
});
const run = async (code: string, input: readonly JsonObject[], more: JsonObject = {}, lanes?: readonly string[]) => {
  const { output, dropped, errors } = await runOperator(operatorOf(code, more), {}, input, { lanes });
  return {
    output,
    ended: [...dropped.map(({ reason }) => reason), ...errors.map(({ code: each, message }) => `${each} ${message}`)],
  };
};
const process = (body: string) => `function process(record, context) { ${body} }`;
const keyed: JsonObject = { requires: ['/assetId'], stores: [{ name: 'kept', version: 1, maxEntryBytes: 100 }] };

test('a record is passed on, changed, multiplied, dropped or failed', async () => {
  const { output, ended } = await run(
    process(`
      const { value } = record;
      if (value === 1) return context.emit(record);
      if (value === 2) { record.value = 20; context.emit(record); context.emit({ ...record, made: true }); }
      if (value === 3) context.drop('was-small');
      if (value === 4) context.fail('WAS_BAD', 'four');
      if (value === 5) { delete record.value; context.emit(record); }`),
    [1, 2, 3, 4, 5, 6].map((value) => record(value)),
  );
  const { value: _gone, ...rest } = record(5);
  assert.deepEqual(output, [record(1), record(20), record(20, { made: true }), rest]);
  assert.deepEqual(ended, ['was-small', 'not-emitted', 'WAS_BAD four']);
});

test('what it does not declare to change stays, whoever tries; numbers keep their digits', async () => {
  const changed = await run(process(`record.assetId = 'b'; context.emit(record);`), [record(1)]);
  assert.match(changed.ended[0] ?? '', /^SCRIPT_OUTPUT_NOT_VALID The operator changes "\/assetId"/);
  const gone = await run(process(`delete record.time; context.emit(record);`), [record(1)]);
  assert.match(gone.ended[0] ?? '', /^SCRIPT_OUTPUT_NOT_VALID The operator takes "\/time" away/);
  const inner = await run(process(`record.attr.x = 2; context.emit(record);`), [record(1, { attr: { x: 1 } })]);
  assert.match(inner.ended[0] ?? '', /^SCRIPT_OUTPUT_NOT_VALID The operator changes "\/attr"/);
  // The check inside is taken away: the one outside is not.
  const forged = await run(
    `Array.prototype.includes = () => true; Object.keys = () => ['assetId'];
     ${process(`record.assetId = 'b'; context.emit(record);`)}`,
    [record(1)],
  );
  assert.match(forged.ended[0] ?? '', /^SCRIPT_OUTPUT_NOT_VALID/);
  const texts: string[] = [];
  const harness = await OperatorHarness.create(
    operatorOf(process('record.value++; context.emit(record);')),
    {},
    { onOutput: (one) => texts.push(one.toJson()) },
  );
  await harness.sendTexts(['{"assetId":"a","serial":9007199254740993,"price":1.10,"value":1}']);
  await harness.close();
  assert.deepEqual(texts, ['{"assetId":"a","serial":9007199254740993,"price":1.10,"value":2}']);
});

test('an operator that may change all of it makes records of its own, on lanes of its own', async () => {
  const seen: string[] = [];
  const harness = await OperatorHarness.create(
    operatorOf(process(`context.emit({ assetId: 'b', n: context.lanes }, 1); context.emit(record, 0);`), {
      changes: 'any',
      makesRecords: true,
    }),
    {},
    { lanes: ['left', 'right'], onOutput: (one) => seen.push(`${one.assetId} ${one.pointId}`) },
  );
  await harness.send([record(1)]);
  await harness.close();
  assert.deepEqual(harness.run.output, [{ assetId: 'b', n: 2 }, record(1)]);
  assert.deepEqual(seen, ['b undefined', 'a p']);
});

test('what is no record, no number and no lane is an error of its record alone', async () => {
  const { output, ended } = await run(
    process(`const bad = [7, null, [1], { ...record, value: 1 / 0 }, { ...record, value: () => 1 }, { ...record, value: 10n }];
      if (record.value < 6) context.emit(bad[record.value]);
      else if (record.value === 6) context.emit(record, 3);
      else if (record.value === 7) context.drop('unknown');
      else if (record.value === 8) context.fail('UNKNOWN');
      else if (record.value === 9) { context.emit(record); context.drop('was-small'); }
      else if (record.value === 10) return Promise.resolve();
      else if (record.value === 11) for (;;) context.emit(record);
      else context.emit(record);`),
    Array.from({ length: 13 }, (_, value) => record(value)),
  );
  assert.deepEqual(output, [record(12)]);
  assert.deepEqual(
    ended.map((text) => text.split(' ')[0]),
    [
      ...new Array(5).fill('SCRIPT_OUTPUT_NOT_VALID'),
      'SCRIPT_FAILED',
      'SCRIPT_OUTPUT_NOT_VALID',
      ...new Array(4).fill('SCRIPT_FAILED'),
      'SCRIPT_OUTPUT_NOT_VALID',
    ],
  );
});

test('nothing of the outside is in reach, and built-in objects are its own to break', async () => {
  const names = [
    'require',
    'module',
    'fetch',
    'setTimeout',
    'console',
    'Buffer',
    'WebAssembly',
    'SharedArrayBuffer',
    'Atomics',
  ];
  const { output } = await run(
    process(`record.made = ${JSON.stringify(names)}.filter((name) => typeof globalThis[name] !== 'undefined');
      record.value = record.constructor.constructor('return typeof process')() + typeof globalThis.process;
      context.emit(record);`),
    [record(1)],
  );
  assert.deepEqual(output, [record('undefinedundefined', { made: [] })]);
  const polluted = await run(
    `Object.prototype.polluted = 1; JSON.stringify = () => '{}'; JSON.parse = () => 7; Object.prototype.toJSON = () => 'no';
     Array.prototype.push = () => { throw 1; }; String.prototype.split = () => ['{}'];
     ${process('record.__proto__.assetId = 1; record.value = 2; context.emit(record);')}`,
    [record(1), record(1)],
  );
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(polluted.output.length + polluted.ended.length, 2);
  for (const one of polluted.output) assert.equal(one.assetId, 'a');
});

test('code that cannot be loaded, or opened, makes errors that say so', async () => {
  const none = await run('const x = 1;', [record(1)]);
  assert.match(
    none.ended[0] ?? '',
    /^SCRIPT_FAILED The code of the operator could not be loaded: .*no function "process"/,
  );
  const open = await run(`function open() { for (;;); } ${process('context.emit(record);')}`, [record(1)]);
  assert.match(open.ended[0] ?? '', /^SCRIPT_FAILED The code of the operator could not be loaded/);
  const opened = await run(
    `function open(options) { return { options, n: 5 }; } ${process('record.value = context.prepared.n; context.emit(record);')}`,
    [record(1)],
  );
  assert.deepEqual(opened.output, [record(5)]);
  const line = await run('function process(record) {\n\n  null.x;\n}', [record(1)]);
  assert.match(line.ended[0] ?? '', /^SCRIPT_FAILED TypeError: .*\(line 3, column \d+\)$/);
});

test('what a failed record kept is undone; what a record kept is there for the next of its key', async () => {
  const { output, ended } = await run(
    process(`const kept = (context.store.get() ?? 0) + 1; context.store.put(kept);
      if (record.value === 'bad') context.fail('WAS_BAD');
      if (record.value === 'gone') { context.store.delete(); null.x; }
      if (record.value === 'large') { try { context.store.put('x'.repeat(200)); } catch {} }
      record.made = kept; context.emit(record);`),
    ['one', 'bad', 'two', 'gone', 'three', 'large', 'four']
      .map((value) => record(value))
      .concat(record('b', { assetId: 'b' })),
    keyed,
  );
  assert.deepEqual(
    output.map(({ value, made }) => [value, made]),
    [
      ['one', 1],
      ['two', 2],
      ['three', 3],
      ['four', 4],
      ['b', 1],
    ],
  );
  assert.deepEqual(
    ended.map((text) => text.split(' ')[0]),
    ['WAS_BAD', 'SCRIPT_FAILED', 'SCRIPT_STATE_TOO_LARGE'],
  );
});

test('ranges come in the order of their keys, and what has expired is gone', async () => {
  const { output } = await run(
    process(`context.store.put(record.value, record.pointId);
      record.value = context.store.range({ from: 'b', limit: 2 }); context.emit(record);`),
    ['c', 'a', 'b', 'd'].map((pointId, index) => record(index, { pointId, time: 2_000_000_000_000 })),
    { requires: ['/assetId'], stores: [{ name: 'kept', version: 1, subKeys: 1, ranges: true }] },
  );
  assert.deepEqual(output.at(-1)?.value, [
    ['b', 2],
    ['c', 0],
  ]);
  const expired = await run(
    process('record.value = context.store.get() ?? null; context.store.put(1); context.emit(record);'),
    [0, 1000, 1001, 2002].map((time) => record(null, { time })).concat(record(null, { time: 'x' })),
    { requires: ['/assetId'], stores: [{ name: 'kept', version: 1, ttlMs: 1000 }] },
  );
  assert.deepEqual(
    expired.output.map(({ value }) => value),
    [null, 1, 1, null],
  );
  assert.match(expired.ended[0] ?? '', /^TIME_NOT_VALID/);
});

test('keys that are none are errors of the code, and none of them leads elsewhere', async () => {
  const { ended, output } = await run(
    process(`const keys = [[], ['a', 'b'], [{}], [''], ['x'.repeat(2000)], ['__proto__']];
      context.store.put(1, ...keys[record.value]); context.emit(record);`),
    [0, 1, 2, 3, 4, 5].map((value) => record(value)),
    { requires: ['/assetId'], stores: [{ name: 'kept', version: 1, subKeys: 1 }] },
  );
  assert.deepEqual(output, [record(5)]);
  assert.deepEqual(
    ended.map((text) => text.split(' ')[0]),
    new Array(5).fill('SCRIPT_FAILED'),
  );
});

test('entries are brought up to date by the code of the operator, in the sandbox', () => {
  const [store] =
    operatorOf(`function migrate(store, value, from) { return { store, was: value, from }; } ${process('')}`, {
      requires: ['/assetId'],
      stores: [{ name: 'kept', version: 2, migrates: true }],
    }).stores ?? [];
  assert.deepEqual(store?.migrate?.({ v: 7, t: 5 }, 1), { v: { store: 'kept', was: 7, from: 1 }, t: 5 });
  const [without] =
    operatorOf(process(''), { requires: ['/assetId'], stores: [{ name: 'kept', version: 2 }] }).stores ?? [];
  assert.equal(without?.migrate, undefined);
  const [endless] =
    operatorOf(`function migrate() { for (;;); } ${process('')}`, {
      requires: ['/assetId'],
      stores: [{ name: 'kept', version: 2, migrates: true }],
    }).stores ?? [];
  assert.throws(() => endless?.migrate?.({ v: 7, t: 5 }, 1), /timed out/);
});
