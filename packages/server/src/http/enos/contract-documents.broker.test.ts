import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { anyText } from '@penstock/testkit/any-text';
import fc from 'fast-check';
import { getVersion, listVersions } from '../../pipelines/read-pipelines.ts';
import { revertPipeline } from '../../pipelines/revert-pipeline.ts';
import { newDriver, sharedFixture } from './testing/contract-driver.ts';
import { createEnosClient, createEnosFixture, documentOf, type EnosFixture } from './testing/enos-fixture.ts';

// A client that knows the contract and nothing else of the service.
const shared = sharedFixture(createEnosFixture);
let fixture: EnosFixture;
before(async () => {
  fixture = await shared.open();
});
after(() => shared.close());

test('a document comes back as the text it was: unknown fields, number spelling, order, blanks', async () => {
  const { operate, save, details } = await newDriver(fixture);
  const document =
    '{ "pipelineConfig" : {"stages":[ ], "z":1e2, "a":12345678901234567890, "pi":3.10,\n "__proto__":{"x":1}, "é":"\\u00e9\\ud800"} , "pipelineRules":null,"x":1,"x":2 }';
  const pipelineId = (await operate('null', 'save', { text: `{"name":"N","pipelineJson":${document},"more":[1]}` }))
    .data;
  assert.ok((await details(pipelineId)).text.endsWith(`"pipelineJson":${document}}}`));
  // The same document as a text in the body.
  await save({ pipelineJson: ` ${document}\n` }, pipelineId);
  assert.ok((await details(pipelineId)).text.endsWith(`"pipelineJson":${document}}}`));
  await operate(pipelineId, 'release');
  assert.ok((await details(pipelineId, true)).text.endsWith(`"pipelineJson":${document}}}`));
});

test('any document survives saving, in either form', async () => {
  const { save, details } = await newDriver(fixture);
  const pipelineId = await save({ name: 'Any' });
  const anything = fc.oneof(fc.jsonValue(), fc.dictionary(anyText(), fc.jsonValue()));
  const check = fc.asyncProperty(anything, fc.boolean(), async (extra, asText) => {
    const document = { stages: [], extra };
    await save({ pipelineJson: asText ? JSON.stringify(document) : document }, pipelineId);
    assert.equal(JSON.stringify((await details(pipelineId)).json.data.pipelineJson), JSON.stringify(document));
  });
  await fc.assert(check, { numRuns: 60 });
});

test('save takes the field names of table and sample, and details answer one form', async () => {
  const { save, details } = await newDriver(fixture);
  const sample = {
    templateType: '1',
    pipelineName: 'stream_power_calculation',
    templateName: { zh_cn: '电', en_us: 'Electric' },
    version: '0.1.0',
    messageChannel: '1',
    desc: 'line one\nline two',
    pipelineJson: documentOf(),
  };
  const pipelineId = await save(sample);
  const shown = {
    pipelineId,
    pipelineName: 'stream_power_calculation',
    messageChannel: 1,
    templateType: 1,
    templateName: 'Electric',
    version: '0.1.0',
    desc: 'line one\nline two',
    pipelineJson: documentOf(),
  };
  const { json } = await details(pipelineId);
  assert.deepEqual(json, { code: 0, msg: 'OK', requestId: json.requestId, data: shown });
  // What is not given stays as it is; `name` wins over `pipelineName`.
  assert.equal(await save({ name: 'renamed', pipelineName: 'ignored' }, pipelineId), pipelineId);
  assert.deepEqual((await details(pipelineId)).json.data, { ...shown, pipelineName: 'renamed' });
});

test('a pipeline can be created from nothing, named after its document or not at all', async () => {
  const { operate, save, details } = await newDriver(fixture);
  const empty = await save({});
  const expected = {
    pipelineName: 'Untitled pipeline',
    messageChannel: 0,
    templateType: 1,
    templateName: '',
    version: '0.1.0',
    desc: '',
    pipelineJson: {},
  };
  assert.deepEqual((await details(empty)).json.data, { pipelineId: empty, ...expected });
  const titled = await save({ pipelineJson: documentOf({ title: 'From the title' }) });
  assert.equal((await details(titled)).json.data.pipelineName, 'From the title');
  assert.deepEqual(await operate(empty, 'release').then(({ code, data }) => [code, data.issues[0].code]), [
    61100,
    'DOCUMENT_REQUIRED',
  ]);
});

test('template pipelines are kept in both shapes of the contract, and what their form stands for is released', async () => {
  const { operate, save, details } = await newDriver(fixture);
  const points = [{ inputPointId: 'raw', minValue: '0', maxValueInclude: false }];
  const pipelineJson = await save({ templateType: 3, name: 'T', pipelineJson: { piDetail: true, points } });
  assert.deepEqual((await details(pipelineJson)).json.data.pipelineJson, { piDetail: true, points });
  const form = await save({ templateType: 5, name: 'F', messageChannel: '0', piDetail: false, points });
  assert.deepEqual((await details(form)).json.data.pipelineJson, { piDetail: false, points });
  // A later change need not say the type again.
  await save({ pipelineJson: { points: [] } }, form);
  assert.equal(
    (await operate(form, 'start', { body: { executionMode: 0 } })).msg,
    'Stream processing job with status [EDITED] cannot be started.',
  );
});

test('lists are paged, last changed first, and split by release', async () => {
  const { orgId, operate, save, list } = await newDriver(fixture);
  const ids: string[] = [];
  for (let i = 0; i < 12; i += 1) {
    ids.unshift(await save({ name: `P${i}`, pipelineJson: documentOf() }));
    fixture.advance(1000);
  }
  const [newest = ''] = ids;
  await operate(newest, 'release');
  const names = (page: { pipelines: { pipelineName: string }[] }) =>
    page.pipelines.map(({ pipelineName }) => pipelineName);
  const first = await list();
  assert.deepEqual([first.count, names(first)], [11, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((i) => `P${i}`)]);
  assert.deepEqual(names(await list('&pageNo=2')), ['P0']);
  assert.deepEqual(names(await list('&pageNo=3&pageSize=5')), ['P0']);
  assert.deepEqual(await list('&isSystem=true'), { count: 0, pipelines: [] });
  const { count, pipelines } = await list('&ifReleased=true');
  const { updateTime, ...entry } = pipelines[0];
  assert.ok(!Number.isNaN(Date.parse(updateTime)));
  assert.deepEqual(
    [count, entry],
    [
      1,
      {
        orgId,
        status: 'PUBLISHED',
        version: '0.1.0',
        pipelineId: newest,
        pipelineName: 'P11',
        alarmConfig: '{}',
        templateType: 1,
        executionMode: 0,
        templateName: '',
        messageChannel: 0,
        desc: '',
        kafkaRate: 1000,
        resourceConfig: null,
      },
    ],
  );
});

test('the released copy stays as it is while the design goes on, until the next release; versions are kept', async () => {
  const { operate, save, details, list, target } = await newDriver(fixture);
  const pipelineId = await save({ name: 'One', pipelineJson: documentOf({ v: 1 }), alarmConfig: '{"alarmMode":1}' });
  assert.equal((await details(pipelineId, true)).json.code, 61108);
  await operate(pipelineId, 'release');
  await save({ name: 'Two', pipelineJson: documentOf({ v: 2 }) }, pipelineId);
  const shown = async (ifReleased: boolean) => {
    const { pipelineName, pipelineJson } = (await details(pipelineId, ifReleased)).json.data;
    return [pipelineName, pipelineJson.pipelineConfig.v];
  };
  assert.deepEqual(
    [await shown(true), await shown(false)],
    [
      ['One', 1],
      ['Two', 2],
    ],
  );
  const [listed] = (await list('&ifReleased=true')).pipelines;
  assert.deepEqual([listed.pipelineName, listed.alarmConfig], ['One', '{"alarmMode":1}']);
  await operate(pipelineId, 'release');
  assert.deepEqual(
    [await shown(true), await shown(false)],
    [
      ['Two', 2],
      ['Two', 2],
    ],
  );
  await save({ name: 'Three' }, pipelineId);
  await revertPipeline(fixture.deps, target(pipelineId));
  assert.deepEqual(await shown(false), ['Two', 2]);
  const versions = await listVersions(fixture.deps, target(pipelineId));
  assert.deepEqual(
    versions.map(({ number, name, isOnline }) => [number, name, isOnline]),
    [
      [2, 'Two', true],
      [1, 'One', false],
    ],
  );
  assert.equal((await getVersion(fixture.deps, { ...target(pipelineId), number: 1 })).name, 'One');
  await assert.rejects(getVersion(fixture.deps, { ...target(pipelineId), number: 3 }), {
    code: 'PIPELINE_VERSION_UNKNOWN',
  });
});

test('the number of pipelines is limited', async (t) => {
  const small = await createEnosFixture(t, { store: fixture.deps.store, limits: { pipelinesPerOrganization: 2 } });
  const one = createEnosClient(small, await small.organization());
  const create = async () => {
    const query = `orgId=${one.org.orgId}&action=save`;
    return (await one.call('POST', 'streaming/pipeline/null', { query, body: { name: 'x' } })).json;
  };
  const answers = await Promise.all([create(), create(), create(), create()]);
  assert.deepEqual(answers.map(({ code }) => code).sort(), [0, 0, 61112, 61112]);
  assert.match(answers.find(({ code }) => code !== 0)?.submsg ?? '', /2 pipelines, which is the limit/);
});
