import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskProgress } from '@penstock/model';
import type { AlarmSettings } from '../settings/alarm-settings.ts';
import { type PipelineFacts, patienceOf, seeRule } from './conditions.ts';

const NOW = 1_000_000;
const SETTINGS: AlarmSettings = {
  receivers: [],
  status: { states: ['RUN_ERROR'], forMinutes: 0 },
  lag: { threshold: 10, forMinutes: 2 },
  progress: { forMinutes: 5 },
};
const task = (over: Partial<TaskProgress> = {}): TaskProgress => ({
  part: 0,
  topic: 't',
  partition: 0,
  committedOffset: 5,
  endOffset: 12,
  lag: 7,
  stalledMs: 0,
  ...over,
});
type Heard = NonNullable<NonNullable<PipelineFacts['run']>['heard']>;
const facts = (
  tasks: readonly TaskProgress[],
  heartbeat: Partial<Heard['heartbeat']> = {},
  ageMs = 0,
): PipelineFacts => ({
  status: 'RUNNING',
  statusSince: 0,
  reasonCode: null,
  run: {
    runId: 'r',
    kafkaRate: 100,
    expectedSince: NOW - 500_000,
    heard: { at: NOW - ageMs, heartbeat: { phase: 'running', tasks: [...tasks], ...heartbeat } },
  },
});
const see = (rule: 'status' | 'lag' | 'progress', given: PipelineFacts) =>
  seeRule(rule, SETTINGS, given, NOW)?.condition;

test('lag is that of the source, over all partitions', () => {
  assert.deepEqual(see('lag', facts([task(), task({ partition: 1 })])), { kind: 'bad' });
  assert.deepEqual(see('lag', facts([task(), task({ part: 1, topic: 'another' })])), { kind: 'bad' });
  assert.deepEqual(see('lag', facts([task(), task({ part: 1, topic: 'penstock-repartition-p-cut', lag: 500 })])), {
    kind: 'good',
  });
});

test('an unknown lag is none; of some partitions it may be enough to be too much, never to be little', () => {
  const unknown = { kind: 'unknown', overdueMs: 0 };
  assert.deepEqual(see('lag', facts([])), unknown);
  assert.deepEqual(see('lag', facts([task(), task({ partition: 1, lag: -1, endOffset: -1 })])), unknown);
  assert.deepEqual(see('lag', facts([task({ lag: 11 }), task({ partition: 1, lag: -1, endOffset: -1 })])), {
    kind: 'bad',
  });
  assert.deepEqual(see('lag', facts([task({ trouble: 'silent' })])), unknown);
  assert.deepEqual(see('lag', facts([task()], { phase: 'starting' })), unknown);
  assert.deepEqual(see('lag', facts([task()], { waiting: { code: 'C', message: 'm', since: 0 } })), unknown);
});

test('who was not heard of for long is overdue, by as long as it could have been heard of', () => {
  assert.deepEqual(see('lag', facts([task({ lag: 99 })], {}, 31_000)), { kind: 'unknown', overdueMs: 31_000 });
  const { run, ...rest } = facts([]);
  assert.ok(run !== undefined);
  const { heard: _, ...silent } = run;
  assert.deepEqual(see('lag', { ...rest, run: silent }), { kind: 'unknown', overdueMs: 500_000 });
  assert.deepEqual(see('lag', { ...rest, run: { ...silent, expectedSince: NOW + 5 } }), {
    kind: 'unknown',
    overdueMs: 0,
  });
});

test('without a run that is meant to go on there is nothing to watch but the status', () => {
  const ended: PipelineFacts = { status: 'RUN_ERROR', statusSince: 0, reasonCode: 'C' };
  assert.deepEqual(see('lag', ended), { kind: 'idle' });
  assert.deepEqual(see('progress', ended), { kind: 'idle' });
  assert.deepEqual(seeRule('status', SETTINGS, ended, NOW), {
    condition: { kind: 'bad' },
    facts: { status: 'RUN_ERROR', reasonCode: 'C' },
  });
  assert.deepEqual(see('status', { ...ended, status: 'STOPPED' }), { kind: 'good' });
});

test('no progress: records wait and none is read, or an open transaction holds them back; not at rate 0', () => {
  const still = facts([task({ stalledMs: 15_000 }), task({ partition: 1 })]);
  assert.deepEqual(see('progress', still), { kind: 'bad' });
  assert.deepEqual(see('progress', facts([task({ lag: 0, heldBack: { records: 4, forMs: 16_000 } })])), {
    kind: 'bad',
  });
  assert.deepEqual(see('progress', facts([task({ lag: 0, stalledMs: 99_000 })])), { kind: 'good' });
  assert.ok(still.run !== undefined);
  assert.deepEqual(see('progress', { ...still, run: { ...still.run, kafkaRate: 0 } }), { kind: 'good' });
});

test('what the settings do not name is not watched; no data is told by one alarm', () => {
  assert.equal(seeRule('lag', { receivers: [] }, facts([]), NOW), undefined);
  assert.equal(patienceOf('progress', SETTINGS).tellsNoData, false);
  assert.equal(patienceOf('lag', SETTINGS).tellsNoData, true);
  assert.equal(patienceOf('progress', { receivers: [], progress: { forMinutes: 1 } }).tellsNoData, true);
});
