import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { documentOf, processor, type StageSketch } from '@penstock/testkit';
import { eq } from 'drizzle-orm';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { hashToken } from '../runs/run-token.ts';
import { pipelines, runs } from '../store/schema.ts';
import { pipelineLineages } from '../store/schema-lineage.ts';
import { readLineage } from './read-lineage.ts';

// One embedded database for all, and organisations for each.
const cleanups: (() => unknown)[] = [];
let fixture: Awaited<ReturnType<typeof createApiFixture>>;
before(async () => {
  fixture = await createApiFixture({ after: (cleanup) => void cleanups.push(cleanup) });
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

/** A stage that reads some points and puts them out under others. */
const appender = (points: readonly string[]): StageSketch =>
  processor(
    'LastRecordAppender',
    { inputOutput: points.map((point) => ({ inputPoint: point, outputPoint: `${point}.last` })) },
    'EDHKafkaConsumer_01',
  );
const reading = (...points: string[]) => documentOf([appender(points)]);
const lasts = (...points: string[]) => points.map((point) => `${point}.last`);

const withOrganization = async () => {
  const { orgId, token } = await fixture.organization();
  const operate = async (pipelineId: string, action: string, body?: object) => {
    const path = `/streaming/v2.0/streaming/pipeline/${pipelineId}?action=${action}&orgId=${orgId}`;
    const { json } = await fixture.call('POST', path, body);
    assert.equal(json.code, 0, JSON.stringify(json));
    return String(json.data);
  };
  const save = (body: object, pipelineId = 'null') => operate(pipelineId, 'save', { templateType: 1, ...body });
  const released = async (name: string, document: object, messageChannel = 0) => {
    const pipelineId = await save({ name, messageChannel, pipelineJson: document });
    await operate(pipelineId, 'release');
    return pipelineId;
  };
  /** A pipeline with a run that is not over, whose token is its id. */
  const withRun = async (messageChannel = 0) => {
    const pipelineId = await released(`reader ${messageChannel}`, documentOf([]), messageChannel);
    const runId = `r-${pipelineId}`;
    await fixture.deps.store.db.insert(runs).values({
      ...{ runId, pipelineId, orgId, versionNumber: 1, desired: 'run', executionMode: 0 },
      ...{ kafkaRate: 1, resourceConfig: '{}', tokenHash: hashToken(runId), createdAt: 1, desiredAt: 1 },
    });
    const ask = (body: object = { name: 'lineage', version: 1 }, bearer: string | null = runId, run = runId) =>
      fixture.call('POST', `/internal/v1/runs/${run}/references`, body, bearer);
    const lineage = async (known?: string) => {
      const { status, json, text } = await ask({
        name: 'lineage',
        version: 1,
        ...(known === undefined ? {} : { known }),
      });
      assert.equal(status, 200, text);
      return json;
    };
    return { runId, ask, lineage };
  };
  const remove = async (pipelineId: string) => {
    const { status, text } = await fixture.call('DELETE', `pipelines/${pipelineId}?orgId=${orgId}`, undefined, token);
    assert.ok(status < 300, text);
  };
  return { orgId, save, operate, released, withRun, remove };
};

test('a run is told which points the released pipelines of its organisation and channel read and put out', async () => {
  const one = await withOrganization();
  const other = await withOrganization();
  const [run, offline, foreign] = [await one.withRun(), await one.withRun(1), await other.withRun()];
  const nothing = { revision: 0, stamp: 'none', data: { inputs: [], outputs: [] } };
  assert.deepEqual(await run.lineage(), nothing);
  await one.released('a', reading('turbine::power', 'turbine::speed'));
  await one.released('b', reading('turbine::power', 'mast::wind'));
  await one.released('offline', reading('turbine::history'), 1);
  await other.released('c', reading('pump::flow'));
  await one.save({ name: 'not released', messageChannel: 0, pipelineJson: reading('turbine::draft') });
  const points = ['mast::wind', 'turbine::power', 'turbine::speed'];
  const { revision, data } = await run.lineage();
  assert.deepEqual([revision, data], [2, { inputs: points, outputs: lasts(...points) }]);
  assert.deepEqual((await offline.lineage()).data.inputs, ['turbine::history']);
  assert.deepEqual((await foreign.lineage()).data.inputs, ['pump::flow']);
});

test('who knows it is told no more than that; every change of it is another revision, and nothing else is', async () => {
  const { withRun, released, save, operate, remove } = await withOrganization();
  const { lineage } = await withRun();
  const power = await released('a', reading('turbine::power'));
  const first = await lineage();
  const stays = async () => assert.deepEqual(await lineage(first.stamp), { revision: 1, stamp: first.stamp });
  await stays();
  // Another name, and another document with the same points.
  await save({ name: 'renamed', pipelineJson: { ...reading('turbine::power'), title: 'other' } }, power);
  await stays();
  await operate(power, 'release');
  await stays();
  await released('no points', documentOf([]));
  await stays();
  const speed = await released('b', reading('turbine::speed'));
  const second = await lineage(first.stamp);
  assert.deepEqual([second.revision, second.data.inputs], [2, ['turbine::power', 'turbine::speed']]);
  await save({ name: 'renamed', pipelineJson: reading('turbine::torque') }, power);
  assert.equal((await lineage(second.stamp)).data, undefined, 'what is saved is not released');
  await operate(power, 'release');
  const third = await lineage(second.stamp);
  assert.deepEqual([third.revision, third.data.inputs], [3, ['turbine::speed', 'turbine::torque']]);
  await remove(speed);
  const fourth = await lineage(third.stamp);
  assert.deepEqual([fourth.revision, fourth.data.inputs], [4, ['turbine::torque']]);
  assert.equal(new Set([first, second, third, fourth].map(({ stamp }) => stamp)).size, 4);
});

test('a pipeline that is released with another channel counts there, and no longer where it was', async () => {
  const { withRun, released, save, operate } = await withOrganization();
  const [realTime, offline] = [await withRun(), await withRun(1)];
  const pipelineId = await released('a', reading('turbine::power'));
  assert.deepEqual((await realTime.lineage()).data.inputs, ['turbine::power']);
  await save({ name: 'a', messageChannel: 1, pipelineJson: reading('turbine::power') }, pipelineId);
  await operate(pipelineId, 'release');
  assert.deepEqual((await realTime.lineage()).data.inputs, []);
  assert.deepEqual((await offline.lineage()).data.inputs, ['turbine::power']);
});

test('versions that were released before there was a lineage are looked at when somebody asks', async () => {
  const { orgId, withRun, released } = await withOrganization();
  const { lineage } = await withRun();
  await released('a', reading('turbine::power'));
  const { db } = fixture.deps.store;
  await db.delete(pipelineLineages).where(eq(pipelineLineages.orgId, orgId));
  const found = await lineage();
  assert.deepEqual(found.data.inputs, ['turbine::power']);
  assert.deepEqual(await lineage(found.stamp), { revision: found.revision, stamp: found.stamp });
});

test('a document that does not compile yet has the points that can be made sense of', async () => {
  const { withRun, released } = await withOrganization();
  const { lineage } = await withRun();
  const stages = [
    appender(['turbine::power']),
    processor('NobodyHasThis', {}, 'LastRecordAppender_01'),
    processor('LatePointTagger', { inputOutput: [{ inputPoint: 'no point' }] }, 'NobodyHasThis_01'),
  ];
  await released('broken', { ...documentOf(stages), broken: true });
  assert.deepEqual((await lineage()).data, { inputs: ['turbine::power'], outputs: lasts('turbine::power') });
});

test('system pipelines add nothing: what they handle is what the others need', async () => {
  const { withRun, released } = await withOrganization();
  const { lineage } = await withRun();
  const pipelineId = await released('system', reading('turbine::power'));
  const { db } = fixture.deps.store;
  await db.delete(pipelineLineages).where(eq(pipelineLineages.pipelineId, pipelineId));
  await db.update(pipelines).set({ isSystem: true }).where(eq(pipelines.pipelineId, pipelineId));
  assert.deepEqual((await lineage()).data.inputs, []);
});

test('only who has the token of a run that is not over is answered, and only what there is', async () => {
  const { withRun } = await withOrganization();
  const { ask, runId } = await withRun();
  const { runId: other } = await withRun(1);
  const codeOf = async (answer: ReturnType<typeof ask>) => {
    const { status, json } = await answer;
    return [status, json.code];
  };
  const question = { name: 'lineage', version: 1 };
  assert.deepEqual(await codeOf(ask(question, null)), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await codeOf(ask(question, other)), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await codeOf(ask(question, runId, 'gone')), [404, 'RUN_UNKNOWN']);
  assert.deepEqual(await codeOf(ask({ name: 'lineage', version: 3 })), [404, 'REFERENCE_UNKNOWN']);
  assert.deepEqual(await codeOf(ask({ name: 'weather', version: 1 })), [404, 'REFERENCE_UNKNOWN']);
  for (const bad of [{}, { name: 'lineage' }, { ...question, known: 7 }]) assert.equal((await ask(bad)).status, 400);
  await fixture.deps.store.db.update(runs).set({ endedAt: 2 }).where(eq(runs.runId, runId));
  assert.deepEqual(await codeOf(ask()), [410, 'RUN_OVER']);
});

test('what is too much to be given at once is refused, and never cut off', async () => {
  const { orgId, released } = await withOrganization();
  const points = Array.from({ length: 40 }, (_, at) => `turbine::a-point-with-a-long-name-${at}`);
  await released('a', reading(...points));
  await assert.rejects(readLineage(fixture.deps, orgId, 0, undefined, 3000), {
    code: 'LINEAGE_TOO_LARGE',
    message: /name 80 points in \d+ characters; 2000 can be given/,
  });
  assert.equal((await readLineage(fixture.deps, orgId, 0, undefined)).revision, 1);
});
