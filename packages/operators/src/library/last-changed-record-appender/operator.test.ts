import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { lastChangedRecordAppender } from './operator.ts';

const config: JsonObject = { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::q' }] };
const record = (time: number, value: JsonValue, extra: JsonObject = {}): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time,
  value,
  attr: {},
  ...extra,
});
const entryOf = (output: JsonObject): JsonObject => (output.attr as JsonObject).lastChangedRecordAppender as JsonObject;

test('whatever values come, over any restarts, what is appended is the record of the last change before', async () => {
  const value: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(0, 1, 1.5, '1', 'x', true, false, null, [1], [2], {
    a: 1,
  });
  const one = fc.record({ assetId: fc.constantFrom('a', 'b'), value, time: fc.nat(9) });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 30 }), fc.array(fc.nat(30), { maxLength: 3 }), async (input, cuts) => {
      let harness = await OperatorHarness.create(lastChangedRecordAppender, config);
      const actual: JsonValue[] = [];
      const expected: JsonValue[] = [];
      const kept = new Map<string, JsonObject>();
      const take = (): void => {
        actual.push(...harness.run.output.map(entryOf));
      };
      for (const [index, { assetId, value: measured, time }] of input.entries()) {
        if (cuts.includes(index)) {
          take();
          const stored = await harness.storedState();
          harness = await OperatorHarness.create(lastChangedRecordAppender, config, { stored });
        }
        const sent = record(time, measured, { assetId });
        await harness.send([sent]);
        const own = { ...sent, pointId: 'q' };
        const before = kept.get(assetId);
        if (measured !== null && (before === undefined || !isDeepStrictEqual(before.value, measured)))
          kept.set(assetId, own);
        const shown = before ?? kept.get(assetId);
        expected.push(
          shown === undefined
            ? {}
            : {
                lastChangedTs: shown.time as number,
                lastChangedValue: shown.value as JsonValue,
                lastChangedRecord: shown,
              },
        );
      }
      take();
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 100 },
  );
});

test('digits are kept, spellings of the same number are no change, and a digit beyond 2^53 is one', async () => {
  const texts: string[] = [];
  const harness = await OperatorHarness.create(lastChangedRecordAppender, config, {
    onOutput: (output) => texts.push(output.toJson()),
  });
  const text = (value: string, time: string) =>
    `{"modelId":"m","modelIdPath":"/m","assetId":"a","pointId":"p","time":${time},"value":${value},"attr":{}}`;
  await harness.sendTexts([text('1.10', '1'), text('1.1', '2'), text('9007199254740993', '3')]);
  const stored = await harness.storedState();
  const after = await OperatorHarness.create(lastChangedRecordAppender, config, {
    stored,
    onOutput: (output) => texts.push(output.toJson()),
  });
  await after.sendTexts([text('9007199254740992', '4'), text('9007199254740992', '5')]);
  assert.deepEqual(
    texts.map((one) => /"lastChangedTs":(\d+),"lastChangedValue":([^,]+),/.exec(one)?.slice(1)),
    [
      ['1', '1.10'],
      ['1', '1.10'],
      ['1', '1.10'],
      ['3', '9007199254740993'],
      ['4', '9007199254740992'],
    ],
  );
});

test('records do not hold each other, and other results stay', async () => {
  const attr = { isOutlier: false, lastChangedRecordAppender: { old: true } };
  const { output } = await runOperator(lastChangedRecordAppender, config, [record(1, 1, { attr }), record(2, 2)]);
  assert.deepEqual(
    output.map((one) => (entryOf(one).lastChangedRecord as JsonObject).attr),
    [{ isOutlier: false }, { isOutlier: false }],
  );
  assert.deepEqual((output.at(0)?.attr as JsonObject | undefined)?.isOutlier, false);
});

test('rows keep records of their own; stage state shows the one put in last', async () => {
  const both: JsonObject = {
    inputOutput: [
      { inputPoint: 'm::p', outputPoint: 'm::q' },
      { inputPoint: 'm::p', conditions: "${record:value('/value') > 1}", outputPoint: 'm::large' },
    ],
  };
  const harness = await OperatorHarness.create(lastChangedRecordAppender, both);
  await harness.send([record(1, 1), record(2, 2), record(3, 1)]);
  assert.deepEqual(
    harness.run.output.map((one) => [one.pointId, entryOf(one).lastChangedTs]),
    [
      ['q', 1],
      ['large', undefined],
      ['q', 1],
      ['large', 2],
      ['q', 2],
      ['large', 2],
    ],
  );
  const [stored] = [...(await harness.storedState()).values()];
  const { state } = lastChangedRecordAppender;
  assert.ok(state?.toItem && stored !== undefined);
  assert.deepEqual(state.toItem(state.decode(stored), 'a', 'p'), record(3, 1, { pointId: 'q' }));
});
