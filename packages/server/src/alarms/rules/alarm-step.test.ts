import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AlarmState, type Condition, type NoticeKind, normalSince, type Patience } from './alarm-state.ts';
import { stepAlarm } from './alarm-step.ts';

const MIN = 60_000;
const PATIENCE: Patience = { badMs: 2 * MIN, goodMs: MIN, unknownMs: 2 * MIN, tellsNoData: true };
const BAD: Condition = { kind: 'bad' };
const GOOD: Condition = { kind: 'good' };
const IDLE: Condition = { kind: 'idle' };
const silent = (overdueMs: number): Condition => ({ kind: 'unknown', overdueMs });

type Look = readonly [atMs: number, condition: Condition];

/** What is told when, and where it ends. */
const story = (looks: readonly Look[], patience = PATIENCE) => {
  let alarm: AlarmState = normalSince(0);
  const told: [number, NoticeKind][] = [];
  const states: string[] = [];
  for (const [at, condition] of looks) {
    const { next, notice } = stepAlarm(alarm, condition, at, patience);
    if (notice !== undefined) told.push([at / MIN, notice]);
    if (next.state !== alarm.state) states.push(next.state);
    alarm = next;
  }
  return { told, states, alarm };
};

const minutes = (...looks: (readonly [number, Condition])[]): Look[] => looks.map(([at, seen]) => [at * MIN, seen]);

test('a condition is told once it has held long enough, and its end once that has lasted', () => {
  const { told, states } = story(minutes([1, BAD], [2, BAD], [3, BAD], [4, BAD], [5, GOOD], [6, GOOD], [7, GOOD]));
  assert.deepEqual(told, [
    [3, 'raised'],
    [6, 'recovered'],
  ]);
  assert.deepEqual(states, ['pending', 'alerting', 'recovering', 'normal']);
});

test('what passes before it was told is told to nobody', () => {
  assert.deepEqual(story(minutes([1, BAD], [2.9, BAD], [3, GOOD], [4, BAD], [5, GOOD])).told, []);
});

test('what comes back while it recovers is the same trouble, and not told again', () => {
  const flapping = minutes([0, BAD], [2, BAD], [3, GOOD], [3.5, BAD], [4, GOOD], [4.9, BAD], [5, GOOD], [6, GOOD]);
  assert.deepEqual(story(flapping).told, [
    [2, 'raised'],
    [6, 'recovered'],
  ]);
});

test('time in which nothing is known counts neither as trouble nor as its end', () => {
  assert.deepEqual(story(minutes([0, BAD], [1, silent(0)], [2.5, BAD], [3, BAD], [3.5, BAD])).told, [[3.5, 'raised']]);
  const recovering = minutes([0, BAD], [2, BAD], [3, GOOD], [3.5, silent(0)], [4.5, GOOD], [5, GOOD]);
  assert.deepEqual(story(recovering).told, [
    [2, 'raised'],
    [5, 'recovered'],
  ]);
});

test('who should report and does not is told of once; a report ends it when it goes on', () => {
  const looks = minutes(
    [0, GOOD],
    [1, silent(MIN)],
    [2, silent(2 * MIN)],
    [9, silent(9 * MIN)],
    [10, GOOD],
    [11, GOOD],
  );
  const { told, states } = story(looks);
  assert.deepEqual(told, [
    [2, 'no-data'],
    [11, 'recovered'],
  ]);
  assert.deepEqual(states, ['no-data', 'recovering', 'normal']);
});

test('it is right that nothing is known: no data is told of that, however long it lasts', () => {
  assert.deepEqual(story(minutes([0, silent(0)], [600, silent(0)])).told, []);
});

test('what stops being watched while people are worried is told; otherwise nobody minds', () => {
  assert.deepEqual(story(minutes([0, BAD], [2, BAD], [3, IDLE], [4, IDLE])).told, [
    [2, 'raised'],
    [3, 'ended'],
  ]);
  assert.deepEqual(story(minutes([0, BAD], [1, IDLE], [2, IDLE])).told, []);
});

const conditions = fc.oneof(
  fc.constant(BAD),
  fc.constant(GOOD),
  fc.constant(IDLE),
  fc.integer({ min: 0, max: 5 * MIN }).map(silent),
);
const sequences = fc.array(fc.tuple(fc.integer({ min: -MIN, max: 3 * MIN }), conditions), { maxLength: 60 });
const patiences = fc.record({
  badMs: fc.integer({ min: 0, max: 5 * MIN }),
  goodMs: fc.integer({ min: 0, max: 5 * MIN }),
  unknownMs: fc.integer({ min: 1, max: 5 * MIN }),
  tellsNoData: fc.boolean(),
});

/** Clocks may be set back. */
const timed = (sequence: readonly (readonly [number, Condition])[]): Look[] => {
  let at = 100 * MIN;
  return sequence.map(([wait, condition]) => {
    at += wait;
    return [at, condition];
  });
};

test('nothing is told twice before all is normal again, and no end without a beginning', () => {
  fc.assert(
    fc.property(sequences, patiences, (sequence, patience) => {
      let open: NoticeKind[] = [];
      for (const [, notice] of story(timed(sequence), patience).told) {
        if (notice === 'recovered' || notice === 'ended') {
          assert.ok(open.length > 0, `${notice} of what was never told`);
          open = [];
        } else {
          assert.ok(!open.includes(notice), `${notice} again`);
          open.push(notice);
        }
      }
    }),
  );
});

test('what is raised was seen for as long as it takes, without being seen to end in between', () => {
  fc.assert(
    fc.property(sequences, patiences, (sequence, patience) => {
      let alarm = normalSince(0);
      // A condition that was seen is taken to go on until somebody looks again.
      let seenMs = 0;
      let last: Look | undefined;
      for (const look of timed(sequence)) {
        const [at, condition] = look;
        if (last?.[1].kind === 'bad') seenMs += Math.max(0, at - last[0]);
        if (condition.kind === 'good' || condition.kind === 'idle') seenMs = 0;
        const { next, notice } = stepAlarm(alarm, condition, at, patience);
        if (notice === 'raised') assert.ok(condition.kind === 'bad' && seenMs >= patience.badMs);
        if (notice === 'recovered') assert.equal(condition.kind, 'good');
        if (notice === 'no-data') assert.equal(condition.kind, 'unknown');
        alarm = next;
        last = look;
      }
    }),
  );
});

test('the same look again changes nothing and tells nothing', () => {
  fc.assert(
    fc.property(sequences, patiences, (sequence, patience) => {
      let alarm = normalSince(0);
      for (const [at, condition] of timed(sequence)) {
        alarm = stepAlarm(alarm, condition, at, patience).next;
        const again = stepAlarm(alarm, condition, at, patience);
        assert.equal(again.notice, undefined);
        assert.equal(again.next, alarm);
      }
    }),
  );
});

test('what stays as it is comes to rest: one state, nothing written, nothing told', () => {
  const resting = { bad: 'alerting', good: 'normal', idle: 'normal', unknown: 'no-data' };
  fc.assert(
    fc.property(sequences, patiences, conditions, (sequence, patience, condition) => {
      const looks = timed(sequence);
      const start = looks.at(-1)?.[0] ?? 0;
      const lasting: Condition = condition.kind === 'unknown' ? silent(10 * MIN) : condition;
      const { alarm } = story(
        [...looks, [start, lasting], [start + 30 * MIN, lasting], [start + 60 * MIN, lasting]],
        patience,
      );
      assert.equal(alarm.state, resting[lasting.kind]);
      const later = stepAlarm(alarm, lasting, start + 1e9, patience);
      assert.equal(later.next, alarm);
      assert.equal(later.notice, undefined);
    }),
  );
});
