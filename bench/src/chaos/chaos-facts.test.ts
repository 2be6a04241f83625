import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasMovedOn, isGivenUp, type PipelineFacts, type Position } from './chaos-facts.ts';

const position = (...offsets: number[]): Position => ({
  committed: new Map(offsets.map((offset, partition) => [`in/${partition}`, offset])),
  sum: offsets.reduce((total, offset) => total + offset, 0),
  isAtEnd: false,
});

test('a partition that stands still is not hidden by the others', () => {
  assert.equal(hasMovedOn(position(5, 5), position(900, 5)), false);
  assert.equal(hasMovedOn(position(5, 5), position(6, 6)), true);
  assert.equal(hasMovedOn(position(5, 5), position(6)), false);
});

test('a pipeline is given up in its error states only', () => {
  const states = ['STARTING', 'RUNNING', 'PAUSED', 'START_ERROR', 'RUN_ERROR'];
  assert.deepEqual(
    states.filter((state) => isGivenUp({ state } as PipelineFacts)),
    ['START_ERROR', 'RUN_ERROR'],
  );
});
