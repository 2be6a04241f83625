import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlarmState, normalSince } from './alarm-state.ts';
import { type LookedAt, toTell } from './notices.ts';

const NORMAL = normalSince(5);
const RAISED: AlarmState = { ...NORMAL, state: 'alerting', badSince: 5, wasRaised: true };
const UNKNOWN: AlarmState = { ...NORMAL, state: 'no-data', unknownSince: 5, wasNoData: true };

const told = (it: Partial<LookedAt>) => {
  const { notices, toldIncidentId } = toTell({
    next: NORMAL,
    notice: undefined,
    incidentId: 'now',
    toldIncidentId: null,
    isShelved: false,
    returns: false,
    ...it,
  });
  return [...notices.map(({ kind, incidentId }) => `${kind} ${incidentId}`), toldIncidentId];
};

test('what a look has to tell is told, and what is open is known to be told', () => {
  assert.deepEqual(told({ next: RAISED, notice: 'raised' }), ['raised now', 'now']);
  assert.deepEqual(told({ next: RAISED, toldIncidentId: 'now' }), ['now']);
  assert.deepEqual(told({ notice: 'recovered', toldIncidentId: 'now' }), ['recovered now', null]);
});

test('nobody is told of a shelved alarm, and what they know stays', () => {
  assert.deepEqual(told({ next: RAISED, notice: 'raised', isShelved: true }), [null]);
  assert.deepEqual(told({ notice: 'recovered', toldIncidentId: 'now', isShelved: true }), ['now']);
});

test('an alarm that returns tells what is open and was not told, and nothing twice', () => {
  assert.deepEqual(told({ next: RAISED, returns: true }), ['raised now', 'now']);
  assert.deepEqual(told({ next: UNKNOWN, returns: true }), ['no-data now', 'now']);
  assert.deepEqual(told({ next: RAISED, notice: 'raised', returns: true }), ['raised now', 'now']);
  assert.deepEqual(told({ next: RAISED, toldIncidentId: 'now', returns: true }), ['now']);
  assert.deepEqual(told({ returns: true }), [null]);
});

test('an alarm that returns tells the end of what was told, also where another incident is open by then', () => {
  assert.deepEqual(told({ toldIncidentId: 'before', returns: true }), ['recovered before', null]);
  assert.deepEqual(told({ toldIncidentId: 'now', notice: 'ended', returns: true }), ['ended now', null]);
  assert.deepEqual(told({ next: RAISED, toldIncidentId: 'before', returns: true }), [
    'recovered before',
    'raised now',
    'now',
  ]);
});

test('what comes up in the look with which an alarm returns is told beside what was known', () => {
  assert.deepEqual(
    told({ next: { ...UNKNOWN, wasRaised: true }, notice: 'raised', toldIncidentId: 'now', returns: true }),
    ['raised now', 'now'],
  );
});
