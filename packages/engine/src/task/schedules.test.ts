import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Type from 'typebox';
import {
  defineProcessor,
  defineStore,
  type MissedSlots,
  type Processor,
  type ScheduleDefinition,
  type StageContext,
} from '../operator/index.ts';
import { runPreview } from '../preview/run-preview.ts';
import { StreamRecord } from '../record/stream-record.ts';
import { batchOf } from '../record/testing.ts';
import { scheduleStoreOf } from '../state/schedule-store.ts';
import { documentOf } from '../testing/operators.ts';
import { openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';
import type { Task } from './task.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const MINUTE = 60_000;

const notes = defineStore<number>({
  name: 'notes',
  version: 1,
  keyParts: 1,
  encode: (count) => count,
  decode: Number,
});

/** Makes a record for each of its keys in every slot. */
const clockwork = (
  schedule: ScheduleDefinition,
  create: (context: StageContext<unknown>) => Partial<Processor> = () => ({}),
) =>
  defineProcessor<ReturnType<typeof Type.Object>, unknown>({
    id: 'clockwork',
    stageName: 'clockwork',
    library: 'test',
    version: 1,
    label: 'clockwork',
    instancePrefix: 'clockwork',
    libraries: [],
    category: 'generate',
    keywords: [],
    summary: 'clockwork',
    description: 'clockwork',
    config: Type.Object({}),
    changes: () => [],
    stores: [notes],
    schedules: [schedule],
    create: (_config, context) => ({
      process: (one, out) => out.emit(one),
      scheduled: ({ at, owns }, out) => {
        for (const assetId of KEYS) if (owns(assetId)) out.emit(StreamRecord.from({ assetId, pointId: 'p', time: at }));
      },
      ...create(context),
    }),
  });
const perKey = (everyMs: number, missed: MissedSlots = 'each'): ScheduleDefinition => ({
  name: 'beat',
  per: 'key',
  everyMs: () => everyMs,
  missed: () => missed,
});
const planWith = (definition: ReturnType<typeof clockwork>) =>
  planOf(
    documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'x', operator: 'clockwork', from: ['s'] },
      { name: 't', operator: 'target', from: ['x'] },
    ),
    registryWith(definition),
  );
const POSITION = { topic: 'input', partition: 0, offset: 0 };
const beatsOf = (log: Parameters<typeof written>[0]): string[] =>
  written(log, 'output').map((text) => {
    const { assetId, time } = JSON.parse(text ?? '') as { assetId: string; time: number };
    return `${assetId}@${time}`;
  });
const until = async (task: Task, now: number): Promise<void> => {
  do await task.tick(now);
  while (task.isBehind);
};
/** The state topic as another task would restore it. */
const restored = async (plan: ReturnType<typeof planOf>, log: Parameters<typeof written>[0], now: number) => {
  const next = await openTask(plan);
  for (const { topic, key, value } of log.messages)
    if (topic === 'state') next.task.restore({ key: key ?? '', value: value?.toString() ?? null });
  await next.task.opened(now);
  return next;
};

describe('schedules per key', () => {
  test('begin with the slot after the task was opened, and go on with the one after the last', async () => {
    const plan = planWith(clockwork(perKey(MINUTE)));
    const { task, log } = await openTask(plan);
    await task.opened(90_000);
    assert.ok(task.hasSchedules && task.wantsCommit, 'where it begins is to be committed');
    await task.commit(POSITION);
    assert.equal(task.wantsCommit, false);
    await until(task, 119_999);
    assert.deepEqual(beatsOf(log), []);
    await until(task, 120_000);
    assert.deepEqual(
      beatsOf(log),
      KEYS.map((key) => `${key}@120000`),
    );
    await task.commit(POSITION);
    const next = await restored(plan, log, 125_000);
    await until(next.task, 190_000);
    assert.deepEqual(
      beatsOf(next.log),
      KEYS.map((key) => `${key}@180000`),
    );
  });

  test('come once over all tasks, each key always in the same one', async () => {
    const plan = planWith(clockwork(perKey(MINUTE)));
    const owners = { tasks: 3, partitionFor: (key: string, count: number) => Number(key) % count };
    const beats = [];
    for (const partition of [0, 1, 2]) {
      const { task, log } = await openTask(plan, { partition, owners });
      await task.opened(0);
      await until(task, MINUTE);
      const [keys, again] = [beatsOf(log), log.messages.length];
      await until(task, MINUTE);
      assert.equal(log.messages.length, again);
      beats.push(...keys);
    }
    assert.deepEqual(
      beats.sort(),
      KEYS.map((key) => `${key}@60000`),
    );
  });

  test('a long pause is caught up a few slots at a time, in order', async () => {
    const { task, log } = await openTask(planWith(clockwork(perKey(MINUTE))));
    await task.opened(0);
    await task.tick(60 * MINUTE);
    assert.ok(task.isBehind);
    assert.equal(beatsOf(log).length, 16 * KEYS.length);
    await until(task, 60 * MINUTE);
    const times = beatsOf(log).filter((beat) => beat.startsWith('a@'));
    assert.deepEqual(
      times,
      Array.from({ length: 60 }, (_, minute) => `a@${(minute + 1) * MINUTE}`),
    );
  });

  test('a slot that was taken by a wrong clock does not silence the schedule for years', async () => {
    const plan = planWith(clockwork(perKey(MINUTE)));
    const { task, log } = await openTask(plan);
    await task.opened(Date.UTC(2099, 0));
    await task.commit(POSITION);
    const logs: string[] = [];
    const next = await openTask(plan, { onLog: (level, stage, message) => logs.push(`${level} ${stage}: ${message}`) });
    for (const { key, value } of log.messages) next.task.restore({ key: key ?? '', value: value?.toString() ?? null });
    await next.task.opened(0);
    assert.deepEqual(logs, [
      'warning x: The last slot of its schedule "beat" lay far ahead of the clock; the schedule begins anew.',
    ]);
    await until(next.task, MINUTE);
    assert.equal(beatsOf(next.log).length, KEYS.length);
  });

  test('what version 1 kept, a slot alone, is taken over', () => {
    const store = scheduleStoreOf(clockwork(perKey(MINUTE)));
    assert.equal(store?.version, 2);
    assert.deepEqual(store.decode(store.migrate?.(120_000, 1) ?? null), { last: 120_000, count: 0 });
    for (const wrong of [null, 5, [], ['5', 1], [5], [5, 0.5]]) assert.throws(() => store.decode(wrong), /no time/);
  });

  test('a preview shows the slot before', async () => {
    const values = [{ value: Buffer.from(record({ n: 1 })), timestamp: 0 }];
    const shown = await runPreview({
      plan: planWith(clockwork(perKey(MINUTE))),
      values,
      clock: { now: () => 10 * MINUTE + 1 },
    });
    assert.equal(shown.find(({ instanceName }) => instanceName === 'x')?.output.length, 1 + KEYS.length);
  });

  test('a slot may take its time', async () => {
    const slow = clockwork(perKey(MINUTE), () => ({
      scheduled: async ({ at }, out) => {
        await Promise.resolve();
        out.emit(StreamRecord.from({ assetId: 'slow', time: at }));
      },
    }));
    const { task, log } = await openTask(planWith(slow));
    await task.opened(0);
    await until(task, 3 * MINUTE);
    assert.deepEqual(beatsOf(log), ['slow@60000', 'slow@120000', 'slow@180000']);
  });
});

describe('schedules per task', () => {
  const perTask: ScheduleDefinition = { name: 'beat', per: 'task', everyMs: () => MINUTE };

  test('come once for what has passed, keep nothing and have no keys', async () => {
    const slots: number[] = [];
    const definition = clockwork(perTask, () => ({
      scheduled: ({ at, owns }) => {
        slots.push(at);
        assert.throws(() => owns('a'), /no keys/);
      },
    }));
    const { task, log } = await openTask(planWith(definition));
    await task.opened(90_000);
    await until(task, 100_000);
    await until(task, 60 * MINUTE + 1);
    assert.deepEqual(slots, [60 * MINUTE]);
    await task.commit(POSITION);
    assert.deepEqual(log.messages, []);
  });
});

describe('opened', () => {
  test('comes before the first record, when stores hold what was kept', async () => {
    const seen: (number | undefined)[] = [];
    const definition = clockwork(perKey(MINUTE), (context) => ({
      opened: async () => {
        await Promise.resolve();
        seen.push(context.store(notes).get(['n']));
      },
      process: (one, out) => {
        const store = context.store(notes);
        store.put(['n'], (store.get(['n']) ?? 0) + 1);
        out.emit(one);
      },
    }));
    const plan = planWith(definition);
    const { task, log } = await openTask(plan);
    await task.opened(0);
    await task.process(batchOf([record({}), record({})]), 0, 2);
    await task.commit(POSITION);
    await restored(plan, log, 0);
    assert.deepEqual(seen, [undefined, 2]);
  });

  test('that fails ends the start, naming the stage', async () => {
    const failing = clockwork(perKey(MINUTE), () => ({ opened: () => Promise.reject(new Error('no index')) }));
    const { task } = await openTask(planWith(failing));
    await assert.rejects(task.opened(0), { code: 'STAGE_OPEN_FAILED', message: /"x" could not be started: no index/ });
  });
});
