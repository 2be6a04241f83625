import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import { defineProcessor, defineStore } from '../operator/index.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf, facts } from '../testing/operators.ts';
import { openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';

const about = (id: string) => ({
  ...{ id, stageName: id, library: 'test', version: 1, label: id, instancePrefix: id, libraries: [] },
  ...{ category: 'state' as const, keywords: [], summary: id, description: id },
});

/** Writes into each record how many it was with. */
const counts = defineProcessor({
  ...about('counts'),
  config: Type.Object({ by: Type.Array(Type.String(), { default: [] }) }),
  changes: () => ['of'],
  requires: ({ by }) => (by.length === 0 ? undefined : { kind: 'parts', parts: by }),
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

const shelf = defineStore<number, object>({
  name: 'shelf',
  version: 1,
  keyParts: 1,
  group: () => 'all',
  encode: (count) => count,
  decode: (stored) => stored as number,
});

/** Stages of this share a store. */
const shares = defineProcessor({
  ...about('shares'),
  config: Type.Object({}),
  changes: () => [],
  requires: () => ({ kind: 'parts', parts: ['/assetId'] }),
  stores: [shelf],
  create: () => ({ process: (each, out) => out.emit(each) }),
});

const registry = registryWith(counts, shares);

const counting = (batchSize: number, by: string[] = []): JsonValue =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'], batchSize } },
    { name: 'c', operator: 'counts', config: { by }, from: ['s'] },
    { name: 't', operator: 'target', from: ['c'] },
  );

const sizes = (texts: readonly (string | null)[]): unknown[] =>
  texts.map((text) => (JSON.parse(text ?? '') as { of: unknown }).of);

describe('a part with a stage that works on batches', () => {
  test('is one whose input is worked off a batch at a time, and no other part', () => {
    assert.deepEqual(
      planOf(counting(7, ['/site']), registry).parts.map(({ batch }) => batch),
      [undefined, { size: 7, waitMs: 1000 }],
    );
  });

  test('gets what it is given at once, as one batch', async () => {
    const { task, log } = await openTask(planOf(counting(5), registry));
    await task.process(batchOf([record({}), record({}), record({})]), 0, 3);
    assert.deepEqual(sizes(written(log, 'output')), [3, 3, 3]);
  });

  test('gets no more than a batch, where messages hold several records', async () => {
    const { task, log } = await openTask(planOf(counting(3), registry));
    const messages = [record({}), `[${record({})},${record({})},${record({})},${record({})}]`, record({}), record({})];
    await task.process(batchOf(messages), 0, 4);
    assert.deepEqual(sizes(written(log, 'output')), [3, 3, 3, 3, 3, 3, 1]);
  });

  test('cannot have its records one by one, which stages need that share a store', () => {
    const beside = (between: readonly object[], from: string) =>
      compilePlan(
        documentOf(
          { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
          { name: 'a', operator: 'shares', from: ['s'] },
          { name: 'b', operator: 'shares', from: ['a'] },
          ...(between as []),
          { name: 'c', operator: 'counts', from: [from] },
          { name: 't', operator: 'target', from: ['c'] },
        ),
        { registry, facts },
      );
    const { issues } = beside([], 'b');
    assert.deepEqual(
      issues.map(({ code, stage }) => [code, stage]),
      [['PLAN_BATCH_SPLIT', 'c']],
    );
    assert.match(issues[0]?.message ?? '', /"a" and "b" share a store.*Put a Partitioner/);
    const partition = { name: 'p', operator: 'partition', config: { by: ['/assetId'] }, from: ['b'] };
    assert.deepEqual(beside([partition], 'p').issues, []);
  });
});
