import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgressMessage } from './progress-message.ts';
import { ProgressTable } from './progress-table.ts';

const report = (part: number, partition: number, tasks: number): ProgressMessage => ({
  part,
  partition,
  tasks,
  isComplete: true,
  flows: [{ flow: `${part}.${partition}`, streamTime: 1, caughtUpAt: 1 }],
});

const flowsOf = ({ flows }: ProgressTable): string[] => [...flows.keys()].sort();

test('what is in front of a cut is known once every task of every source that writes there has spoken', () => {
  const table = new ProgressTable([0, 1]);
  for (const partition of [0, 1]) table.take(report(0, partition, 2));
  assert.equal(table.isComplete, false);
  table.take(report(1, 0, 1));
  assert.equal(table.isComplete, true);
  assert.deepEqual(flowsOf(table), ['0.0', '0.1', '1.0']);
});

test('a part that does not write there any more is not waited for, whatever of it is still in the topic', () => {
  // A source was added: what was part 1 is part 2 now, and its last report was not read before the release.
  const table = new ProgressTable([2]);
  table.take(report(1, 0, 4));
  table.sight('0.0>1.0');
  assert.deepEqual([table.isComplete, flowsOf(table)], [false, ['0.0>1.0']]);
  table.take(report(2, 0, 1));
  assert.deepEqual([table.isComplete, flowsOf(table)], [true, ['2.0']]);
  table.sight('0.0>1.3');
  table.sight('0.5>2.0');
  assert.deepEqual(flowsOf(table), ['0.5>2.0', '2.0'], 'a flow that leads here counts from its first record on');
});
