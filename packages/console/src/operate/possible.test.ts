import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextState, PipelineState } from '@penstock/model';
import { isPossible, OPERATIONS } from './possible.ts';

test('what can be pressed is what the life cycle allows', () => {
  for (const state of Object.values(PipelineState))
    for (const operation of OPERATIONS)
      assert.equal(isPossible(operation, state), nextState(state, operation) !== undefined, `${operation} ${state}`);
});
