import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readRunAssets } from '../../assets/read/read-run-assets.ts';
import { hashToken } from '../../runs/run-token.ts';
import { runs } from '../../store/schema.ts';
import { createApiFixture } from '../testing/api-fixture.ts';

// One embedded database for all, and an organisation with a run for each.
const cleanups: (() => unknown)[] = [];
let fixture: Awaited<ReturnType<typeof createApiFixture>>;
before(async () => {
  fixture = await createApiFixture({ after: (cleanup) => void cleanups.push(cleanup) });
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const UNCHANGED = { changed: [], placesChanged: false, pointsChanged: false };

const MODELS = [{ modelId: 'device' }, { modelId: 'turbine', parentId: 'device' }];
const asset = (assetId: string, name = assetId) => ({ assetId, modelId: 'turbine', name });

const withRun = async (assets: readonly object[] = []) => {
  const { orgId, token } = await fixture.organization();
  const saved = await fixture.call('POST', `/streaming/v2.0/streaming/pipeline/null?action=save&orgId=${orgId}`, {
    name: 'p',
    templateType: 1,
    messageChannel: 0,
    pipelineJson: { stages: [] },
  });
  const runId = `r-${orgId}`;
  await fixture.deps.store.db.insert(runs).values({
    ...{ runId, pipelineId: saved.json.data, orgId, versionNumber: 1, desired: 'run', executionMode: 0 },
    ...{ kafkaRate: 1, resourceConfig: '{}', tokenHash: hashToken(runId), createdAt: 1, desiredAt: 1 },
  });
  const path = `organizations/${orgId}`;
  const load = async (file: object) => {
    const { status, text } = await fixture.call('POST', `${path}/assets/import`, file, token);
    assert.equal(status, 200, text);
  };
  if (assets.length > 0) await load({ models: MODELS, assets });
  const remove = async (kind: string, id: string) => {
    const seen = await fixture.call('GET', `${path}/${kind}/${id}`, undefined, token);
    const { statusCode, body } = await fixture.app.inject({
      method: 'DELETE',
      url: `/api/v1/${path}/${kind}/${id}`,
      headers: { authorization: `Bearer ${token}`, 'if-match': String(seen.headers.etag) },
    });
    assert.equal(statusCode, 200, body);
  };
  const ask = (body: unknown, bearer: string | null = runId, run = runId) =>
    fixture.call('POST', `/internal/v1/runs/${run}/assets`, body, bearer);
  const changedSince = async (known: object) => (await ask({ known, assetIds: [] })).json;
  return { orgId, runId, load, remove, ask, changedSince };
};

test('a run is told of the assets of its organisation, and of no other', async () => {
  const one = await withRun([asset('t1', 'One'), asset('t2')]);
  const other = await withRun([asset('t1', 'Other'), asset('t3')]);
  const { status, json } = await one.ask({ assetIds: ['t1', 't3', 'none', 'no id', 't1'] });
  assert.equal(status, 200);
  assert.deepEqual(json.assets, [
    {
      ...{ assetId: 't1', modelId: 'turbine', modelIdPath: '/device/turbine', name: 'One', description: '', label: '' },
      ...{ timezone: null, attributes: {}, tags: {}, extraInfo: {} },
    },
  ]);
  assert.deepEqual([json.changed, json.left, json.state.revision > 0], [[], [], true]);
  assert.equal((await other.ask({ assetIds: ['t1'] })).json.assets[0].name, 'Other');
});

test('only who has the token of a run that is not over is answered, and only questions of a bounded size', async () => {
  const { runId, ask } = await withRun();
  const other = await withRun();
  const codeOf = async (answer: ReturnType<typeof ask>) => {
    const { status, json } = await answer;
    return [status, json.code];
  };
  assert.deepEqual(await codeOf(ask({ assetIds: [] }, null)), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await codeOf(ask({ nonsense: 1 }, other.runId)), [401, 'RUN_TOKEN_INVALID']);
  assert.deepEqual(await codeOf(ask({ assetIds: [] }, runId, 'gone')), [404, 'RUN_UNKNOWN']);
  for (const assetIds of [new Array(201).fill('a'), ['x'.repeat(129)], 'a', [7]])
    assert.equal((await ask({ assetIds })).status, 400);
  assert.equal((await ask({ assetIds: [], known: { storeId: 's', revision: -1 } })).status, 400);
  await fixture.deps.store.db.update(runs).set({ endedAt: 2 });
  assert.deepEqual(await codeOf(ask({ assetIds: [] })), [410, 'RUN_OVER']);
  await fixture.deps.store.db.update(runs).set({ endedAt: null });
});

test('each reply says which assets are not any more what they were', async () => {
  const { ask, load, remove, changedSince } = await withRun([asset('t1'), asset('t2'), asset('t3')]);
  const { state } = (await ask({ assetIds: ['t1'] })).json;
  assert.deepEqual(await changedSince(state), { state, ...UNCHANGED, assets: [], left: [] });
  await load({ assets: [asset('t1', 'new'), asset('t2'), asset('t4')] });
  await remove('assets', 't3');
  const after = await changedSince(state);
  assert.deepEqual([after.changed.toSorted(), after.state.revision > state.revision], [['t1', 't3', 't4'], true]);
  assert.deepEqual((await changedSince(after.state)).changed, []);
  await load({ models: [{ modelId: 'device', parentId: 'thing' }, { modelId: 'thing' }] });
  assert.equal((await changedSince(after.state)).changed, 'all', 'the path of a model is part of its assets');
});

test('whoever knows another store, or too little, or too many changes, begins anew', async () => {
  const empty = await withRun();
  const before = (await empty.ask({ assetIds: ['t1'] })).json;
  assert.deepEqual(before, { state: { storeId: '', revision: 0 }, ...UNCHANGED, assets: [], left: [] });
  assert.deepEqual((await empty.changedSince(before.state)).changed, []);
  await empty.load({ models: MODELS, assets: [asset('t1')] });
  assert.equal((await empty.changedSince(before.state)).changed, 'all');
  const { state } = (await empty.ask({ assetIds: [] })).json;
  assert.equal((await empty.changedSince({ ...state, revision: state.revision + 9 })).changed, 'all');
  await empty.load({ assets: Array.from({ length: 999 }, (_, at) => asset(`n${at}`)) });
  assert.equal((await empty.changedSince(state)).changed.length, 999);
  // What was removed counts as well, in an organisation that may have a thousand.
  for (const assetId of ['n0', 'n1']) await empty.remove('assets', assetId);
  await empty.load({ assets: [asset('m0'), asset('m1')] });
  assert.equal((await empty.changedSince(state)).changed, 'all');
});

test('what has no room in a reply is left for the next question', async () => {
  const { orgId } = await withRun([asset('t1'), asset('t2'), asset('t3')]);
  const ask = (assetIds: string[], maxChars: number) =>
    readRunAssets(fixture.deps.store.db, orgId, { assetIds }, maxChars);
  const first = await ask(['t1', 't2', 't3', 'none'], 1);
  assert.deepEqual([first.assets.length, first.left.length], [1, 2]);
  const second = await ask([...first.left], 1000);
  assert.deepEqual([second.assets.length, second.left], [2, []]);
});

const PLANT = {
  models: MODELS,
  assets: ['farm', 'a', 'b', 'c'].map((assetId) => asset(assetId)),
  trees: [
    {
      ...{ treeId: 'sites', name: 'Sites', tags: { kind: 'site' } },
      nodes: [['farm', null] as const, ['a', 'farm'] as const, ['b', 'farm'] as const, ['c', 'b'] as const].map(
        ([assetId, parentId]) => ({ assetId, parentId }),
      ),
    },
    { treeId: 'grid', tags: { kind: 'site' }, nodes: [{ assetId: 'b' }, { assetId: 'a' }] },
    { treeId: 'other', tags: { kind: 'x' }, nodes: [{ assetId: 'a' }] },
  ],
};

test('places of assets in the trees with a tag: above, below, and all the way down', async () => {
  const { ask, load } = await withRun();
  await load(PLANT);
  const places = async (assetId: string, side: string) => {
    const { json } = await ask({ assetIds: [], places: [{ assetId, tagKey: 'kind', tagValue: 'site', side }] });
    assert.deepEqual([json.places.length, json.places[0].at, json.places[0].isTooMany], [1, 0, false]);
    return json.places[0].trees.map((tree: { treeId: string; rootId: string; assetIds: string[] }) => [
      tree.treeId,
      tree.rootId,
      ...tree.assetIds,
    ]);
  };
  assert.deepEqual(await places('b', 'above'), [
    ['grid', null],
    ['sites', 'farm', 'farm'],
  ]);
  assert.deepEqual(await places('farm', 'below'), [['sites', 'farm', 'a', 'b']]);
  assert.deepEqual(await places('farm', 'all-below'), [['sites', 'farm', 'a', 'b', 'c']]);
  assert.deepEqual(await places('farm', 'above'), [['sites', 'farm']]);
  assert.deepEqual(await places('none', 'below'), []);
  assert.deepEqual(await places('no id', 'below'), []);
  const { json } = await ask({
    assetIds: ['farm'],
    places: [{ assetId: 'a', tagKey: 'kind', tagValue: 'none', side: 'above' }],
  });
  assert.deepEqual([json.places, json.assets.length], [[{ at: 0, trees: [], isTooMany: false }], 1]);
});

test('an asset with more around it than may be told says so', async () => {
  const { ask, load } = await withRun();
  // The organisation may have a thousand assets: the rest comes from further trees with the tag.
  const tree = (treeId: string, ids: string[]) => ({
    ...{ treeId, tags: { k: 'v' } },
    nodes: [{ assetId: 'top' }, ...ids.map((assetId) => ({ assetId, parentId: 'top' }))],
  });
  const ids = Array.from({ length: 990 }, (_, at) => `n${at}`);
  await load({ models: MODELS, assets: ['top', ...ids].map((assetId) => asset(assetId)) });
  await load({ trees: [tree('t1', ids), tree('t2', ids)] });
  const below = () => ask({ assetIds: [], places: [{ assetId: 'top', tagKey: 'k', tagValue: 'v', side: 'below' }] });
  assert.equal((await below()).json.places[0].isTooMany, false);
  await load({ trees: [tree('t3', ids)] });
  assert.deepEqual((await below()).json.places, [{ at: 0, trees: [], isTooMany: true }]);
});

test('points of a model and of its ancestors, by their id and by what they measure', async () => {
  const { ask, load } = await withRun();
  await load({
    models: [
      { modelId: 'device', points: [{ pointId: 'state', dataType: 'INTEGER', measurementId: 'st', tags: { a: 'b' } }] },
      { modelId: 'turbine', parentId: 'device', points: [{ pointId: 'power', unit: 'kW', hasQuality: true }] },
    ],
  });
  const question = (modelId: string, by: string, id: string) => ({ modelId, by, id });
  const { json } = await ask({
    assetIds: [],
    points: [
      question('turbine', 'point', 'power'),
      question('turbine', 'measurement', 'st'),
      question('device', 'point', 'power'),
      question('turbine', 'measurement', 'state'),
      question('none', 'point', 'power'),
    ],
  });
  const facts = json.points.map(({ at, point }: { at: number; point: Record<string, unknown> | null }) => [
    at,
    point === null ? null : [point.modelId, point.pointId, point.unit, point.hasQuality, point.tags],
  ]);
  assert.deepEqual(facts, [
    [0, ['turbine', 'power', 'kW', true, {}]],
    [1, ['device', 'state', '', false, { a: 'b' }]],
    [2, null],
    [3, null],
    [4, null],
  ]);
});

test('a reply says whether trees and models have changed, apart from assets', async () => {
  const { load, remove, ask, changedSince } = await withRun();
  await load(PLANT);
  const { state } = (await ask({ assetIds: [] })).json;
  const changes = async (known: object) => {
    const { changed, placesChanged, pointsChanged } = await changedSince(known);
    return [changed, placesChanged, pointsChanged];
  };
  const stateNow = async () => (await ask({ assetIds: [] })).json.state;
  assert.deepEqual(await changes(state), [[], false, false]);
  await load({ assets: [asset('a', 'new')] });
  assert.deepEqual(await changes(state), [['a'], false, false]);
  const beforeTree = await stateNow();
  await load({ trees: [{ treeId: 'sites', nodes: [{ assetId: 'c', parentId: 'a' }] }] });
  assert.deepEqual(await changes(beforeTree), [[], true, false]);
  const beforeRemoval = await stateNow();
  await remove('asset-trees', 'other');
  assert.deepEqual(await changes(beforeRemoval), [[], true, false]);
  const beforeModel = await stateNow();
  await load({ models: [{ modelId: 'turbine', parentId: 'device', name: 'T' }] });
  assert.deepEqual(await changes(beforeModel), ['all', false, true]);
});
