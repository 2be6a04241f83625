import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countOnEdge, graphOf } from './graph.ts';
import { layoutOf, pathThrough } from './layout.ts';

const stage = (instanceName: string, inputLanes: string[], outputLanes: string[], stageType = 'PROCESSOR') => ({
  instanceName,
  stageName: `com_penstock_stage_processor_${instanceName}`,
  inputLanes,
  outputLanes,
  uiInfo: { label: `The ${instanceName}`, stageType },
});

const fork = {
  pipelineConfig: {
    stages: [
      stage('Source', [], ['a'], 'SOURCE'),
      stage('Split', ['a'], ['yes', 'no']),
      stage('Left', ['yes'], [], 'TARGET'),
      stage('Right', ['no', 'yes'], [], 'TARGET'),
    ],
  },
};

test('an edge leads from who writes a lane to each who reads it, and knows which output it is', () => {
  const { stages, edges } = graphOf(fork);
  assert.deepEqual(
    stages.map(({ id, label, operator, kind }) => [id, label, operator, kind]),
    [
      ['Source', 'The Source', 'Source', 'source'],
      ['Split', 'The Split', 'Split', 'processor'],
      ['Left', 'The Left', 'Left', 'target'],
      ['Right', 'The Right', 'Right', 'target'],
    ],
  );
  assert.deepEqual(
    edges.map(({ from, to, output, outputs }) => [from, to, output, outputs]),
    [
      ['Source', 'Split', 0, 1],
      ['Split', 'Left', 0, 2],
      ['Split', 'Right', 0, 2],
      ['Split', 'Right', 1, 2],
    ],
  );
});

test('a layout goes from left to right, and no two stages lie on each other', () => {
  const graph = graphOf(fork);
  const { places, ways } = layoutOf(graph);
  for (const { from, to } of graph.edges)
    assert.ok((places.get(from)?.x ?? 0) < (places.get(to)?.x ?? 0), `${from} ${to}`);
  const seen = [...places.values()].map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
  assert.equal(new Set(seen).size, 4);
  assert.deepEqual(
    [...ways.keys()],
    graph.edges.map(({ id }) => id),
  );
});

test('whatever a document is, it has a graph that can be laid out', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      const graph = graphOf(document);
      assert.equal(layoutOf(graph).places.size, new Set(graph.stages.map(({ id }) => id)).size);
    }),
  );
  const circle = { stages: [stage('A', ['b'], ['a']), stage('B', ['a'], ['b'])] };
  assert.equal(layoutOf(graphOf(circle)).places.size, 2);
});

test('what went along an edge is known where counters of stages tell it', () => {
  const graph = graphOf(fork);
  const counted = {
    Source: { input: 10, output: 10 },
    Split: { input: 10, output: 12 },
    Left: { input: 5, output: 5 },
    Right: { input: 7, output: 7 },
  };
  assert.deepEqual(
    graph.edges.map((edge) => countOnEdge(graph, edge, counted)),
    [10, 5, undefined, undefined],
  );
  assert.deepEqual(
    graph.edges.map((edge) => countOnEdge(graph, edge, {})),
    [undefined, undefined, undefined, undefined],
  );
});

test('a way of two points is straight, one of more is rounded and ends where it leads', () => {
  assert.equal(pathThrough([]), '');
  assert.equal(
    pathThrough([
      { x: 0, y: 0 },
      { x: 4, y: 2 },
    ]),
    'M 0 0 L 4 2',
  );
  assert.equal(
    pathThrough([
      { x: 0, y: 0 },
      { x: 2, y: 4 },
      { x: 6, y: 4 },
      { x: 8, y: 0 },
    ]),
    'M 0 0 Q 2 4 4 4 Q 6 4 8 0',
  );
});
