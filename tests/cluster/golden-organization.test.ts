import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePlan, lineageOf } from '@penstock/engine';
import { createRegistry, operators } from '@penstock/operators';
import { goldenPipelines } from '../golden/golden-pipelines.ts';
import { documentOfPoints } from './golden-organization.ts';

test('what is released for a golden pipeline has the points that its reference data tells of, and no others', () => {
  const registry = createRegistry(operators);
  const facts = { pipelineId: 'points', orgId: 'golden', messageChannel: 0 } as const;
  const given = goldenPipelines.flatMap(({ references }) => references?.lineage ?? []);
  assert.ok(given.length > 0);
  for (const lineage of given) {
    const document = documentOfPoints(lineage);
    assert.deepEqual(compilePlan(document, { registry, facts, sourcePartitions: 1 }).issues, []);
    assert.deepEqual(lineageOf(document, { registry, facts }), lineage);
  }
});
