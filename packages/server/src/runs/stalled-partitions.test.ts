import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskProgress } from '@penstock/model';
import { heldBackOf, standstillOf } from './stalled-partitions.ts';

const task = (over: Partial<TaskProgress> = {}): TaskProgress => ({
  part: 0,
  topic: 't',
  partition: 2,
  committedOffset: 5,
  endOffset: 12,
  lag: 7,
  stalledMs: 20_000,
  ...over,
});

test('one partition of many that stands still while records wait is said, with what is known', () => {
  const tasks = [task({ partition: 0, stalledMs: 100 }), task({ trouble: 'The broker does not answer.' })];
  assert.deepEqual(standstillOf({ phase: 'running', tasks }, 1000, 2000), {
    code: 'PARTITION_STANDS_STILL',
    message: 'Partition 2 of t stands still for 22 s although 7 records wait: The broker does not answer.',
  });
});

test('no lag, a rate of nothing, or a worker that is not up yet is no standstill', () => {
  assert.equal(standstillOf({ phase: 'running', tasks: [task({ lag: 0 })] }, 1000, 0), undefined);
  assert.equal(standstillOf({ phase: 'running', tasks: [task()] }, 0, 0), undefined);
  assert.equal(standstillOf({ phase: 'starting', tasks: [task()] }, 1000, 0), undefined);
  assert.equal(standstillOf({ phase: 'running', tasks: [task({ stalledMs: 9000 })] }, 1000, 2000), undefined);
});

test('what an open transaction holds back is said once it lasts, although there is no lag', () => {
  const held = task({ lag: 0, stalledMs: 0, heldBack: { records: 40, forMs: 14_000 } });
  assert.equal(heldBackOf({ phase: 'running', tasks: [held] }, 0), undefined);
  assert.deepEqual(heldBackOf({ phase: 'running', tasks: [task({ partition: 0 }), held] }, 2000), {
    code: 'RECORDS_HELD_BACK',
    message: '40 records of partition 2 of t are held back for 16 s by an open transaction that begins at offset 12.',
  });
});
