import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartWork, Work } from '@penstock/model';
import { addAllWork, addWork, wholeWork } from './sum-counters.ts';

const work = (ms: number, from: Record<string, number>): PartWork => ({
  openMs: 10 * ms,
  idleMs: 4 * ms,
  rateMs: ms,
  commitMs: 2 * ms,
  commits: 1,
  stages: { A: { busyMs: 3 * ms, from } },
});

test('how time was spent adds up by part and stage, a stage that is in two parts in both', () => {
  const thread: Work = {};
  addWork(thread, 0, work(1.25, { S: 5 }));
  addWork(thread, 0, work(1, { S: 2, T: 1 }));
  addWork(thread, 1, work(0.5, {}));
  const sum: Work = {};
  addAllWork(sum, thread);
  addAllWork(sum, thread);
  assert.deepEqual(wholeWork(sum), {
    0: {
      openMs: 45,
      idleMs: 18,
      rateMs: 4,
      commitMs: 9,
      commits: 4,
      stages: { A: { busyMs: 13, from: { S: 14, T: 2 } } },
    },
    1: { openMs: 10, idleMs: 4, rateMs: 1, commitMs: 2, commits: 2, stages: { A: { busyMs: 3, from: {} } } },
  });
  assert.deepEqual(thread['0']?.stages.A?.from, { S: 7, T: 1 }, 'what was added is as it was');
});
