import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPipelineDocument } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { clockPipelines } from './clock/clock-pipelines.ts';
import { goldenPipelines } from './golden-pipelines.ts';

test('golden pipelines use every operator that runs in all modes', () => {
  const registry = createRegistry(operators);
  const documents = [
    ...goldenPipelines.map((pipeline) => {
      const outputs = Object.fromEntries(Object.keys(pipeline.outputs).map((name) => [name, name]));
      return pipeline.document({ input: 'in', outputs });
    }),
    ...clockPipelines.map((pipeline) => pipeline.document('in', 'out')),
  ];
  const used = documents.flatMap((one) => {
    const { document } = readPipelineDocument(one);
    return (document?.stages ?? []).flatMap((stage) => registry.resolve(stage)?.id ?? []);
  });
  // What needs a system outside Kafka is tried with one where it is.
  const wanted = operators.filter(
    (definition) =>
      (definition.kind !== 'source' || definition.cluster) && Object.keys(definition.connections ?? {}).length === 0,
  );
  assert.deepEqual([...new Set(used)].sort(), wanted.map(({ id }) => id).sort());
});

test('whatever a golden pipeline finds in its organisation is seen on a cluster once, and so is a clock', () => {
  const onCluster = goldenPipelines.filter((pipeline) => pipeline.onCluster !== undefined);
  for (const what of ['assets', 'ownLibraries', 'references'] as const)
    assert.ok(
      onCluster.some((pipeline) => pipeline[what] !== undefined),
      what,
    );
  assert.ok(clockPipelines.some((pipeline) => pipeline.onCluster !== undefined));
});
