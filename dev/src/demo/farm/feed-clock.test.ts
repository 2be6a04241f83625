import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeedClock } from './feed-clock.ts';
import { POINTS, TURBINES } from './wind-farm.ts';

const START = Date.UTC(2026, 2, 1);

test('the feed of a minute is the same in whatever steps it is asked for', () => {
  const inSteps = (stepMs: number): string[] => {
    const clock = new FeedClock(7, 'o1', START);
    const seen: string[] = [];
    for (let now = START + stepMs; now <= START + 60_000; now += stepMs) {
      seen.push(...clock.advance(now).map(({ value }) => value));
    }
    return seen.sort();
  };
  const inSeconds = inSteps(1000);
  assert.deepEqual(inSteps(250), inSeconds);
  assert.ok(inSeconds.length > 60 * TURBINES * POINTS.length * 0.97);
});

test('records come in the order of their arrival, never before their time', () => {
  const clock = new FeedClock(7, 'o1', START);
  const records = clock.advance(START + 5000);
  const arrivals = records.map(({ arrivesAt }) => arrivesAt);
  assert.deepEqual(
    arrivals,
    arrivals.toSorted((a, b) => a - b),
  );
  assert.ok(arrivals.every((at) => at > START && at <= START + 5000));
});

test('after a long gap the feed goes on at the present', () => {
  const clock = new FeedClock(7, 'o1', START);
  const records = clock.advance(START + 3_600_000);
  assert.ok(records.every(({ arrivesAt }) => arrivesAt > START + 3_600_000 - 10_001));
  assert.ok(records.length > 9 * TURBINES * POINTS.length * 0.95);
});
