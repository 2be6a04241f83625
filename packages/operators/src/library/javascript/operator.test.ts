import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, runOperator, validateConfig } from '@penstock/testkit/operator';
import { javascript } from './operator.ts';

const record = (value: number, extra: object = {}): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/root/m',
  assetId: 'a',
  pointId: 'p',
  time: value,
  value,
  ...extra,
});
const each = (body: string) => `for (var i = 0; i < records.length; i++) { var record = records[i]; ${body} }`;
const run = (script: string, input: readonly JsonObject[], config: JsonObject = {}) =>
  runOperator(javascript, { script, ...config }, input);
const codes = (done: { errors: readonly { code: string }[] }) => done.errors.map(({ code }) => code);

test('outputs, drops and errors are each told by record', async () => {
  const done = await run(
    each(`if (record.value.value === 2) continue;
      if (record.value.value === 3) { error.write(record, new Error('three')); continue; }
      record.value.twice = record.value.value * 2; output.write(record);`),
    [record(1), record(2), record(3), record(4)],
  );
  assert.deepEqual(done.output, [record(1, { twice: 2 }), record(4, { twice: 8 })]);
  assert.deepEqual(done.dropped, [{ record: record(2), reason: 'not-written' }]);
  assert.deepEqual(done.errors, [{ record: record(3), code: 'SCRIPT_ERROR', message: 'three' }]);
});

test('a record may be written more than once, as it is at that moment, and in any order', async () => {
  const { output } = await run(
    `for (var i = records.length - 1; i >= 0; i--) { output.write(records[i]); records[i].value = { again: i }; output.write(records[i]); }`,
    [record(1), record(2)],
  );
  assert.deepEqual(output, [record(2), { again: 1 }, record(1), { again: 0 }]);
});

test('a failing record is singled out, with the line; its neighbours and the state are not touched by it', async () => {
  const script = `state.seen = state.seen || 0;\n${each(`state.seen++;\n if (record.value.value === 3) null.x;\n record.value.seen = state.seen; output.write(record);`)}`;
  const done = await run(script, [record(1), record(2), record(3), record(4)]);
  assert.deepEqual(
    done.output.map(({ value, seen }) => [value, seen]),
    [
      [1, 1],
      [2, 2],
      [4, 3],
    ],
  );
  assert.deepEqual(
    done.errors.map((error) => [error.record.value, error.code]),
    [[3, 'SCRIPT_FAILED']],
  );
  assert.match(done.errors[0]?.message ?? '', /^TypeError: .*\(line 3, column \d+\)$/);
});

test('with M:1 a failure concerns the whole batch, and records that went into others are merged', async () => {
  const sum = `var sum = 0; ${each('sum += record.value.value;')} records[0].value.value = sum; output.write(records[0]);`;
  const done = await run(sum, [record(1), record(2)], { ioMapping: 'M:1' });
  assert.deepEqual(done.output, [record(1, { value: 3 })]);
  assert.deepEqual(
    done.dropped.map(({ reason }) => reason),
    ['merged'],
  );
  const failed = await run('throw 7', [record(1), record(2)], { ioMapping: 'M:1' });
  assert.deepEqual(codes(failed), ['SCRIPT_FAILED', 'SCRIPT_FAILED']);
});

test('nothing of the outside is in reach', async () => {
  const names = [
    'process',
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
    each(`record.value.seen = ${JSON.stringify(names)}.filter(function (name) { return typeof globalThis[name] !== 'undefined'; });
      record.value.outside = records.constructor.constructor('return typeof process')();
      output.write(record);`),
    [record(1)],
  );
  assert.deepEqual(output, [record(1, { seen: [], outside: 'undefined' })]);
});

test('a script that breaks built-in objects only hurts itself', async () => {
  const hostile = `JSON.stringify = function () { return 'x\\ny'; }; JSON.parse = function () { return 7; };
    Array.prototype.push = function () { throw 1; }; Object.prototype.toJSON = function () { return 'no'; };
    String.prototype.slice = function () { return '\\n'; };`;
  const done = await run(hostile + each('output.write(record);'), [record(1), record(2)]);
  assert.equal(done.output.length, 0);
  assert.deepEqual(codes(done), ['SCRIPT_OUTPUT_NOT_VALID', 'SCRIPT_OUTPUT_NOT_VALID']);
});

test('a script that takes its own objects away fails by itself', async () => {
  const script = `${each('output.write(record);')} Object.defineProperty(globalThis, 'records', { value: 1, writable: false, configurable: false });`;
  const harness = await OperatorHarness.create(javascript, { script });
  await harness.send([record(1)]);
  await harness.send([record(2)]);
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1],
  );
  assert.deepEqual(codes(harness.run), ['SCRIPT_FAILED']);
  await harness.close();
  const replaced = await run(`output = { write: 1 }; state = 7; ${each('output.write(record);')}`, [record(1)]);
  assert.deepEqual(replaced.output, [record(1)]);
});

test('what is no record cannot be written', async () => {
  const done = await run(
    each(`var n = record.value.value;
      if (n === 1) record.value = 7;
      if (n === 2) record.value = [1];
      if (n === 3) record.value.me = record.value;
      if (n === 4) record.value.big = 1 / 0;
      if (n === 5) output.write({ value: {} });
      if (n === 6) error.write(Object.create(Object.getPrototypeOf(record)), 'x');
      output.write(record);`),
    [1, 2, 3, 4, 5, 6].map((value) => record(value)),
  );
  assert.deepEqual(done.output, []);
  assert.deepEqual(codes(done), [
    ...new Array(4).fill('SCRIPT_OUTPUT_NOT_VALID'),
    ...new Array(2).fill('SCRIPT_FAILED'),
  ]);
});

test('the state is kept property by property, stored where it changed, and restored', async () => {
  const script = each(
    'state[record.value.assetId] = (state[record.value.assetId] || 0) + record.value.value; record.value.total = state[record.value.assetId]; output.write(record);',
  );
  const before = await OperatorHarness.create(javascript, { script });
  await before.send([record(1), record(2), record(5, { assetId: 'b' })]);
  assert.deepEqual(await before.changedKeys(), [stateKey('a'), stateKey('b')]);
  await before.send([record(0), record(0, { assetId: 'b' }), record(0, { assetId: 'b' })]);
  assert.deepEqual(await before.changedKeys(), [], 'what comes out the same is no change');
  await before.send([]);
  assert.deepEqual(await before.changedKeys(), []);
  const stored = await before.storedState();
  assert.deepEqual(
    [...stored],
    [
      [stateKey('a'), '3'],
      [stateKey('b'), '5'],
    ],
  );
  const after = await OperatorHarness.create(javascript, { script }, { stored });
  await after.send([record(4)]);
  assert.deepEqual(
    after.run.output.map(({ total }) => total),
    [7],
  );
  await before.close();
  await after.close();
  const replaced = await run(
    each('state = { n: (state.n || 0) + 1 }; record.value.n = state.n; output.write(record);'),
    [record(1), record(2)],
  );
  assert.deepEqual(
    replaced.output.map(({ n }) => n),
    [1, 2],
  );
});

const stateKey = (name: string) => JSON.stringify([2, 'Stage_01', 'state', 2, ['', name]]);

test('a state of many properties may be far larger than one of them', async () => {
  const script = each(
    "state[record.value.assetId] = { text: 'x'.repeat(100000), n: ((state[record.value.assetId] || {}).n || 0) + 1 }; record.value.n = state[record.value.assetId].n; output.write(record);",
  );
  const assets = Array.from({ length: 40 }, (_, i) => `asset-${i}`);
  const before = await OperatorHarness.create(javascript, { script });
  await before.send(assets.map((assetId) => record(1, { assetId })));
  assert.equal((await before.changedKeys()).length, 40);
  await before.send([record(1, { assetId: 'asset-7' })]);
  assert.deepEqual(await before.changedKeys(), [stateKey('asset-7')]);
  const stored = await before.storedState();
  assert.ok([...stored.values()].reduce((sum: number, value) => sum + String(value).length, 0) > 4_000_000);
  const after = await OperatorHarness.create(javascript, { script }, { stored });
  await after.send(assets.map((assetId) => record(1, { assetId })));
  assert.deepEqual(
    after.run.output.map(({ n }) => n),
    assets.map((assetId) => (assetId === 'asset-7' ? 3 : 2)),
  );
  assert.deepEqual(after.run.errors, []);
  await before.close();
  await after.close();
});

test('properties that are deleted, replaced with all others, or reached by any other way than their name are kept as they are', async () => {
  const steps = [
    "state.a = 1; state['b c'] = { deep: [1] }; state.__proto__own = 0;",
    "delete state.a; state['b c'].deep.push(2);",
    'for (const [name, value] of Object.entries(state)) if (value.deep) value.deep.push(3);',
    "Object.defineProperty(state, 'd', { value: 4, enumerable: true, writable: true, configurable: true });",
    "state = { e: 5, 'b c': state['b c'] };",
    "sdc.state.e++; sdc.state[''] = 'no name'; state['__proto__x'] = undefined; state.f = () => 1;",
    'state = 7;',
    'state.g = 8;',
  ];
  const kept = [
    { a: 1, 'b c': { deep: [1] }, __proto__own: 0 },
    { 'b c': { deep: [1, 2] }, __proto__own: 0 },
    { 'b c': { deep: [1, 2, 3] }, __proto__own: 0 },
    { 'b c': { deep: [1, 2, 3] }, __proto__own: 0, d: 4 },
    { e: 5, 'b c': { deep: [1, 2, 3] } },
    { e: 6, 'b c': { deep: [1, 2, 3] }, '': 'no name' },
    {},
    { g: 8 },
  ];
  const script = `switch (records[0].value.value) { ${steps.map((step, i) => `case ${i}: ${step} break;`).join('\n')} }
    records[0].value.seen = JSON.stringify(state); output.write(records[0]);`;
  let stored: ReadonlyMap<string, JsonValue> = new Map();
  const straight = await OperatorHarness.create(javascript, { script });
  for (const [i, expected] of kept.entries()) {
    const resumed = await OperatorHarness.create(javascript, { script }, { stored });
    for (const harness of [straight, resumed]) {
      await harness.send([record(i)]);
      assert.deepEqual(harness.run.errors, []);
      const entries = [...(await harness.storedState())].map(([key, value]) => [
        (JSON.parse(key) as [0, 0, 0, 0, [string, string]])[4][1],
        JSON.parse(value as string),
      ]);
      assert.deepEqual(Object.fromEntries(entries), expected, steps[i]);
    }
    stored = await resumed.storedState();
    await resumed.close();
  }
  await straight.close();
});

test('a run that fails leaves every property as it was, also those that it deleted, added or replaced', async () => {
  const script = `state.sum = (state.sum || 0) + records[0].value.value;
    switch (records[0].value.value) {
      case 2: delete state.sum; state.more = 1; throw new Error('two');
      case 3: state = { other: 1 }; throw new Error('three');
      case 4: state.self = state; break;
      case 5: state.large = 'x'.repeat(600000); break;
    }
    records[0].value.seen = JSON.stringify(state); output.write(records[0]);`;
  const harness = await OperatorHarness.create(javascript, { script, ioMapping: 'M:1' });
  for (const value of [1, 2, 3, 4, 5, 6]) await harness.send([record(value)]);
  assert.deepEqual(codes(harness.run), ['SCRIPT_FAILED', 'SCRIPT_FAILED', 'SCRIPT_FAILED', 'SCRIPT_STATE_TOO_LARGE']);
  assert.deepEqual(
    harness.run.output.map(({ seen }) => seen),
    ['{"sum":1}', '{"sum":7}'],
  );
  assert.deepEqual([...(await harness.storedState())], [[stateKey('sum'), '7']]);
  await harness.close();
});

test('what the first version kept as one entry is taken apart when the stage is opened', async () => {
  const [store] = javascript.stores ?? [];
  assert.ok(store?.migrate);
  const script = each('record.value.seen = JSON.stringify(state); state.n++; output.write(record);');
  for (const [before, seen] of [
    [{ n: 1, a: { list: [1.5, null] }, '': 'x' }, '{"n":1,"a":{"list":[1.5,null]},"":"x"}'],
    [7, '{}'],
    ['text', '{}'],
  ] as const) {
    const stored = new Map([[stateKey(''), store.migrate(before as JsonValue, 1)]]);
    const harness = await OperatorHarness.create(javascript, { script }, { stored });
    await harness.send([record(1)]);
    assert.deepEqual(
      harness.run.output.map((one) => JSON.parse(String(one.seen))),
      [JSON.parse(seen)],
    );
    const names = [...(await harness.storedState()).keys()].sort();
    assert.deepEqual(names, (seen === '{}' ? ['n'] : ['', 'a', 'n']).map(stateKey).sort());
    await harness.close();
  }
});

test('a state that does not fit into the memory of the script says so', async () => {
  const stored = new Map(
    Array.from({ length: 8 }, (_, i): [string, JsonValue] => [
      stateKey(`p${i}`),
      JSON.stringify(Array.from({ length: 100_000 }, () => ({}))),
    ]),
  );
  const config = { memoryLimitMb: 16, script: each('state.n = 1; output.write(record);') };
  const harness = await OperatorHarness.create(javascript, config, { stored });
  await harness.send([record(1)]);
  assert.deepEqual(
    harness.run.errors.map(({ code, message }) => [code, /raise the Memory Limit/.test(message)]),
    [['SCRIPT_MEMORY_LIMIT', true]],
  );
  await harness.close();
});

test('a property that grows too large is an error of the records that made it grow', async () => {
  const script = each("if (record.value.value === 2) state.big = 'x'.repeat(600000); output.write(record);");
  const harness = await OperatorHarness.create(javascript, { script });
  await harness.send([record(1), record(2), record(3)]);
  assert.deepEqual(
    harness.run.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_STATE_TOO_LARGE']],
  );
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1, 3],
  );
  assert.deepEqual([...(await harness.storedState()).values()], []);
  await harness.close();
});

test('input points select and output points are enforced, by model inheritance', async () => {
  const config = {
    inputOutput: [{ inputPoint: 'root::p', outputPoint: 'root::q' }],
    script: each(
      "if (record.value.value !== 2) record.value.pointId = 'q'; if (record.value.value === 3) record.value.modelIdPath = '/x'; output.write(record);",
    ),
  };
  const done = await runOperator(javascript, config, [
    record(1),
    record(2),
    record(3),
    record(4, { pointId: 'other' }),
  ]);
  assert.deepEqual(done.output, [record(1, { pointId: 'q' })]);
  assert.deepEqual(codes(done), ['SCRIPT_OUTPUT_NOT_VALID', 'SCRIPT_OUTPUT_NOT_VALID']);
  assert.deepEqual(
    done.dropped.map(({ reason }) => reason),
    ['not-selected'],
  );
});

test('the helper functions work on merged records', async () => {
  const merged = [3, '5', null, 'x'].map((value) => ({ pointId: 'p', value })).concat([{ pointId: 'other', value: 9 }]);
  const { output } = await run(
    each(`var f = enosFunc; record.value = { v: [f.mcMin(record, 'p'), f.mcMax(record, 'p'), f.mcSum(record, 'p'), f.mcMean(record, 'p'),
      f.mcCov(record, 'p'), f.input(record, 'other'), f.mcSum(record, 'none'), f.input(record, 'none'), NULL_DOUBLE,
      sdcFunctions.getFieldNull(record, '/attr/latestRecordMerger/mergedRecords[1]/value'), sdcFunctions.isPreview()] };
      output.write(record);`),
    [record(1, { attr: { latestRecordMerger: { mergedRecords: merged } } })],
  );
  assert.deepEqual(output, [{ v: [3, 5, 8, 4, 0.25, 9, null, null, null, '5', false] }]);
});

test('new records, header attributes and the log', async () => {
  const script = each(`var made = sdcFunctions.createRecord('x'); made.value = sdcFunctions.createMap(false);
    made.value.from = record.sourceId; made.value.topic = record.attributes.topic; output.write(made);
    log.info('saw {} of {}', i, records.length); log.debug('no');`);
  const harness = await OperatorHarness.create(javascript, { script });
  await harness.sendTexts(['{"value":1}']);
  assert.deepEqual(harness.run.output, [{ from: 'T::0::0', topic: 'T' }]);
  assert.deepEqual(harness.logs, ['info: saw 0 of 1']);
  assert.deepEqual(
    harness.run.dropped.map(({ reason }) => reason),
    ['not-written'],
  );
  await harness.close();
});

test('outputs know their key without being parsed, whatever the script did to it', async () => {
  const script = each(`var value = record.value;
    if (value.value === 2) value.assetId = 'b';
    if (value.value === 3) delete value.pointId;
    if (value.value === 4) { value.assetId = 7; value.pointId = 'q'; }
    if (value.value === 5) { record = sdcFunctions.createRecord('x'); record.value = { assetId: 'new' }; }
    output.write(record);`);
  const keys: (string | undefined)[][] = [];
  const harness = await OperatorHarness.create(
    javascript,
    { script },
    { onOutput: (one) => keys.push([one.assetId, one.pointId]) },
  );
  await harness.send([1, 2, 3, 4, 5].map((value) => record(value)));
  await harness.close();
  assert.deepEqual(keys, [
    ['a', 'p'],
    ['b', 'p'],
    ['a', undefined],
    [undefined, 'q'],
    ['new', undefined],
  ]);
  assert.deepEqual(
    harness.run.output.map(({ assetId, pointId }) => [assetId, pointId]),
    [
      ['a', 'p'],
      ['b', 'p'],
      ['a', undefined],
      [7, 'q'],
      ['new', undefined],
    ],
  );
});

test('large batches and texts of every kind cross unharmed', async () => {
  const texts = ['line\nbreak', '\u2028\u2029', '"\\', '\u0000', 'ü€😀', '\ud800', 'x'.repeat(100_000)];
  const input = Array.from({ length: 2500 }, (_, i) => record(i, { text: texts[i % 6] }));
  input.push(record(-1, { text: texts[6] }));
  const { output } = await run(each('output.write(record);'), input);
  assert.deepEqual(output, input);
});

test('syntax errors are found in validation, with the line, without running anything', () => {
  const issuesOf = (script: string) =>
    validateConfig(javascript, { script }).issues.map((issue) => [issue.path, issue.message]);
  assert.deepEqual(issuesOf('let a = 1;\nlet b = ;'), [
    ['/stages/0/configuration/0/value', "The script cannot be read. Line 2: Unexpected token ';'"],
  ]);
  // And at its place, whatever ends the lines and however wide letters are.
  const textAt = (script: string): string | undefined => {
    const at = validateConfig(javascript, { script }).issues[0]?.at;
    return at === undefined ? undefined : script.slice(at.offset, at.offset + at.length);
  };
  assert.equal(textAt('let a = 1;\nlet b = ;'), ';');
  assert.equal(textAt('\u2028let a;\r\n\tlet x = "é😀"; foo bar;\nlet c;'), 'bar');
  assert.equal(textAt('let a;\nfor ('), 'for (');
  assert.equal(textAt('const a=1;\nconst a=2;'), 'a');
  assert.equal(issuesOf('})(); while (true) {} (function () {').length, 1);
  assert.deepEqual(issuesOf('while (true) {}'), []);
});

test('numbers a script leaves alone keep their digits; new ones must be numbers JSON has', async () => {
  const records = ['{"assetId":"ü","serial":9007199254740993,"price":1.10,"value":0}', '{"assetId":"b","value":2}'];
  const texts: string[] = [];
  const script = each(
    'record.value.of = 10 / record.value.value; record.value.big = 2n ** 63n - 1n; if (record.value.serial) record.value.of = 1; output.write(record);',
  );
  const harness = await OperatorHarness.create(
    javascript,
    { script },
    { onOutput: (record) => texts.push(record.toJson()) },
  );
  await harness.sendTexts(records);
  await harness.close();
  assert.deepEqual(texts, [
    '{"assetId":"ü","serial":9007199254740993,"price":1.10,"value":0,"of":1,"big":9223372036854775807}',
    '{"assetId":"b","value":2,"of":5,"big":9223372036854775807}',
  ]);
  const failed = await run(each('record.value.list = [{ n: 10 / 0 }]; output.write(record);'), [record(1)]);
  assert.match(failed.errors[0]?.message ?? '', /The number at \/list\/0\/n is not finite/);
});

test("StreamSets' newer template finds its objects under sdc", async () => {
  const script = `var records = sdc.records;
for (var i = 0; i < records.length; i++) {
  try {
    if (records[i].value.value === 2) throw new Error('two');
    sdc.state.n = (sdc.state.n || 0) + 1;
    records[i].value.n = sdc.state.n;
    records[i].value.none = sdc.NULL_STRING;
    records[i].value.missing = sdc.getFieldNull(records[i], '/nowhere');
    sdc.log.info('wrote {}', i);
    sdc.output.write(records[i]);
  } catch (e) {
    sdc.error.write(records[i], e);
  }
}
var made = sdc.createRecord('made');
made.value = { assetId: 'new' };
sdc.output.write([made]);`;
  const done = await run(script, [record(1), record(2), record(3)], { ioMapping: 'M:1' });
  assert.deepEqual(done.output, [
    record(1, { n: 1, none: null, missing: null }),
    record(3, { n: 2, none: null, missing: null }),
    { assetId: 'new' },
  ]);
  assert.deepEqual(
    done.errors.map(({ code, message }) => [code, message]),
    [['SCRIPT_ERROR', 'two']],
  );
});
