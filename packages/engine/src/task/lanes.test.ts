import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { defineProcessor, type OperatorDefinition } from '../operator/index.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import type { OperatorRegistry } from '../plan/registry.ts';
import { runPreview } from '../preview/run-preview.ts';
import { facts, testRegistry } from '../testing/operators.ts';

/** Sends a record to the lane its value names; without one to all. */
const split = defineProcessor({
  id: 'split',
  stageName: 'split',
  library: 'test',
  version: 1,
  label: 'split',
  instancePrefix: 'split',
  libraries: [],
  category: 'select',
  keywords: [],
  summary: '',
  description: '',
  config: Type.Object({}),
  changes: () => [],
  create: (_config, { lanes }) => ({
    process: (record, out) => {
      const lane = lanes.indexOf(String(record.get('lane')));
      if (lane < 0) out.emit(record);
      else out.emit(record, lane);
    },
  }),
}) as unknown as OperatorDefinition;

const registry: OperatorRegistry = {
  definitions: [...testRegistry.definitions, split],
  resolve: (query) => (query.stageName === 'split' ? split : testRegistry.resolve(query)),
};

const stage = (instanceName: string, stageName: string, inputLanes: string[], outputLanes: string[]) => ({
  instanceName,
  stageName,
  library: 'test',
  inputLanes,
  outputLanes,
});

test('records go to the lane they were emitted to, through cuts as well, or to all', async () => {
  const document = {
    stages: [
      stage('s', 'source', [], ['in']),
      stage('x', 'split', ['in'], ['left', 'right']),
      stage('c', 'count', ['left'], ['counted']),
      stage('tc', 'target', ['counted'], []),
      stage('tr', 'target', ['right'], []),
    ],
  };
  const { plan, issues } = compilePlan(document, { registry, facts });
  assert.ok(plan, JSON.stringify(issues));
  assert.deepEqual(
    plan.cuts.map(({ before }) => before),
    ['c'],
  );
  const stages = await runPreview({
    plan,
    values: ['left', 'right', 'none'].map((lane) => ({
      value: Buffer.from(JSON.stringify({ assetId: 'a', pointId: 'p', lane })),
      timestamp: 0,
    })),
    clock: { now: () => 0 },
  });
  const seen = (name: string): unknown[] =>
    (stages.find(({ instanceName }) => instanceName === name)?.input ?? []).map(
      (record) => (record as { lane?: unknown }).lane,
    );
  assert.deepEqual(
    [seen('tc'), seen('tr')],
    [
      ['left', 'none'],
      ['right', 'none'],
    ],
  );
});
