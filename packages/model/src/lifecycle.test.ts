import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  commandsIn,
  isActive,
  isPipelineState,
  moveFrom,
  nextState,
  PipelineCommand,
  type PipelineEvent,
  PipelineObservation,
  PipelineState,
} from './lifecycle.ts';

const states = Object.values(PipelineState);
const events: readonly PipelineEvent[] = [...Object.values(PipelineCommand), ...Object.values(PipelineObservation)];

// Written down a second time on purpose, by event instead of by state: contract C.2, and what a lost worker means.
const expected: Record<PipelineEvent, Partial<Record<PipelineState, PipelineState>>> = {
  release: {
    EDITED: 'PUBLISHED',
    PUBLISHED: 'PUBLISHED',
    PAUSED: 'PUBLISHED',
    STOPPED: 'PUBLISHED',
    START_ERROR: 'PUBLISHED',
    RUN_ERROR: 'PUBLISHED',
  },
  start: {
    PUBLISHED: 'STARTING',
    PAUSED: 'STARTING',
    STOPPED: 'STARTING',
    START_ERROR: 'STARTING',
    RUN_ERROR: 'STARTING',
  },
  pause: { RUNNING: 'PAUSING' },
  stop: {
    RUNNING: 'STOPPING',
    PAUSED: 'STOPPING',
    STARTING: 'STOPPING',
    START_ERROR: 'STOPPING',
    RUN_ERROR: 'STOPPING',
  },
  workerRunning: { STARTING: 'RUNNING' },
  workerLost: { RUNNING: 'STARTING' },
  workerStopped: { PAUSING: 'PAUSED', STOPPING: 'STOPPED' },
  startFailed: { STARTING: 'START_ERROR', PAUSING: 'PAUSED' },
  workerFailed: { STARTING: 'RUN_ERROR', RUNNING: 'RUN_ERROR', PAUSING: 'PAUSED' },
  finished: { STARTING: 'STOPPED', RUNNING: 'STOPPED', PAUSING: 'PAUSED' },
};

for (const event of events)
  test(`${event} moves exactly the states it should`, () => {
    const actual = Object.fromEntries(
      states.flatMap((state) => {
        const next = nextState(state, event);
        return next === undefined ? [] : [[state, next]];
      }),
    );
    assert.deepEqual(actual, expected[event]);
  });

test('every state can be left, and every active state ends by observations alone', () => {
  for (const state of states)
    assert.ok(
      events.some((event) => (nextState(state, event) ?? state) !== state),
      state,
    );
  for (const state of states.filter(isActive))
    assert.ok(
      Object.values(PipelineObservation).some((event) => {
        const next = nextState(state, event);
        return next !== undefined && !isActive(next);
      }),
      state,
    );
});

test('illegal moves do not compile', () => {
  const running: 'RUNNING' = moveFrom('STARTING', 'workerRunning');
  assert.equal(running, 'RUNNING');
  // @ts-expect-error a pipeline that was never released cannot be started
  assert.equal(moveFrom('EDITED', 'start'), undefined);
  // @ts-expect-error only a running pipeline can be paused
  assert.equal(moveFrom('STOPPED', 'pause'), undefined);
});

test('the commands of a state are those the table allows', () => {
  assert.deepEqual(commandsIn('RUNNING'), ['pause', 'stop']);
  assert.deepEqual(commandsIn('EDITED'), ['release']);
  assert.deepEqual(commandsIn('STOPPING'), []);
});

test('a word from the database is a state or it is not', () => {
  assert.equal(isPipelineState('RUN_ERROR'), true);
  assert.equal(isPipelineState('toString'), false);
});
