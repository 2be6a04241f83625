import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createFreshStores } from '../../../runs/testing/fresh-store.ts';
import { ADMIN_TOKEN } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const freshStore = createFreshStores();
const document = { pipelineConfig: { stages: [] } };

const fixture = async (t: TestContext) => {
  const api = await createApiFixture(t, { store: await freshStore(t) });
  const org = await api.organization();
  const pipelines = `organizations/${org.orgId}/pipelines`;
  const make = async (name: string, extra: object = {}) => {
    const made = await api.call('POST', pipelines, { name, document, ...extra });
    assert.equal(made.status, 201, made.text);
    return made.json.pipelineId as string;
  };
  const put = (id: string, payload: string, ifMatch?: string) =>
    api.app.inject({
      method: 'PUT',
      url: `/api/v1/pipelines/${id}/document`,
      payload,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'content-type': 'application/json',
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
    });
  return { ...api, org, pipelines, make, put };
};

test('a document is saved as it was written, and only over the revision that was read', async (t) => {
  const { call, make, put } = await fixture(t);
  const id = await make('p');
  const read = await call('GET', `pipelines/${id}/document`);
  assert.equal(read.headers.etag, '"1"');
  assert.equal((await put(id, '{"stages":[]}')).statusCode, 428);
  const spelled = '{"pipelineConfig": {"stages": [], "big": 9007199254740993, "one": 1.0}}';
  const saved = await put(id, spelled, '"1"');
  assert.deepEqual([saved.statusCode, saved.headers.etag], [200, '"2"'], saved.body);
  const late = await put(id, '{"stages":[]}', '"1"');
  assert.deepEqual(
    [late.statusCode, late.json().code, late.json().params.updatedBy],
    [412, 'REVISION_OUTDATED', 'admin'],
  );
  assert.equal((await call('GET', `pipelines/${id}/document`)).text, spelled);
  assert.equal((await put(id, '{"stages":[]}', '*')).statusCode, 200);
  const wrong = await put(id, '{"pipelineConfig":{"stages":7}}', '*');
  assert.deepEqual([wrong.statusCode, wrong.json().issues[0].path], [422, '/pipelineConfig/stages']);
  assert.equal((await put(id, '{"stages":[]}', 'soon')).statusCode, 400);
});

test('a copy has the document, secrets included, and was never released', async (t) => {
  const { call, make, org } = await fixture(t);
  const secret = { pipelineConfig: { stages: [], password: 'hunter2hunter2' } };
  const id = await make('p', { document: secret, group: 'g', labels: ['l'] });
  await call('POST', `pipelines/${id}/release`, {});
  const copy = await call('POST', `pipelines/${id}/copy`, {}, org.token);
  assert.deepEqual(
    [copy.status, copy.json.name, copy.json.version, copy.json.group, copy.json.labels],
    [201, 'p (copy)', null, 'g', ['l']],
  );
  const { text } = await call('GET', `pipelines/${copy.json.pipelineId}/document`);
  assert.match(text, /\*{6}/);
  assert.equal((await call('POST', `pipelines/${copy.json.pipelineId}/release`, {})).status, 200);
});

test('a version is restored as the design copy', async (t) => {
  const { call, make, put } = await fixture(t);
  const id = await make('p');
  await call('POST', `pipelines/${id}/release`, {});
  await put(id, '{"pipelineConfig":{"stages":[],"second":true}}', '"1"');
  await call('POST', `pipelines/${id}/release`, {});
  const restored = await call('POST', `pipelines/${id}/versions/1/restore`, { expectedRevision: 2 });
  assert.deepEqual([restored.status, restored.json.revision, restored.json.version], [200, 3, 2]);
  assert.equal((await call('GET', `pipelines/${id}/document`)).text, JSON.stringify(document));
  assert.equal((await call('POST', `pipelines/${id}/versions/9/restore`, {})).json.code, 'PIPELINE_VERSION_UNKNOWN');
});

test('pipelines are found by text, state, group and label, paged without gaps while others change', async (t) => {
  const { call, make, pipelines, enos } = await fixture(t);
  const ids: string[] = [];
  for (const name of ['alpha 50%', 'beta', 'gamma', 'delta', 'Alphabet']) {
    ids.push(await make(name, name === 'beta' ? { group: 'north', labels: ['x', 'y'] } : { labels: ['x'] }));
    enos.advance(1);
  }
  const names = async (query: string) =>
    (await call('GET', `${pipelines}?${query}`)).json.items.map(({ name }: { name: string }) => name);
  assert.deepEqual(await names('text=ALPHA&sort=name'), ['Alphabet', 'alpha 50%']);
  assert.deepEqual(await names('text=50%25'), ['alpha 50%'], 'a sign of a pattern is a letter like any other');
  assert.deepEqual(await names('group=north'), ['beta']);
  assert.equal((await names('group=')).length, 4);
  assert.deepEqual(await names('label=y,x'), ['beta']);
  await call('POST', `pipelines/${ids[2]}/release`, {});
  const all = (await call('GET', `${pipelines}?status=PUBLISHED`)).json;
  assert.deepEqual([all.total, all.counts], [1, { EDITED: 4, PUBLISHED: 1 }]);
  const first = (await call('GET', `${pipelines}?limit=2`)).json;
  // Whatever moves to the front meanwhile pushes nothing onto the next page twice.
  enos.advance(1);
  await call('PATCH', `pipelines/${ids[4]}`, { description: 'moved' });
  const second = (await call('GET', `${pipelines}?limit=2&cursor=${first.nextCursor}`)).json;
  const third = (await call('GET', `${pipelines}?limit=2&cursor=${second.nextCursor}`)).json;
  const seen = [first, second, third].flatMap(({ items }) =>
    items.map(({ pipelineId }: { pipelineId: string }) => pipelineId),
  );
  assert.deepEqual(seen, ids.toReversed());
  assert.equal(third.nextCursor, null);
  assert.equal((await call('GET', `${pipelines}?sort=name&cursor=${first.nextCursor}`)).json.code, 'CURSOR_INVALID');
  const filing = (await call('GET', pipelines.replace(/pipelines$/, 'pipeline-filing'))).json;
  assert.deepEqual(filing.labels, [
    { name: 'x', pipelines: 5 },
    { name: 'y', pipelines: 1 },
  ]);
});

test('pipelines travel as an archive, and a dry run says what would become of each', async (t) => {
  const { app, call, make, pipelines, organization } = await fixture(t);
  const spelled = '{"pipelineConfig":{"stages":[],"big":9007199254740993,"password":"hunter2hunter2"}}';
  const id = await make('p', { labels: ['x'] });
  await app.inject({
    method: 'PUT',
    url: `/api/v1/pipelines/${id}/document`,
    payload: spelled,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', 'if-match': '*' },
  });
  const other = await make('q', { document: { pipelineConfig: { stages: [], broken: true } } });
  const { text } = await call('POST', `${pipelines}/export`, { pipelineIds: [id, other] });
  assert.match(text, /9007199254740993/);
  assert.doesNotMatch(text, /hunter2/);
  const target = await organization();
  const take = (more: string) =>
    app.inject({
      method: 'POST',
      url: `/api/v1/organizations/${target.orgId}/pipelines/import`,
      payload: `{"archive":${text}${more}}`,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    });
  const dry = await take(',"dryRun":true');
  assert.deepEqual(
    dry
      .json()
      .results.map((each: { name: string; outcome: string; pipelineId: null; issues: { code: string }[] }) => [
        each.name,
        each.outcome,
        each.pipelineId,
        each.issues.map(({ code }) => code),
      ]),
    [
      ['p', 'create', null, ['SECRET_MASKED']],
      ['q', 'create', null, ['STAGE_BROKEN']],
    ],
  );
  const list = `organizations/${target.orgId}/pipelines`;
  assert.equal((await call('GET', list)).json.total, 0, 'a dry run changes nothing');
  assert.equal((await take('')).statusCode, 200);
  const again = (await take(',"onTaken":"replace"')).json();
  assert.deepEqual(
    again.results.map(({ outcome }: { outcome: string }) => outcome),
    ['replace', 'replace'],
  );
  assert.equal((await call('GET', list)).json.total, 2);
  assert.equal((await take('')).statusCode, 200, 'create makes others');
  assert.equal((await take(',"onTaken":"replace"')).json().code, 'ARCHIVE_AMBIGUOUS');
  const bad = await call('POST', `${list}/import`, { archive: { format: 'x', pipelines: [] } });
  assert.deepEqual([bad.json.issues[0].code, bad.json.issues[0].path], ['ARCHIVE_INVALID', '/format']);
});
