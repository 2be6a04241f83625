import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getGrants } from '../../resources/grants.ts';
import { applyObservation } from '../../runs/apply-observation.ts';
import { pipelines } from '../../store/schema.ts';
import { createEnosClient, createEnosFixture, documentOf } from './testing/enos-fixture.ts';

test('a pipeline is saved, released, started, paused, started and stopped', async (t) => {
  const fixture = await createEnosFixture(t);
  const org = await fixture.organization({ standaloneCu: 2 });
  const client = createEnosClient(fixture, org);
  const ok = (data: unknown = '') => ({ code: 0, msg: 'OK', data });
  const operate = async (action: string, body?: unknown) => {
    const { http, json } = await client.call('POST', `streaming/pipeline/${pipelineId}`, {
      query: `orgId=${org.orgId}&action=${action}`,
      ...(body === undefined ? {} : { body }),
    });
    assert.equal(http, 200);
    const { requestId, ...rest } = json;
    assert.match(requestId, /^[0-9a-f-]{36}$/);
    return rest;
  };
  const statusOf = async (ifReleased = true) => {
    const list = await client.call('GET', 'streaming/pipelines', {
      query: `orgId=${org.orgId}&ifReleased=${ifReleased}`,
    });
    return list.json.data.pipelines.map((entry: { status: string }) => entry.status);
  };
  const currentRun = async () => (await fixture.deps.store.db.select().from(pipelines))[0]?.currentRunId ?? '';

  let pipelineId = 'null';
  const document = documentOf({ title: 'Wind', future: [1.0, 12345678901234567890n.toString()] });
  pipelineId = (await operate('save', { name: 'Wind', pipelineJson: document })).data;
  assert.match(pipelineId, /^[0-9a-f-]{36}$/);
  assert.deepEqual(await statusOf(false), ['EDITED']);

  const start = { executionMode: 0, kafkaRate: 1000, resourceConfig: { server: 1.5 } };
  assert.deepEqual(await operate('start', start), {
    code: 61165,
    msg: 'Stream processing job with status [EDITED] cannot be started.',
    submsg: 'A pipeline with status EDITED cannot be started.',
  });
  assert.deepEqual(await operate('release'), ok());
  assert.deepEqual(await statusOf(), ['PUBLISHED']);

  assert.deepEqual(await operate('start', start), ok());
  assert.deepEqual(await statusOf(), ['STARTING']);
  assert.deepEqual((await getGrants(fixture.deps, org.orgId)).standalone, { granted: 2, used: 1.5, available: 0.5 });
  assert.equal((await operate('pause')).code, 61152);
  await applyObservation(fixture.deps, await currentRun(), 'workerRunning');
  assert.deepEqual(await statusOf(), ['RUNNING']);
  assert.equal((await operate('start', start)).msg, 'Stream processing job with status [RUNNING] cannot be started.');
  assert.equal((await operate('release')).code, 61169);

  assert.deepEqual(await operate('pause'), ok());
  assert.deepEqual(await statusOf(), ['PAUSING']);
  await applyObservation(fixture.deps, await currentRun(), 'workerStopped');
  assert.deepEqual(await statusOf(), ['PAUSED']);
  assert.deepEqual((await getGrants(fixture.deps, org.orgId)).standalone, { granted: 2, used: 0, available: 2 });

  assert.deepEqual(await operate('start', start), ok());
  await applyObservation(fixture.deps, await currentRun(), 'workerRunning');
  assert.deepEqual(await operate('stop'), ok());
  assert.equal(
    (await operate('stop')).msg,
    'Status of the stream processing job cannot be changed from [STOPPING] to Stopped.',
  );
  await applyObservation(fixture.deps, await currentRun(), 'workerStopped');
  assert.deepEqual(await statusOf(), ['STOPPED']);
});
