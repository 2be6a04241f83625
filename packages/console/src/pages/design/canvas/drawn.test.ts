import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../model/use-findings.ts';
import { edgesOf, nodesOf } from './drawn.ts';

const stageAt = (index: number, label = `Stage ${index}`) => ({
  instanceName: `S_${index}`,
  stageName: 'op',
  configuration: [],
  inputLanes: index === 0 ? [] : [`lane_${index}`],
  outputLanes: [`lane_${index + 1}`],
  uiInfo: { label, stageType: 'PROCESSOR', xPos: index, yPos: 0 },
});
const stages = Array.from({ length: 50 }, (_, index) => stageAt(index));
const drawn = (given: object[], findings: readonly Finding[] = [], chosen: string[] = []) =>
  ({
    document: { stages: given as never },
    operators: [],
    findings,
    selection: new Set(chosen),
    dragged: new Map(),
  }) as const;

test('only what looks different is drawn again', () => {
  const before = nodesOf(drawn(stages));
  const edges = edgesOf({ stages: stages as never });
  const isOld = (nodes: readonly object[]) => nodes.filter((node, index) => node !== before[index]).length;
  // An option was typed into: nothing of it is drawn.
  const typed = stages.map((stage, index) =>
    index === 7 ? { ...stage, configuration: [{ name: 'a', value: 1 }] } : stage,
  );
  assert.equal(isOld(nodesOf(drawn(typed), before)), 0);
  assert.equal(
    isOld(nodesOf(drawn(stages.map((stage, index) => (index === 7 ? stageAt(7, 'Other') : stage))), before)),
    1,
  );
  assert.equal(isOld(nodesOf(drawn(stages, [], ['S_3']), before)), 1);
  const finding = { code: 'C', severity: 'error', message: '', place: { stage: 'S_4' } };
  const found = nodesOf(drawn(stages, [finding, finding]), before);
  assert.deepEqual([isOld(found), found[4]?.data.errors], [1, 2]);
  const renamed = edgesOf(
    { stages: stages.map((stage, index) => (index === 7 ? stageAt(7, 'Other') : stage)) as never },
    edges,
  );
  assert.deepEqual([edges.length, renamed.filter((edge, index) => edge !== edges[index]).length], [49, 2]);
});
