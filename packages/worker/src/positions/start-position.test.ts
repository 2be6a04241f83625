import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GroupAnswer, startPosition } from './start-position.ts';

const start = (group: GroupAnswer, recorded: number | undefined, isExactlyOnce = true) => {
  const found = startPosition('partition 3 of "in"', { group, recorded, isExactlyOnce });
  return found === undefined ? undefined : [found.offset, found.told?.code];
};
const committed = (offset: number): GroupAnswer => ({ offset, isWithOutput: true });
const set = (offset: number): GroupAnswer => ({ offset, isWithOutput: false });

test('a position that both know is the position', () => {
  assert.deepEqual(start(committed(7), 7), [7, undefined]);
  assert.deepEqual(start(committed(7), undefined), [7, undefined]);
});

test('what somebody has set in the group holds, forwards and backwards', () => {
  assert.deepEqual(start(set(3), 7), [3, undefined]);
  assert.deepEqual(start(set(9), 7), [9, undefined]);
});

test('a group that has forgotten, or does not settle, is told by the record', () => {
  assert.deepEqual(start(undefined, 7), [7, 'POSITION_RESTORED']);
  assert.deepEqual(start('unsettled', 7), [7, 'POSITION_RESTORED']);
});

test('of two commits that were one the later holds', () => {
  assert.deepEqual(start(committed(3), 7), [7, 'POSITION_CONTRADICTED']);
  assert.deepEqual(start(committed(9), 7), [9, 'POSITION_CONTRADICTED']);
});

test('at least once the group alone counts: its offset is committed when the output is written', () => {
  assert.deepEqual(start(committed(3), 7, false), [3, undefined]);
});

test('what nobody knows is no position', () => {
  assert.equal(start(undefined, undefined), undefined);
  assert.equal(start('unsettled', undefined), undefined);
});
