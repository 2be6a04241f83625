import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { defineProcessor, defineStore } from '../operator/index.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf } from '../testing/operators.ts';
import { openTask, planOf, record, registryWith } from '../testing/tasks.ts';
import { TaskWork } from './task-work.ts';
import { ThreadTime } from './thread-time.ts';

let at = 0;
const now = (): number => at;

const about = { library: 'test', version: 1, libraries: [], category: 'state' as const, keywords: [] };
/** Takes 2 ms for each record. */
const slow = defineProcessor({
  ...about,
  id: 'slow',
  stageName: 'slow',
  label: 'slow',
  instancePrefix: 'slow',
  summary: 'slow',
  description: 'slow',
  config: Type.Object({}),
  changes: () => [],
  create: () => ({
    process(each, out) {
      at += 2;
      out.emit(each);
    },
  }),
});
/** Has its answer after 10 ms, in which others of the thread compute for 4 ms. */
const asking = (thread: ThreadTime) =>
  defineProcessor({
    ...slow,
    id: 'asking',
    stageName: 'asking',
    create: () => ({
      async processBatch(records, out) {
        await Promise.resolve();
        at += 10;
        thread.computedMs += 4;
        for (const each of records) out.emit(each);
      },
    }),
  });

test('the time of a stage is its own, without that of others of the thread', async () => {
  const thread = new ThreadTime(now);
  const work = new TaskWork(thread);
  const document = documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'a', operator: 'slow', from: ['s'] },
    { name: 'b', operator: 'asking', from: ['a'] },
    { name: 't', operator: 'target', from: ['b'] },
  );
  const { task } = await openTask(planOf(document, registryWith(slow, asking(thread))), { work });
  work.opened();
  await task.process(batchOf([record({}), record({}), '{']), 0, 3);
  at += 5;
  await task.commit(undefined);
  const { stages, ...times } = work.report();
  assert.deepEqual(stages, {
    s: { busyMs: 0, from: {} },
    a: { busyMs: 4, from: { s: 2 } },
    b: { busyMs: 6, from: { a: 2 } },
    t: { busyMs: 0, from: { b: 2 } },
  });
  assert.deepEqual(times, { openMs: 19, idleMs: 0, rateMs: 0, commitMs: 0, commits: 1 });
  assert.equal(thread.computedMs, 8);
});

test('records that go one by one are timed now and then, each time for as many as were not', async () => {
  const store = defineStore({
    name: 'n',
    version: 1,
    keyParts: 1,
    encode: (n: number) => n,
    decode: Number,
    group: () => 'g',
  });
  const keeping = defineProcessor({
    ...slow,
    id: 'keeping',
    stageName: 'keeping',
    requires: () => ({ kind: 'parts', parts: ['/assetId'] }),
    stores: [store],
  });
  const document = documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'a', operator: 'keeping', from: ['s'] },
    { name: 'b', operator: 'keeping', from: ['a'] },
    { name: 't', operator: 'target', from: ['b'] },
  );
  let looks = 0;
  const thread = new ThreadTime(() => {
    looks += 1;
    return at;
  });
  const work = new TaskWork(thread);
  const { task } = await openTask(planOf(document, registryWith(keeping)), { work });
  const rounds = 4;
  for (let round = 0; round < rounds; round += 1) {
    const batch = batchOf(Array.from({ length: 17 }, () => record({})));
    for (let from = 0; from < 17; from += 5) await task.process(batch, from, Math.min(17, from + 5));
  }
  const { a, b } = work.report().stages;
  assert.deepEqual(
    [a?.busyMs, b?.busyMs, a?.from, b?.from],
    [rounds * 34, rounds * 34, { s: rounds * 17 }, { a: rounds * 17 }],
  );
  assert.equal(looks, 5 * rounds + 1, 'in front of and behind what is timed, and for the report');
});

test('records of a way that parts, and of one that goes to another task, are counted where they go', async () => {
  const work = new TaskWork();
  const document = documentOf(
    { name: 's', operator: 'source', config: {} },
    { name: 'x', operator: 'strict', from: ['s'] },
    { name: 'n', operator: 'count', config: {}, from: ['x'] },
    { name: 't', operator: 'target', from: ['n', 's'] },
  );
  const plan = planOf(document);
  const first = await openTask(plan, { work });
  await first.task.process(batchOf([record({}), record({ value: 'x' }), record({})]), 0, 3);
  const waysOf = (work: TaskWork): Record<string, unknown> =>
    Object.fromEntries(Object.entries(work.report().stages).map(([name, { from }]) => [name, from]));
  assert.equal(plan.parts.length, 2);
  assert.deepEqual(waysOf(work), { s: {}, x: { s: 3 }, n: { x: 2 }, t: { s: 3 } });
  const behind = new TaskWork();
  const second = await openTask(plan, { work: behind, partIndex: 1 });
  await second.task.process(batchOf([record({})]), 0, 1);
  assert.deepEqual(waysOf(behind), { n: {}, t: { n: 1 } }, 'what came through the cut was counted in front of it');
});

test('what is under way shows before it is over, and never counts back', () => {
  at = 0;
  const thread = new ThreadTime(now);
  const work = new TaskWork(thread);
  work.opened();
  work.begin(work.idle);
  const seen: number[] = [];
  for (const [passed, computed] of [
    [5, 0],
    [3, 3],
    [0, 0],
    [2, 1],
  ] as const) {
    at += passed;
    thread.computedMs += computed;
    seen.push(work.report().idleMs);
  }
  work.end();
  assert.deepEqual(seen, [5, 5, 5, 6]);
  at += 7;
  work.closed();
  at += 100;
  work.opened();
  at += 1;
  assert.deepEqual([work.report().openMs, work.report().idleMs], [18, 6]);
});

test('event time lies behind now while there is a backlog, else as far as the last record did', () => {
  const work = new TaskWork();
  assert.equal(work.eventLagMs(1000, true), undefined);
  work.look(1000, undefined);
  assert.equal(work.eventLagMs(1000, true), undefined, 'a record without a time says nothing');
  assert.deepEqual([work.isLookDue(1100), work.isLookDue(1300)], [false, true]);
  work.look(2000, 1900);
  work.look(2500, 1800);
  assert.equal(work.eventLagMs(9000, true), 7100, 'the newest counts');
  assert.equal(work.eventLagMs(9000, false), 600);
  work.look(10_000, 12_000);
  assert.equal(work.eventLagMs(10_000, true), 0);
  const ancient = new TaskWork();
  ancient.look(1e12, -Number.MAX_SAFE_INTEGER);
  assert.equal(ancient.eventLagMs(1e12, true), Number.MAX_SAFE_INTEGER, 'a heartbeat with more would be refused');
});
