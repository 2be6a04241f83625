import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desc, eq } from 'drizzle-orm';
import type { ChangesPage } from '../../../assets/read/read-asset-changes.ts';
import { auditEntries } from '../../../store/schema.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

// One embedded database for all, and an organisation for each.
const cleanups: (() => unknown)[] = [];
let fixture: Awaited<ReturnType<typeof createApiFixture>>;
before(async () => {
  fixture = await createApiFixture({ after: (cleanup) => void cleanups.push(cleanup) });
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

const MODELS = [
  { modelId: 'device', points: [{ pointId: 'state', dataType: 'INTEGER', signalType: 'DI' }] },
  {
    modelId: 'turbine',
    parentId: 'device',
    name: 'Turbine',
    points: [
      {
        pointId: 'WNAC.WindSpeed',
        dataType: 'DOUBLE',
        unit: 'm/s',
        measurementId: 'wind-speed',
        attributes: { height: 90 },
        tags: { kind: 'wind' },
      },
    ],
  },
];
const ASSETS = [
  { assetId: 'farm', modelId: 'device', name: 'Farm north', tags: { site: 'north' } },
  {
    assetId: 't1',
    modelId: 'turbine',
    name: 'Turbine one',
    timezone: '+08:00',
    attributes: { mw: 2.5 },
    tags: { site: 'north', kind: 'a' },
  },
  { assetId: 't2', modelId: 'turbine', name: '风机二号', tags: { site: 'north' }, extraInfo: { maker: 'x' } },
];
const TREES = [
  { treeId: 'sites', tags: { kind: 'site' }, nodes: [{ assetId: 'farm' }, { assetId: 't1', parentId: 'farm' }] },
];
const FILE = { models: MODELS, assets: ASSETS, trees: TREES };

const withStore = async (file?: object) => {
  const org = await fixture.organization();
  const root = `/api/v1/organizations/${org.orgId}`;
  const send = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await fixture.app.inject({
      method,
      url: `${root}/${path}`,
      headers: { authorization: `Bearer ${org.token}`, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: response.statusCode, json: response.json(), etag: String(response.headers.etag) };
  };
  const load = (content: object, query = '') => send('POST', `assets/import${query}`, content);
  const loadCsv = (kind: string, lines: readonly string[], query = '') =>
    send('POST', `assets/import-csv?kind=${kind}${query}`, lines.join('\n'), { 'content-type': 'text/csv' });
  const get = async (path: string) => (await send('GET', path)).json;
  if (file !== undefined) assert.equal((await load(file)).status, 200);
  const idsOf = async (query: string): Promise<string[]> =>
    (await get(`assets?${query}`)).items.map(({ assetId }: { assetId: string }) => assetId);
  return { ...org, root, send, load, loadCsv, get, idsOf };
};
const issuesOf = ({ json }: { json: { issues?: { code: string; path: string }[] } }): string[] =>
  (json.issues ?? []).map(({ code, path }) => `${code} ${path}`);

test('a file is taken in once; a second time it changes nothing, and a dry run never does', async () => {
  const { load, get } = await withStore();
  const counts = (json: Record<string, { created: number }>) =>
    ['models', 'assets', 'trees', 'nodes'].map((kind) => Object.values(json[kind] ?? {}));
  const trial = await load(FILE, '?dryRun=true');
  assert.deepEqual(counts(trial.json), [
    [2, 0, 0, 0],
    [3, 0, 0, 0],
    [1, 0, 0, 0],
    [2, 0, 0, 0],
  ]);
  assert.equal((await get('asset-store')).revision, 0);
  const first = await load(FILE);
  assert.deepEqual([first.json.revision, counts(first.json)], [1, counts(trial.json)]);
  const again = await load(FILE);
  assert.deepEqual(counts(again.json), [
    [0, 0, 2, 0],
    [0, 0, 3, 0],
    [0, 0, 1, 0],
    [0, 0, 2, 0],
  ]);
  const { updatedAt, ...store } = await get('asset-store');
  assert.ok(updatedAt > 0);
  assert.partialDeepStrictEqual(store, { revision: 1, models: 2, points: 2, assets: 3, trees: 1, nodes: 2 });
});

test('a model has its own points and those of its ancestors; assets say of which line they are', async () => {
  const { get } = await withStore(FILE);
  const model = await get('asset-models/turbine');
  assert.equal(model.modelIdPath, '/device/turbine');
  assert.deepEqual(
    model.points.map(({ pointId, inheritedFrom, unit }: Record<string, string>) => [pointId, inheritedFrom, unit]),
    [
      ['state', 'device', undefined],
      ['WNAC.WindSpeed', null, 'm/s'],
    ],
  );
  assert.partialDeepStrictEqual(model.points[1], {
    measurementId: 'wind-speed',
    attributes: { height: 90 },
    tags: { kind: 'wind' },
  });
  const list = await get('asset-models?limit=1');
  assert.deepEqual([list.items[0].modelId, list.items[0].ownPoints], ['device', 1]);
  assert.equal((await get(`asset-models?limit=1&cursor=${list.nextCursor}`)).items[0].modelIdPath, '/device/turbine');
  const asset = await get('assets/t1');
  assert.partialDeepStrictEqual(asset, { modelIdPath: '/device/turbine', timezone: '+08:00', attributes: { mw: 2.5 } });
  assert.deepEqual(asset.places, [{ treeId: 'sites', parentId: 'farm' }]);
});

test('assets are found by words, tags, model and tree, page by page', async () => {
  const { idsOf, get, send } = await withStore(FILE);
  assert.deepEqual(await idsOf('text=turb'), ['t1']);
  assert.deepEqual(await idsOf('text=nor'), ['farm', 't1', 't2'], 'tags are words, too');
  assert.deepEqual(await idsOf(`text=${encodeURIComponent('机二')}`), ['t2']);
  assert.deepEqual(await idsOf('text=north%20far'), ['farm']);
  assert.deepEqual(await idsOf("text=-'%5C%25:*"), []);
  assert.deepEqual(await idsOf('tag=site::north,kind::a'), ['t1']);
  assert.deepEqual(await idsOf("tag=site::no'th%5C"), []);
  assert.deepEqual(await idsOf('model=device&heirs=false'), ['farm']);
  assert.deepEqual(await idsOf('model=device'), ['farm', 't1', 't2']);
  assert.deepEqual(await idsOf('tree=sites'), ['farm', 't1']);
  const first = await get('assets?limit=2&tag=site::north');
  assert.deepEqual((await get(`assets?limit=2&tag=site::north&cursor=${first.nextCursor}`)).items.length, 1);
  assert.equal((await send('GET', 'assets?model=nothing')).json.code, 'ASSET_MODEL_UNKNOWN');
  assert.equal((await send('GET', 'assets?tag=site')).status, 400);
});

test('what an import refers to has to be there; everything that is wrong is told, and nothing is taken in', async () => {
  const { load, get, loadCsv } = await withStore(FILE);
  const wrong = await load({
    models: [
      { modelId: 'device', parentId: 'turbine' },
      { modelId: 'own', parentId: 'device', points: [{ pointId: 'state' }] },
    ],
    assets: [{ assetId: 'x', modelId: 'nothing' }],
    nodes: [
      { treeId: 'nowhere', assetId: 't1' },
      { treeId: 'sites', assetId: 'nobody' },
      { treeId: 'sites', assetId: 'farm', parentId: 't1' },
      { treeId: 'sites', assetId: 't2', parentId: 'x' },
    ],
  });
  assert.equal(wrong.status, 422);
  assert.deepEqual(issuesOf(wrong).toSorted(), [
    'ASSET_MODEL_CIRCLE /models/0/parentId',
    'ASSET_MODEL_UNKNOWN /assets/0/modelId',
    'ASSET_PARENT_UNKNOWN /nodes/3/parentId',
    'ASSET_TREE_CIRCLE /nodes/2/parentId',
    'ASSET_TREE_UNKNOWN /nodes/0/treeId',
    'ASSET_UNKNOWN /nodes/1/assetId',
  ]);
  const twice = await load({ models: [{ modelId: 'own', parentId: 'device', points: [{ pointId: 'state' }] }] });
  assert.deepEqual(issuesOf(twice), ['ASSET_POINT_INHERITED /models/0/points/0']);
  const lines = await loadCsv('assets', ['assetId,modelId', 't9,turbine', 't10,nothing']);
  assert.deepEqual(issuesOf(lines), ['ASSET_MODEL_UNKNOWN /3/modelId']);
  assert.match(lines.json.message, /^Line 3, column "modelId": /);
  assert.equal((await get('asset-store')).revision, 1);
});

test('rows of CSV files come to the same as entries of a file', async () => {
  const { loadCsv, get } = await withStore(FILE);
  assert.equal((await loadCsv('models', ['modelId,parentId', 'meter,device'])).json.models.created, 1);
  assert.equal(
    (
      await loadCsv('points', [
        'modelId,pointId,unit,attribute:scale:number',
        'meter,power,kW,10',
        'meter,energy,kWh,',
        'device,state,,',
      ])
    ).json.models.changed,
    2,
  );
  assert.equal((await loadCsv('assets', ['assetId,modelId,tag:site', 'm1,meter,north'])).json.assets.created, 1);
  assert.equal((await loadCsv('nodes', ['treeId,assetId,parentId', 'sites,m1,farm'])).json.nodes.created, 1);
  assert.deepEqual(
    (await get('asset-models/meter')).points.map(({ pointId }: { pointId: string }) => pointId),
    ['state', 'power', 'energy'],
  );
  assert.deepEqual((await get('assets/m1')).places, [{ treeId: 'sites', parentId: 'farm' }]);
  const below = await get('asset-trees/sites/places?below=farm');
  assert.deepEqual(
    below.items.map(({ assetId, children }: Record<string, unknown>) => [assetId, children]),
    [
      ['m1', 0],
      ['t1', 0],
    ],
  );
  assert.deepEqual(
    (await get('asset-trees/sites/places')).items.map(({ assetId, children }: Record<string, unknown>) => [
      assetId,
      children,
    ]),
    [['farm', 2]],
  );
  assert.equal((await loadCsv('models', ['modelId,name', 'meter,Meter'])).json.models.changed, 1);
  assert.deepEqual((await get('asset-models/meter')).points.length, 2, 'another parent; its own points stay');
});

test('one entry is saved by who has seen it, and removed only where nothing is left without it', async () => {
  const { send, get, orgId } = await withStore(FILE);
  const path = 'assets/t1';
  const entry = { modelId: 'turbine', name: 'New name' };
  assert.equal((await send('PUT', path, entry)).status, 428);
  const seen = await send('GET', path);
  assert.equal((await send('PUT', path, entry, { 'if-match': '"0"' })).json.code, 'REVISION_OUTDATED');
  const saved = await send('PUT', path, entry, { 'if-match': seen.etag });
  assert.deepEqual([saved.status, saved.etag, saved.json.name, saved.json.tags], [200, '"2"', 'New name', {}]);
  assert.equal((await send('PUT', path, entry, { 'if-match': seen.etag })).status, 412);
  assert.equal((await send('PUT', 'assets/t3', { ...entry, modelId: 'nothing' }, { 'if-match': '"0"' })).status, 422);
  assert.equal((await send('PUT', 'assets/t3', { ...entry, colour: 'red' }, { 'if-match': '"0"' })).status, 400);
  assert.equal((await send('PUT', 'assets/a%2Cb', entry, { 'if-match': '"0"' })).status, 422);
  assert.deepEqual(issuesOf(await send('DELETE', 'assets/farm')), ['ASSET_IN_USE ']);
  assert.deepEqual(issuesOf(await send('DELETE', 'asset-models/turbine')), ['ASSET_IN_USE ']);
  assert.deepEqual(issuesOf(await send('DELETE', 'asset-models/device')), ['ASSET_IN_USE ', 'ASSET_IN_USE ']);
  const gone = await send('DELETE', path);
  assert.deepEqual([gone.json.assets.removed, gone.json.nodes.removed], [1, 1]);
  assert.equal((await send('GET', path)).json.code, 'ASSET_UNKNOWN');
  assert.equal(
    (await send('PUT', 'asset-trees/sites/places/t2', { parentId: 'farm' }, { 'if-match': '*' })).json.nodes.created,
    1,
  );
  assert.equal((await send('DELETE', 'asset-trees/sites/places/t2')).json.nodes.removed, 1);
  assert.equal((await send('PUT', 'asset-trees/grid', { name: 'Grid' }, { 'if-match': '"0"' })).json.name, 'Grid');
  assert.equal((await send('DELETE', 'asset-trees/sites')).json.nodes.removed, 1);
  assert.deepEqual(
    (await get('asset-trees')).items.map(({ treeId }: { treeId: string }) => treeId),
    ['grid'],
  );
  const [last] = await fixture.deps.store.db
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.orgId, orgId))
    .orderBy(desc(auditEntries.id))
    .limit(1);
  assert.deepEqual(
    [last?.action, last?.target, last?.detail],
    ['asset-tree.remove', 'sites', 'revision 7, trees +0 ~0 -1, nodes +0 ~0 -1'],
  );
});

test('whoever has read everything is told what changes, and that they have to begin anew where it is forgotten', async () => {
  const { get, load, send } = await withStore(FILE);
  const copy = new Map<string, unknown>();
  let known: Pick<ChangesPage, 'storeId' | 'revision'> = { storeId: '', revision: 0 };
  const follow = async (limit: number) => {
    let query = `since=${known.revision}&storeId=${known.storeId}`;
    for (;;) {
      const page: ChangesPage & { nextCursor: string | null } = await get(`asset-changes?limit=${limit}&${query}`);
      for (const each of page.models) copy.set(`m ${each.modelId}`, each);
      for (const each of page.assets) copy.set(`a ${each.assetId}`, each);
      for (const each of page.trees) copy.set(`t ${each.treeId}`, each);
      for (const each of page.nodes) copy.set(`n ${each.treeId} ${each.assetId}`, each);
      for (const id of page.removed.assets) copy.delete(`a ${id}`);
      for (const { treeId, assetId } of page.removed.nodes) copy.delete(`n ${treeId} ${assetId}`);
      known = page;
      if (page.nextCursor === null) return;
      query = `cursor=${page.nextCursor}`;
    }
  };
  await follow(3);
  assert.deepEqual(
    [...copy.keys()],
    ['m device', 'm turbine', 'a farm', 'a t1', 'a t2', 't sites', 'n sites farm', 'n sites t1'],
  );
  assert.partialDeepStrictEqual(copy.get('a t1'), { attributes: { mw: 2.5 }, label: '', timezone: '+08:00' });
  await load({ assets: [{ assetId: 't2', modelId: 'turbine', name: 'changed' }], removed: { assets: ['t1'] } });
  await follow(1);
  assert.deepEqual([...copy.keys()], ['m device', 'm turbine', 'a farm', 'a t2', 't sites', 'n sites farm']);
  assert.partialDeepStrictEqual(copy.get('a t2'), { name: 'changed' });
  assert.equal(known.revision, 2);
  await load({ assets: [{ assetId: 't1', modelId: 'turbine' }] });
  const back = await get('asset-changes?since=1');
  assert.deepEqual(
    [back.assets.map(({ assetId }: { assetId: string }) => assetId), back.removed.assets],
    [['t2', 't1'], []],
    'what is back is not removed',
  );
  for (const query of ['since=99', 'since=2&storeId=another'])
    assert.equal((await send('GET', `asset-changes?${query}`)).json.code, 'ASSET_CHANGES_GONE');
  assert.equal((await send('GET', 'asset-changes?cursor=e30')).json.code, 'CURSOR_INVALID');
});

test('an organisation sees, finds and changes its own only', async () => {
  const one = await withStore(FILE);
  const other = await withStore({
    models: [{ modelId: 'turbine' }],
    assets: [{ assetId: 't1', modelId: 'turbine', name: 'Turbine of others' }],
  });
  assert.deepEqual(
    (await one.get('assets?text=turbine')).items.map(({ name }: { name: string }) => name),
    ['Turbine one'],
  );
  assert.deepEqual((await other.get('assets?text=turbine&tag=site::north')).items, []);
  for (const [method, path] of [
    ['GET', 'assets'],
    ['GET', 'asset-store'],
    ['GET', 'asset-changes'],
    ['GET', 'asset-models/turbine'],
    ['DELETE', 'assets/t1'],
    ['GET', 'asset-trees/sites/places'],
  ] as const) {
    const { status, json } = await fixture.call(method, `${other.root}/${path}`, undefined, one.token);
    assert.deepEqual([status, json.code], [404, 'ORGANIZATION_UNKNOWN'], path);
  }
  const { status, json } = await fixture.call('POST', `${other.root}/assets/import`, FILE, one.token);
  assert.deepEqual([status, json.code], [404, 'ORGANIZATION_UNKNOWN']);
  assert.equal((await other.get('asset-store')).revision, 1);
});

test('there are limits', async () => {
  const { load } = await withStore({ models: MODELS });
  const many = Array.from({ length: 1001 }, (_, index) => ({ assetId: `x${index}`, modelId: 'device' }));
  const { json } = await load({ assets: many });
  assert.deepEqual([json.code, json.issues[0].code], ['ASSETS_INVALID', 'ASSET_LIMIT_REACHED']);
});
