import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dueSlot, type MissedSlots } from './due-slot.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The slots that come when somebody looks at these times. */
const slotsOf = (last: number, looks: readonly number[], everyMs: number, missed: MissedSlots): number[] => {
  const slots: number[] = [];
  for (const now of looks)
    for (let at = last; ; ) {
      const due = dueSlot(at, now, everyMs, missed);
      if (due === undefined) break;
      slots.push(due);
      at = due;
      last = due;
    }
  return slots;
};

describe('slots of a schedule', () => {
  test('come at multiples of the period, once each', () =>
    assert.deepEqual(slotsOf(0, [1, 9_999, 10_000, 10_001, 20_500, 29_999], 10_000, 'none'), [10_000, 20_000]));

  test('that are noticed within a minute are not missed, whatever the choice', () => {
    for (const missed of ['each', 'last', 'none'] as const)
      assert.deepEqual(slotsOf(0, [40_000], 10_000, missed), [10_000, 20_000, 30_000, 40_000]);
  });

  test('that are missed come by the choice of the operator', () => {
    const back = 5 * HOUR + 30 * MINUTE;
    assert.deepEqual(
      slotsOf(0, [back], HOUR, 'each'),
      [1, 2, 3, 4, 5].map((hour) => hour * HOUR),
    );
    assert.deepEqual(slotsOf(0, [back], HOUR, 'last'), [5 * HOUR]);
    assert.deepEqual(slotsOf(0, [back, 6 * HOUR], HOUR, 'none'), [6 * HOUR]);
  });

  test('where newer ones are in time, those are the last', () =>
    assert.deepEqual(slotsOf(0, [HOUR + 5000], 30_000, 'last'), [HOUR - 30_000, HOUR]));

  test('do not come again where the clock goes back', () =>
    assert.deepEqual(slotsOf(0, [HOUR, HOUR - MINUTE, HOUR + 1], HOUR, 'each'), [HOUR]));

  test('go on behind the last one when the period is another', () =>
    assert.deepEqual(slotsOf(MINUTE, [6 * MINUTE], 5 * MINUTE, 'each'), [5 * MINUTE]));
});
