import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compilePlan } from '@penstock/engine';
import { createRegistry, operators } from '@penstock/operators';

const DOCUMENT: unknown = JSON.parse(
  readFileSync(new URL('./pipelines/wind-farm/pipeline.json', import.meta.url), 'utf8'),
);

test('the demo pipeline compiles without a word of complaint, and into one part', () => {
  const { plan, issues } = compilePlan(DOCUMENT, {
    registry: createRegistry(operators),
    facts: { pipelineId: 'p1', orgId: 'o1', messageChannel: 0 },
    sourcePartitions: 4,
  });
  assert.deepEqual(issues, []);
  assert.equal(plan?.parts.length, 1);
});
