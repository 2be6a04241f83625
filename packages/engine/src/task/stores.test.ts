import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Type from 'typebox';
import {
  ASSET_AND_POINT,
  defineProcessor,
  defineStore,
  type KeySpec,
  type StoreDefinition,
} from '../operator/index.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf, facts } from '../testing/operators.ts';
import { openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';

const BY_ASSET: KeySpec = { kind: 'parts', parts: ['/assetId'] };

const operator = (
  id: string,
  store: StoreDefinition<number>,
  options: { readonly requires?: KeySpec; readonly adds?: number } = {},
) =>
  defineProcessor({
    id,
    stageName: id,
    library: 'test',
    version: 1,
    label: id,
    instancePrefix: id,
    libraries: [],
    category: 'state',
    keywords: [],
    summary: id,
    description: id,
    config: Type.Object({}),
    ...(options.requires === undefined ? {} : { requires: () => options.requires }),
    stores: [store],
    changes: () => ['seen'],
    create: (_config, context) => {
      const counts = context.store(store);
      return {
        process(one, out) {
          const assetId = one.assetId ?? '';
          const seen = (counts.get([assetId]) ?? 0) + (options.adds ?? 0);
          if (options.adds !== undefined) counts.put([assetId], seen);
          one.set('seen', [...((one.get('seen') as number[] | undefined) ?? []), seen]);
          out.emit(one);
        },
      };
    },
  });

const counts = (group?: string): StoreDefinition<number> =>
  defineStore({
    name: 'counts',
    version: 2,
    keyParts: 1,
    encode: (count: number) => count,
    decode: Number,
    ...(group === undefined ? {} : { group: () => group }),
  });
const shared = counts('g');
const captures = operator('capture', shared, { requires: BY_ASSET, adds: 1 });
const restores = operator('restore', shared, { requires: BY_ASSET });

const inRow = (...operators: readonly string[]) =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    ...operators.map((name, index) => ({ name, operator: name, from: [operators[index - 1] ?? 's'] })),
    { name: 't', operator: 'target', from: [operators.at(-1) ?? 's'] },
  );
const seen = (texts: readonly (string | null)[]): unknown[] => texts.map((text) => JSON.parse(text ?? '').seen);
const assets = (...names: string[]): string[] => names.map((assetId) => record({ assetId }));

describe('a store that an operator names', () => {
  const plan = planOf(inRow('own'), registryWith(operator('own', counts(), { requires: BY_ASSET, adds: 1 })));

  test('is written to the changelog under what it is, and read from there by the next task', async () => {
    const first = await openTask(plan);
    await first.task.process(batchOf(assets('a', 'b', 'a')), 0, 3);
    await first.task.commit(undefined);
    const entries = first.log.messages.filter(({ topic }) => topic === 'state');
    assert.deepEqual(
      entries.map(({ key, value }) => [key, value?.toString()]),
      [
        ['[2,"own","counts",2,["a"]]', '2'],
        ['[2,"own","counts",2,["b"]]', '1'],
      ],
    );
    const next = await openTask(plan);
    for (const { key, value } of entries) next.task.restore({ key: key ?? '', value: value?.toString() ?? null });
    assert.equal(next.task.stateEntries, 2);
    await next.task.process(batchOf(assets('a')), 0, 1);
    assert.deepEqual(seen(written(next.log, 'output')), [[3]]);
  });

  test('is not read in another version or from a key that nobody here knows', async () => {
    const { task } = await openTask(plan);
    const restore = (key: string) => () => task.restore({ key, value: '1' });
    assert.throws(restore('[2,"own","counts",1,["a"]]'), { code: 'STATE_ENTRY_UNREADABLE', message: /of version 1/ });
    assert.throws(restore('[3,"own","counts",2,["a"]]'), { code: 'STATE_ENTRY_UNREADABLE', message: /does not know/ });
    assert.throws(restore('[2,"own","counts",2,["a","p"]]'), { code: 'STATE_ENTRY_UNREADABLE' });
    restore('[2,"other","counts",1,["a"]]')();
    assert.equal(task.stateEntries, 0);
  });

  test('is only given to a stage that names it', async () => {
    const odd = defineProcessor({
      ...operator('odd', counts()),
      create: (_config, context) => {
        context.store(defineStore({ ...counts(), name: 'others' }));
        return {};
      },
    });
    await assert.rejects(openTask(planOf(inRow('odd'), registryWith(odd))), {
      code: 'STAGE_OPEN_FAILED',
      message: /keeps no store "others"/,
    });
  });
});

describe('a store that two stages share', () => {
  test('shows each record what those before it have left there, however they come in batches', async () => {
    const plan = planOf(inRow('capture', 'restore'), registryWith(captures, restores));
    assert.deepEqual(plan.cuts, []);
    const apart = assets('a', 'a', 'b', 'a');
    const inOneMessage = [`[${apart.join(',')}]`];
    const ways: [string[], number[]][] = [
      [apart, [4]],
      [apart, [1, 1, 1, 1]],
      [apart, [3, 1]],
      [inOneMessage, [1]],
    ];
    for (const [texts, batches] of ways) {
      const { task, log } = await openTask(plan);
      let at = 0;
      for (const size of batches) {
        await task.process(batchOf(texts), at, at + size);
        at += size;
      }
      assert.deepEqual(seen(written(log, 'output')), [
        [1, 1],
        [2, 2],
        [1, 1],
        [3, 3],
      ]);
      await task.commit(undefined);
      assert.deepEqual(
        log.messages.filter(({ topic }) => topic === 'state').map(({ key }) => key),
        ['[2,["g"],"counts",2,["a"]]', '[2,["g"],"counts",2,["b"]]'],
      );
    }
  });

  const problems = (document: unknown, ...operators: readonly unknown[]) =>
    compilePlan(document, { registry: registryWith(...operators), facts }).issues.map(({ code, path, message }) => [
      code,
      path,
      message,
    ]);

  test('is refused where the plan does not bring them together, with what to do', () => {
    const parallel = documentOf(
      { name: 's', operator: 'source' },
      { name: 'capture', operator: 'capture', from: ['s'] },
      { name: 'restore', operator: 'restore', from: ['s'] },
      { name: 't', operator: 'target', from: ['capture', 'restore'] },
    );
    const [problem, ...more] = problems(parallel, captures, restores);
    assert.deepEqual([problem?.slice(0, 2), more], [['PLAN_STORE_SPLIT', '/stages/2'], []]);
    assert.match(problem?.[2] ?? '', /put one Partitioner by their key in front of both/);
    const partitioned = documentOf(
      { name: 's', operator: 'source' },
      { name: 'p', operator: 'partition', config: { by: ['/assetId'] }, from: ['s'] },
      { name: 'capture', operator: 'capture', from: ['p'] },
      { name: 'restore', operator: 'restore', from: ['p'] },
      { name: 't', operator: 'target', from: ['capture', 'restore'] },
    );
    assert.deepEqual(problems(partitioned, captures, restores), []);
  });

  test('is refused for stages that keep it by different keys, or in different ways', () => {
    const byPoint = operator('point', shared, { requires: ASSET_AND_POINT });
    assert.match(problems(inRow('capture', 'point'), captures, byPoint)[0]?.[2] ?? '', /by different keys/);
    const otherwise = operator('otherwise', counts('g'), { requires: BY_ASSET });
    assert.match(problems(inRow('capture', 'otherwise'), captures, otherwise)[0]?.[2] ?? '', /in different ways/);
  });

  test('state that belongs to tasks is refused where records come to its stage in two parts', () => {
    const document = documentOf(
      { name: 's', operator: 'source' },
      { name: 'c', operator: 'count', from: ['s'] },
      { name: 'own', operator: 'own', from: ['s', 'c'] },
      { name: 't', operator: 'target', from: ['own'] },
    );
    const [problem] = problems(document, operator('own', counts()));
    assert.deepEqual(problem?.slice(0, 2), ['PLAN_STORE_SPLIT', '/stages/2']);
  });
});
