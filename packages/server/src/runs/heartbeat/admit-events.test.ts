import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '@penstock/model';
import { admitEvents, NO_EVENTS } from './admit-events.ts';

const event = (message: string, severity: RunEvent['severity'] = 'info'): RunEvent => ({
  at: 1,
  code: 'SCRIPT_LOG',
  message,
  severity,
});

test('a script that logs a hundred times a second makes no more rows than the limit, and the rest is counted', () => {
  let window = NO_EVENTS;
  let rows = 0;
  for (let second = 0; second < 600; second += 1) {
    const events = Array.from({ length: 100 }, (_, i) => event(`${second}/${i}`));
    const admitted = admitEvents(events, window, 1_000_000 + second * 1000, 30);
    window = admitted.window;
    rows += admitted.events.length;
  }
  assert.equal(rows, 10 * 30 + 9);
  const { events } = admitEvents([], window, 2_000_000, 30);
  assert.match(events[0]?.message ?? '', /^5970 more events/);
});

test('what is worse is kept first, in the order it came', () => {
  const { events } = admitEvents([event('a'), event('b', 'error'), event('c', 'warning')], NO_EVENTS, 1_000_000, 2);
  assert.deepEqual(
    events.map(({ message }) => message),
    ['b', 'c'],
  );
});
