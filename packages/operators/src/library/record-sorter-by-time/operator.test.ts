import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOperator } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { recordSorterByTime } from './operator.ts';

test('a batch comes out whole and in order, and equal times as they came', async () => {
  const time = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant('x'));
  await fc.assert(
    fc.asyncProperty(fc.array(time, { maxLength: 30 }), async (times) => {
      const input = times.map((at, n) => ({ time: at, n }));
      const { output, errors } = await runOperator(recordSorterByTime, {}, input);
      const expected: object[] = [];
      for (let at = 0; at <= 5; at++) expected.push(...input.filter((record) => record.time === at));
      assert.deepEqual(output, expected);
      assert.deepEqual(
        errors.map(({ record }) => record),
        input.filter((record) => record.time === 'x'),
      );
    }),
    { numRuns: 50 },
  );
});
