import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bottleneck } from '@penstock/client/session';
import type { Graph, Stage } from '../../../graph/graph.ts';
import { limitsOf, NO_LIMITS } from './limits.ts';

const stage = (id: string, kind: Stage['kind']): Stage => ({
  id,
  kind,
  label: id,
  operator: 'Any',
  lanes: { input: [], output: [] },
});
const graph: Graph = { stages: [stage('source', 'source'), stage('script', 'processor')], edges: [] };
const found = (limit: Bottleneck['limit'], state: Bottleneck['state'] = 'limited'): Bottleneck => ({
  state,
  code: 'BOTTLENECK_STAGE',
  params: {},
  limit,
  share: 0.7,
  windowMs: 60_000,
  shares: [
    { kind: 'stage', stage: 'script', part: 0, share: 0.7 },
    { kind: 'commit', stage: null, part: 0, share: 0.3 },
  ],
  at: 1,
});

test('a stage that holds the pipeline back is marked, and every stage has its share', () => {
  const limits = limitsOf(found({ kind: 'stage', stage: 'script', part: 0 }), graph);
  assert.deepEqual([[...limits.stages], [...limits.shares]], [['script'], [['script', 0.7]]]);
});

test('where the rate or reading does, the stages that read are marked; where committing does, none', () => {
  const stages = (kind: 'rate' | 'read' | 'commit', part = 0) => [
    ...limitsOf(found({ kind, stage: null, part }), graph).stages,
  ];
  assert.deepEqual(
    [stages('rate'), stages('read'), stages('commit'), stages('read', 1)],
    [['source'], ['source'], [], []],
  );
});

test('a pipeline that keeps up has shares and no mark; of one that nothing is known of there is neither', () => {
  assert.deepEqual([...limitsOf(found(null, 'keeps-up'), graph).stages], []);
  assert.equal(limitsOf(found(null, 'keeps-up'), graph).shares.size, 1);
  assert.equal(limitsOf(undefined, graph), NO_LIMITS);
});
