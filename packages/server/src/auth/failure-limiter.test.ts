import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFailureLimiter, networkOf } from './failure-limiter.ts';

test('failures of a name are counted for a while, and those of others do not matter to it', () => {
  let now = 0;
  const limiter = createFailureLimiter({ now: () => now }, { limit: 2, windowMs: 60_000 });
  limiter.failed('a');
  assert.equal(limiter.waitSeconds('a'), 0);
  now = 10_000;
  limiter.failed('a');
  assert.deepEqual([limiter.waitSeconds('a'), limiter.waitSeconds('b')], [50, 0]);
  now = 60_000;
  assert.equal(limiter.waitSeconds('a'), 0);
});

test('hostile names do not fill the memory', () => {
  const limiter = createFailureLimiter({ now: () => 0 }, { limit: 1, windowMs: 1 });
  for (let i = 0; i < 20_000; i += 1) limiter.failed(`name ${i}`);
  assert.deepEqual([limiter.waitSeconds('name 1'), limiter.waitSeconds('name 19999')], [0, 1]);
});

test('all addresses of an IPv6 network count as one', () => {
  const cases = ['192.168.1.2', '::ffff:10.0.0.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', '::1', 'fe80::1'];
  assert.deepEqual(cases.map(networkOf), [
    '192.168.1.2',
    '::ffff:10.0.0.1',
    '2001:db8:1:2::/64',
    '2001:db8:1:2::/64',
    '0:0:0:0::/64',
    'fe80:0:0:0::/64',
  ]);
});
