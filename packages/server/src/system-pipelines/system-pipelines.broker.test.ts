import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { eq } from 'drizzle-orm';
import { createInlineCompiler } from '../compile/compile-document.ts';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { createCompileCheck } from '../lifecycle/compile-check.ts';
import { installedLibraries } from '../store/schema-resources.ts';
import { readCheckedFacts } from '../use-case/organization-facts.ts';

// One embedded database for all, and organisations for each.
const cleanups: (() => unknown)[] = [];
let fixture: Awaited<ReturnType<typeof createApiFixture>>;
before(async () => {
  const compiler = createInlineCompiler(createRegistry(operators));
  fixture = await createApiFixture(
    { after: (cleanup) => void cleanups.push(cleanup) },
    {
      compile: ({ db }) => createCompileCheck(compiler, (orgId, document) => readCheckedFacts(db, orgId, document)),
    },
  );
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

/** Reads points from the internal topic and puts them out there under other names. */
const lastOf = (input: string, output: string, topic = ''): JsonObject =>
  documentOf([
    consumer(topic),
    processor(
      'LastRecordAppender',
      { inputOutput: [{ inputPoint: input, outputPoint: output }] },
      'EDHKafkaConsumer_01',
    ),
    producer(topic, 'LastRecordAppender_01'),
  ]);

const START = { executionMode: 0, kafkaRate: 100, resourceConfig: { standalone: { reservedCU: 0.5 } } };

const withOrganization = async () => {
  const { orgId, token } = await fixture.organization();
  const operate = async (pipelineId: string, action: string, body?: object): Promise<JsonObject> =>
    (
      await fixture.call(
        'POST',
        `/streaming/v2.0/streaming/pipeline/${pipelineId}?action=${action}&orgId=${orgId}`,
        body,
      )
    ).json;
  const save = async (name: string, pipelineJson: JsonObject, messageChannel = 0): Promise<string> => {
    const { code, data } = await operate('null', 'save', { name, templateType: 1, messageChannel, pipelineJson });
    assert.equal(code, 0);
    return String(data);
  };
  const release = async (name: string, document: JsonObject, messageChannel = 0): Promise<string> => {
    const pipelineId = await save(name, document, messageChannel);
    const answer = await operate(pipelineId, 'release');
    assert.equal(answer.code, 0, JSON.stringify(answer));
    return pipelineId;
  };
  const systems = async (): Promise<{ pipelineId: string; name: string; status: string; messageChannel: number }[]> => {
    const { json } = await fixture.call('GET', `/streaming/v2.0/streaming/pipelines?orgId=${orgId}&isSystem=true`);
    return json.data.pipelines.map(({ pipelineName: name, ...one }: { pipelineName: string }) => ({ ...one, name }));
  };
  const get = async (path: string) => (await fixture.call('GET', path, undefined, token)).json;
  return { orgId, token, operate, save, release, systems, get };
};

const namesOf = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => name).sort();

test('the first release that uses the internal topic makes the two system pipelines of its channel, each once', async () => {
  const { release, systems } = await withOrganization();
  await release('own topics', lastOf('m::a', 'm::b', 'MEASURE_POINT_CAL'));
  assert.deepEqual(await systems(), []);
  await release('first', lastOf('m::power', 'm::last'));
  await release('second', lastOf('m::speed', 'm::last_speed'));
  const found = await systems();
  assert.deepEqual(namesOf(found), ['Data Reader RealTime', 'Data Writer RealTime']);
  assert.deepEqual([...new Set(found.map(({ status }) => status))], ['PUBLISHED']);
  await release('offline', lastOf('m::power', 'm::last'), 1);
  assert.deepEqual(namesOf(await systems()), [
    'Data Reader Offline',
    'Data Reader RealTime',
    'Data Writer Offline',
    'Data Writer RealTime',
  ]);
});

test('system pipelines run whatever libraries are installed, and are not for people to change', async () => {
  const { orgId, token, operate, release, systems, get } = await withOrganization();
  await release('first', lastOf('m::power', 'm::last'));
  for (const { pipelineId } of await systems()) {
    const { events } = { events: (await get(`pipelines/${pipelineId}/events?orgId=${orgId}`)).items };
    assert.deepEqual(
      events.map(({ code }: { code: string }) => code),
      ['SYSTEM_PIPELINE_MADE'],
    );
    const refused = await operate(pipelineId, 'save', { name: 'mine' });
    assert.match(String(refused.submsg), /system pipeline/);
    assert.notEqual(refused.code, 0);
    assert.equal((await operate(pipelineId, 'release')).code, 61169);
    const reverted = await fixture.call('POST', `pipelines/${pipelineId}/revert?orgId=${orgId}`, {}, token);
    assert.deepEqual([reverted.status, reverted.json.code], [409, 'PIPELINE_IS_SYSTEM']);
  }
  await fixture.deps.store.db.delete(installedLibraries).where(eq(installedLibraries.orgId, orgId));
  const [first] = await systems();
  const started = await operate(first?.pipelineId ?? '', 'start', START);
  assert.equal(started.code, 0, JSON.stringify(started));
});

test('a pipeline that is started says which system pipeline it waits for', async () => {
  const { orgId, release, get, operate } = await withOrganization();
  const pipelineId = await release('first', lastOf('m::power', 'm::last'));
  assert.equal((await operate(pipelineId, 'start', START)).code, 0);
  const { items } = await get(`pipelines/${pipelineId}/events?orgId=${orgId}`);
  const [remark] = items.filter(({ code }: { code: string }) => code === 'SYSTEM_PIPELINE_NOT_RUNNING');
  assert.match(remark.message, /^"Data Reader RealTime" and "Data Writer RealTime" are not running\./);
});

test('a release that would send records round through other pipelines is refused with the way', async () => {
  const { operate, release, save, systems } = await withOrganization();
  await release('power', lastOf('m::power', 'm::power_last'));
  await release('on', lastOf('m::power_last', 'm::power_next'));
  const back = await save('back', lastOf('m::power_next', 'm::power'));
  const { code, data } = await operate(back, 'release');
  assert.equal(code, 61100);
  const [issue] = (data as unknown as { issues: { code: string; message: string }[] }).issues;
  assert.equal(issue?.code, 'GRAPH_PIPELINE_LOOP');
  assert.match(
    String(issue?.message),
    /"back" writes "m::power" to MEASURE_POINT_INTERNAL_\S+, "power" writes "m::power_last" to \S+, "on" writes "m::power_next" to \S+, which "back" reads\./,
  );
  assert.equal((await systems()).length, 2);
});

test('who reads what whom writes is told', async () => {
  const { orgId, release, get } = await withOrganization();
  const power = await release('a power', lastOf('m::power', 'm::power_last'));
  const on = await release('b on', lastOf('m::power_last', 'm::power_next'));
  await release('c other', lastOf('m::speed', 'm::speed_last'));
  const { pipelines, links } = await get(`organizations/${orgId}/lineage`);
  const internal = `MEASURE_POINT_INTERNAL_${orgId}`;
  assert.deepEqual(namesOf(pipelines), ['a power', 'b on', 'c other']);
  assert.deepEqual(pipelines[0], {
    ...{ pipelineId: power, name: 'a power', messageChannel: 0 },
    ...{ reads: [internal], writes: [internal], inputs: ['m::power'], outputs: ['m::power_last'] },
  });
  assert.deepEqual(links, [{ from: power, to: on, topic: internal, points: ['m::power_last'] }]);
});
