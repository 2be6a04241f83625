import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasAny, perSecond, timeLinesOf, timeline, wholeLinesOf } from './lines.ts';

test('a line breaks off where steps are missing, and only there', () => {
  assert.deepEqual(timeline([0, 15_000, 60_000], 15_000, [[1, 2, 3]]), {
    seconds: [0, 15, 30, 60],
    columns: [[1, 2, null, 3]],
  });
  assert.deepEqual(timeline([], 15_000, [[]]), { seconds: [], columns: [[]] });
});

test('what was counted in a step is so many a second; what is not known stays so', () => {
  assert.deepEqual(perSecond([150, null, 0], 15_000), [10, null, 0]);
  assert.deepEqual([hasAny([null, 0], []), hasAny([0], [null, 2])], [false, true]);
});

test('lag is in records, event time in seconds, all else per second', () => {
  const point = { at: 0, commits: 1, commitMs: 1, offset: 1, rssMb: 1, workers: 1 };
  const lines = wholeLinesOf({
    stepMs: 10_000,
    points: [
      { ...point, recordsIn: 100, recordsOut: 50, errors: 0, dropped: 20, lag: 7, eventLagMs: 2500 },
      { ...point, recordsIn: null, recordsOut: null, errors: null, dropped: null, lag: 8, eventLagMs: null },
    ],
  });
  assert.deepEqual(lines, {
    read: [10, null],
    written: [5, null],
    errors: [0, null],
    dropped: [2, null],
    lag: [7, 8],
    behind: [2.5, null],
  });
});

test('what tasks did is a share of their time, and what is neither waiting nor committing is work', () => {
  const part = { part: 0, openMs: [4000, 0, null, 1000], commits: [1, 0, null, 1] };
  const lines = timeLinesOf({
    ...part,
    idleMs: [1000, 0, null, 900],
    rateMs: [400, 0, null, 0],
    commitMs: [600, 0, null, null],
  });
  assert.deepEqual(lines, {
    idle: [25, null, null, 90],
    rateWait: [10, null, null, 0],
    commit: [15, null, null, null],
    work: [50, null, null, null],
  });
});

test('waiting that was told of later than the time it belongs to is never more than all of it', () => {
  const lines = timeLinesOf({ part: 0, openMs: [1000], idleMs: [1200], rateMs: [0], commitMs: [0], commits: [0] });
  assert.deepEqual([lines.idle, lines.work], [[100], [0]]);
});
