import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { defineProcessor, defineSource } from '../operator/index.ts';
import { runPreview } from '../preview/run-preview.ts';
import { snapshotSlotsOf } from '../preview/snapshot-slots.ts';
import { StreamRecord } from '../record/stream-record.ts';
import { documentOf } from '../testing/operators.ts';
import { openTask, planOf, registryWith, written } from '../testing/tasks.ts';

const KEYS = Array.from({ length: 12 }, (_, index) => `asset-${index}`);
const MINUTE = 60_000;

const about = {
  id: 'clock',
  stageName: 'clock',
  library: 'test',
  version: 1,
  label: 'clock',
  instancePrefix: 'clock',
  libraries: [],
  category: 'generate',
  keywords: [],
  summary: 'clock',
  description: 'clock',
  config: Type.Object({ pointId: Type.String({ default: 'p' }) }),
} as const;

/** Makes a record for each of its keys in every minute; nothing is read. */
const clock = defineSource<(typeof about)['config']>({
  ...about,
  cluster: true,
  source: () => ({
    kind: 'clock',
    generator: defineProcessor<(typeof about)['config']>({
      ...about,
      changes: () => 'any',
      schedules: [{ name: 'beat', per: 'key', everyMs: () => MINUTE, missed: () => 'each' }],
      create: ({ pointId }) => ({
        process: (record, out) => out.emit(record),
        scheduled: ({ at, owns, numberOf }, out) => {
          for (const assetId of KEYS)
            if (owns(assetId)) out.emit(StreamRecord.from({ assetId, pointId, time: at, value: numberOf(assetId) }));
        },
      }),
    }),
  }),
});

/** Writes into each record of how many it was one. */
const sized = defineProcessor({
  ...about,
  id: 'sized',
  stageName: 'sized',
  config: Type.Object({ isKeyed: Type.Boolean({ default: false }) }),
  changes: () => ['of'],
  requires: ({ isKeyed }) => (isKeyed ? { kind: 'parts', parts: ['/assetId'] } : undefined),
  worksOnBatches: true,
  create: () => ({
    processBatch: (records, out) => {
      for (const each of records) {
        each.set('of', records.length);
        out.emit(each);
      }
    },
  }),
});

const document = documentOf(
  { name: 's', operator: 'clock', config: { pointId: 'q' } },
  { name: 'c', operator: 'count', from: ['s'] },
  { name: 't', operator: 'target', from: ['c', 's'] },
);
const planFor = (tasks: number) => planOf(document, registryWith(clock), tasks);

test('its stage is the first of the plan, and what it makes lies by no field where there are several tasks', () => {
  const single = planFor(1);
  assert.deepEqual(
    single.parts.map(({ entry, stages }) => [entry, stages.map(({ instanceName }) => instanceName)]),
    [[{ stages: [], cuts: [] }, ['s', 'c', 't']]],
  );
  const shared = planFor(3);
  assert.deepEqual(
    shared.parts.map(({ stages }) => stages.map(({ instanceName }) => instanceName)),
    [
      ['s', 't'],
      ['c', 't'],
    ],
  );
  assert.deepEqual(
    snapshotSlotsOf(single).map(({ stage, direction }) => `${stage} ${direction}`),
    ['s output', 'c input', 'c output', 't input', 't output'],
  );
});

test('every slot comes once for each key over all tasks, is counted, and goes on behind what was committed', async () => {
  const plan = planFor(3);
  const owners = { tasks: 3, partitionFor: (key: string, count: number) => Number(key) % count };
  const beats: string[] = [];
  for (const partition of [0, 1, 2]) {
    const open = async (now: number, kept: Awaited<ReturnType<typeof openTask>>['log'] | undefined) => {
      const opened = await openTask(plan, { partition, owners });
      for (const { topic, key, value } of kept?.messages ?? [])
        if (topic === 'state') opened.task.restore({ key: key ?? '', value: value?.toString() ?? null });
      await opened.task.opened(now);
      return opened;
    };
    const { task, log } = await open(0, undefined);
    await task.tick(2 * MINUTE);
    await task.commit(undefined);
    assert.equal(task.slots % 2, 0, 'every shard has had both');
    const own = KEYS.filter((key) => written(log, 'output').some((text) => text?.includes(`"${key}"`)));
    assert.deepEqual(task.counters().s, { input: 0, output: own.length * 2, errors: {}, dropped: {} });
    const again = await open(2 * MINUTE, log);
    assert.equal(again.task.slots, task.slots, 'how far it is outlasts the task');
    await again.task.tick(3 * MINUTE);
    for (const text of [...written(log, 'output'), ...written(again.log, 'output')]) {
      const { assetId, time, value, pointId } = JSON.parse(text ?? '') as Record<string, unknown>;
      beats.push(`${assetId} ${pointId} ${time} ${value}`);
    }
  }
  const expected = KEYS.flatMap((key) => [1, 2, 3].map((minute) => `${key} q ${minute * MINUTE} ${minute - 1}`));
  assert.deepEqual(beats.sort(), expected.sort());
});

test('how far it is can be said once more, where nothing has happened: then there is something to commit', async () => {
  const { task, log } = await openTask(planFor(1));
  await task.opened(0);
  await task.tick(MINUTE);
  await task.commit(undefined);
  const said = (): string[] => log.messages.map(({ topic, key, value }) => `${topic} ${key} ${value}`);
  const [before, slots] = [said(), task.slots];
  await task.commit(undefined);
  assert.deepEqual(said(), before);
  task.restateSlots();
  await task.commit(undefined);
  const [again, ...others] = said().slice(before.length);
  assert.ok(again !== undefined && before.includes(again), again);
  assert.deepEqual([others, task.slots], [[], slots]);
});

test('for stages that work on batches, what one slot makes in a task is one, and behind a cut what comes soon after', async () => {
  const planOfSized = (isKeyed: boolean) =>
    planOf(
      documentOf(
        { name: 's', operator: 'clock' },
        { name: 'b', operator: 'sized', config: { isKeyed }, from: ['s'] },
        { name: 't', operator: 'target', from: ['b'] },
      ),
      registryWith(clock, sized),
      3,
    );
  const plan = planOfSized(false);
  assert.equal(plan.parts[0]?.batch, undefined, 'nothing is read, so nothing is gathered');
  const { task, log } = await openTask(plan);
  await task.opened(0);
  await task.tick(3 * MINUTE);
  const sizes = written(log, 'output').map((text) => (JSON.parse(text ?? '') as { of: unknown }).of);
  assert.deepEqual(sizes, new Array(3 * KEYS.length).fill(KEYS.length));
  assert.deepEqual(
    planOfSized(true).parts.map(({ batch }) => batch?.waitMs),
    [undefined, 3000],
  );
});

test('a preview shows what the slot before has made', async () => {
  const shown = await runPreview({ plan: planFor(1), values: [], clock: { now: () => 10 * MINUTE + 1 } });
  const counts = shown.map(({ instanceName, input, output }) => [instanceName, input.length, output.length]);
  assert.deepEqual(counts, [
    ['s', 0, KEYS.length],
    ['c', KEYS.length, KEYS.length],
    ['t', 2 * KEYS.length, 2 * KEYS.length],
  ]);
});
