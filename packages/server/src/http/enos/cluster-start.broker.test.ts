import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestModes } from '../../runs/testing/test-modes.ts';
import { newDriver } from './testing/contract-driver.ts';
import { createEnosFixture, documentOf } from './testing/enos-fixture.ts';

test('a start in Cluster Mode is checked against the size of containers and of the cluster', async (t) => {
  const fixture = await createEnosFixture(t, {
    modes: createTestModes({
      whyNeverFits: async ({ yarn }) => (yarn.workerCount > 3 ? 'The cluster is too small.' : undefined),
    }),
  });
  const { operate, save } = await newDriver(fixture, { serverCu: 4, yarnCu: 8 });
  const id = await save({ name: 'P', pipelineJson: documentOf() });
  await operate(id, 'release');
  const start = (resourceConfig: object) =>
    operate(id, 'start', { body: { executionMode: 1, kafkaRate: 10, resourceConfig } });

  const rows = [{ key: 'spark.yarn.executor.memoryOverhead', value: '1900' }];
  const small = await start({ advanced: rows });
  assert.equal(small.code, 61100);
  assert.deepEqual(
    small.data.issues.map(({ path }: { path: string }) => path),
    ['/resourceConfig/advanced/0/value'],
  );
  assert.match(small.data.issues[0].message, /"spark\.executor\.memoryOverhead" leaves 148 MiB of the 2048 MiB/);

  const large = await start({ yarn: { workerCount: 4, master: 1, slave: 1 } });
  assert.deepEqual([large.code, large.submsg], [61126, 'The cluster is too small. Ask for less.']);
  // What the organisation was not granted comes first: the cluster is nobody's business then.
  const beyond = await start({ yarn: { workerCount: 8, master: 1, slave: 1 } });
  assert.match(beyond.submsg, /CU left/);

  assert.equal((await start({ yarn: { workerCount: 3, master: 1, slave: 1 } })).code, 0);
});
