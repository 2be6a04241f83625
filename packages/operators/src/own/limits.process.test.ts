import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import { checkPackage } from './check-package.ts';
import { ownDefinitions } from './own-definition.ts';
import { PACKAGE_FORMAT } from './package-schema.ts';

const operatorOf = (body: string, limits: JsonObject) => {
  const { library, issues } = checkPackage({
    format: PACKAGE_FORMAT,
    name: 'acme',
    version: '1.0.0',
    operators: [
      {
        name: 'Limited',
        category: 'script',
        summary: 'Does it.',
        description: 'Does it.',
        options: {},
        changes: ['/value'],
        cases: [{ title: 'it', shown: true, config: {}, steps: [{ send: [] }] }],
        limits,
        code: `function process(record, context) { ${body} }`,
      },
    ],
  });
  assert.ok(library, JSON.stringify(issues));
  const [definition] = ownDefinitions(library);
  assert.ok(definition);
  return definition;
};

const record = (value: number): JsonObject => ({ assetId: 'a', pointId: 'p', time: 1, value });

/** Sends the values one after the other; what came out, and the codes of what did not. */
const send = async (body: string, limits: JsonObject, values: readonly number[]) => {
  const harness = await OperatorHarness.create(operatorOf(body, limits), {});
  for (const value of values) await harness.send([record(value)]);
  await harness.close();
  return { output: harness.run.output.map(({ value }) => value), codes: harness.run.errors.map(({ code }) => code) };
};

test('an endless loop ends at its limit of time, and the next record is worked on', async () => {
  const body = 'if (record.value === 1) for (;;); context.emit(record);';
  assert.deepEqual(await send(body, { timeMs: 300, memoryMb: 16 }, [0, 1, 2]), {
    output: [0, 2],
    codes: ['SCRIPT_TIME_LIMIT'],
  });
});

test('a hoard ends at its limit of memory, an endless depth by itself, and the next record is worked on', async () => {
  const body = `
    if (record.value === 1) { const all = []; for (;;) all.push(new Array(10000).fill(record.value + all.length)); }
    if (record.value === 2) (function again() { again(); })();
    context.emit(record);`;
  assert.deepEqual(await send(body, { timeMs: 10_000, memoryMb: 16 }, [0, 1, 2, 3]), {
    output: [0, 3],
    codes: ['SCRIPT_MEMORY_LIMIT', 'SCRIPT_FAILED'],
  });
});

test('promises without end come to one of the limits, and the next record is worked on', async () => {
  const body = `
    if (record.value === 1) Promise.resolve().then(function again() { return Promise.resolve().then(again); });
    context.emit(record);`;
  const { output, codes } = await send(body, { timeMs: 300, memoryMb: 16 }, [0, 1, 2]);
  assert.deepEqual([output, codes.length], [[0, 2], 1]);
  // Which of them is first depends on the machine.
  assert.match(codes[0] ?? '', /^SCRIPT_(TIME|MEMORY)_LIMIT$/);
});

test('of many records that each take too long only the first have their time', async () => {
  const { errors } = await runOperator(
    operatorOf('for (;;);', { timeMs: 300, memoryMb: 16 }),
    {},
    new Array(200).fill(record(1)),
  );
  const waited = errors.filter(({ message }) => /^The records before it took all the time/.test(message));
  assert.ok(errors.every(({ code }) => code === 'SCRIPT_TIME_LIMIT'));
  assert.deepEqual([errors.length, waited.length >= 180], [200, true], `${waited.length} did not have to run`);
});
