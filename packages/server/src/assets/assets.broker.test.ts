import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AssetSelection } from '@penstock/model';
import { prepareDatabase } from '@penstock/testkit/database';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import { type SQL, sql, TransactionRollbackError } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { type AssetDeps, changeAssets } from './change-assets.ts';
import { importAssets } from './import-assets.ts';
import { type ChangesPosition, readAssetChanges } from './read/read-asset-changes.ts';
import { assetQuery, searchAssets, wordsAsked } from './read/read-assets.ts';
import { readSelectedAssets } from './read/read-selected-assets.ts';
import { EMPTY_PATCH } from './shapes/patch.ts';
import { placed } from './shapes/problems.ts';

// What is special about each database; what people see is in http/routes/assets.
let postgres: RealPostgres;
const stores: Store[] = [];
const dataDir = mkdtempSync(join(tmpdir(), 'penstock-assets-'));
before(async () => {
  postgres = await startRealPostgres();
  stores.push(
    await openStore({ dataDir, databaseUrl: await postgres.createDatabase('assets') }),
    await openStore({ dataDir: await prepareDatabase(dataDir) }),
  );
  for (const { db } of stores)
    await db.execute(sql`insert into organizations values ('o1', 'One', 0), ('o2', 'Two', 0), ('o3', 'Three', 0)`);
});
after(async () => {
  for (const store of stores) await store.close();
  await postgres?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const MANY = 1_000;
const depsOf = (store: Store): AssetDeps => ({
  store,
  clock: { now: () => 1_800_000_000_000 },
  newId: () => 'store-1',
  limits: {
    pipelinesPerOrganization: 1,
    documentBytes: 1,
    assetsPerOrganization: 100_000,
    designingCu: 0,
    ownLibraries: 1,
    libraryBytes: 1,
  },
});
const assetOf = (index: number) => ({
  assetId: `WTG${String(index).padStart(6, '0')}`,
  modelId: 'turbine',
  name: `Turbine ${index}`,
  tags: { site: `site ${index % 50}` },
});
const file = {
  models: [{ modelId: 'turbine', points: [{ pointId: 'p' }] }],
  assets: Array.from({ length: MANY }, (_, index) => assetOf(index)),
  trees: [
    {
      treeId: 'sites',
      nodes: Array.from({ length: MANY }, (_, index) => ({
        assetId: assetOf(index).assetId,
        parentId: index === 0 ? null : assetOf(Math.floor((index - 1) / 10)).assetId,
      })),
    },
  ],
};
/** How a database that holds many more assets of this organisation would answer; they are not kept. */
const planAmongMany = async ({ db }: Store, words: SQL): Promise<string> => {
  let plan = '';
  const filled: Promise<void> = db.transaction(async (tx) => {
    await tx.execute(sql`
      insert into assets
        select a.org_id, 'X' || n, a.model_id, a.name, a.description, a.label, a.timezone, a.attributes, a.tags,
          a.extra_info, array_to_tsvector(array['1.turbine', '1.x' || n]), a.revision, a.created_at, a.updated_at
        from assets a, generate_series(1, 8000) n where a.org_id = 'o1' and a.asset_id = 'WTG000000'`);
    await tx.execute(sql`select gin_clean_pending_list('assets_by_words')`);
    await tx.execute(sql`analyze assets`);
    const rows = rowsOf(await tx.execute(sql`explain ${assetQuery(tx, 'o1', words, 51)}`));
    plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    tx.rollback();
  });
  await assert.rejects(filled, TransactionRollbackError);
  return plan;
};
const load = (store: Store, orgId: string, value: object) =>
  importAssets(depsOf(store), {
    orgId,
    actor: 'a',
    file: { form: 'json', value: JSON.parse(JSON.stringify(value)) },
    dryRun: false,
  });

test('many assets are taken in, found by the index of words, and told as changes, on both databases', async () => {
  for (const store of stores) {
    const { db, kind } = store;
    const { assets, nodes } = await load(store, 'o1', file);
    assert.deepEqual([assets.created, nodes.created], [MANY, MANY], kind);
    const again = await load(store, 'o1', file);
    assert.deepEqual([again.assets.unchanged, again.nodes.unchanged, again.revision], [MANY, MANY, 1], kind);
    await load(store, 'o2', { models: file.models, assets: [assetOf(77)] });

    const words = await wordsAsked(db, 'o1', { text: 'turb wtg000077' });
    assert.ok(words !== undefined && words !== 'nothing');
    const plan = await planAmongMany(store, words);
    assert.match(plan, /assets_by_words/, `${kind}: ${plan}`);
    const idsOf = async (orgId: string, text: string) =>
      (await searchAssets(db, orgId, { text }, { after: undefined, limit: 50 })).items.map(({ assetId }) => assetId);
    assert.deepEqual(await idsOf('o1', 'turb 77'), [
      'WTG000077',
      ...range(770, 779).map((each) => assetOf(each).assetId),
    ]);
    assert.deepEqual(await idsOf('o2', 'turb'), ['WTG000077']);

    let read = 0;
    for (let next: ChangesPosition | 'first' | undefined = 'first'; next !== undefined; ) {
      const page = await readAssetChanges(db, {
        orgId: 'o1',
        since: 0,
        after: next === 'first' ? undefined : next,
        limit: 700,
      });
      read += page.models.length + page.assets.length + page.trees.length + page.nodes.length;
      next = page.next;
    }
    assert.equal(read, 2 * MANY + 2, kind);
  }
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('changes of one organisation come one after the other, and a subtree moves with what is below it', async () => {
  for (const store of stores) {
    await load(store, 'o1', file);
    const move = (assetId: string, parentId: string | null) =>
      changeAssets(depsOf(store), {
        orgId: 'o1',
        actor: 'a',
        patch: { ...EMPTY_PATCH, nodes: [placed('', { treeId: 'sites', assetId, parentId })] },
        action: 'test',
        target: '',
      });
    const revisions = (await Promise.all([11, 12, 13, 14].map((index) => move(assetOf(index).assetId, null)))).map(
      ({ revision }) => revision,
    );
    assert.deepEqual(new Set(revisions).size, 4, store.kind);
    // Each of two is good by itself; together they would be a circle.
    const both = await Promise.allSettled([
      move(assetOf(1).assetId, assetOf(25).assetId),
      move(assetOf(2).assetId, assetOf(15).assetId),
    ]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], store.kind);
  }
});

test('an organisation goes with its store', async () => {
  for (const { db } of stores) {
    await db.execute(sql`delete from organizations where org_id = 'o2'`);
    const left = rowsOf(await db.execute(sql`select count(*)::int as n from assets where org_id = 'o2'`));
    assert.equal(left[0]?.n, 0);
  }
});

test('stages get the assets that their models, tags and trees mean, anew only where those have changed', async () => {
  const one = (assetId: string, modelId: string, more: object = {}) => ({ assetId, modelId, ...more });
  const given = {
    models: [{ modelId: 'root' }, { modelId: 'big', parentId: 'root' }, { modelId: 'other' }],
    assets: [
      one('a', 'big', { tags: { kind: "it's \\ a & b", owner: 'x' } }),
      one('b', 'root'),
      one('c', 'other', { tags: { kind: "it's \\ a & b" } }),
      one('d', 'other'),
      one('e', 'other'),
    ],
    trees: [
      { treeId: 't1', nodes: [{ assetId: 'd', parentId: null }] },
      { treeId: 't2', tags: { sort: 'site', more: '1' }, nodes: [{ assetId: 'd', parentId: null }] },
      { treeId: 't3', tags: { sort: 'grid' }, nodes: [{ assetId: 'e', parentId: null }] },
    ],
  };
  const selection: AssetSelection = {
    selectors: [
      { by: 'model', modelId: 'root' },
      { by: 'tag', key: 'kind', value: "it's \\ a & b" },
      { by: 'tree', treeId: 't1' },
      { by: 'tree-tag', key: 'sort', value: 'site' },
      // Nobody can have these, and no database takes them.
      { by: 'model', modelId: 'nul\0' },
      { by: 'tag', key: 'nul\0', value: '\ud800' },
      { by: 'tree', treeId: 'nul\0' },
    ],
  };
  for (const store of stores) {
    const { db, kind } = store;
    const ask = (known?: string) => readSelectedAssets(db, 'o3', selection, known);
    const none = await ask();
    assert.deepEqual([none.revision, none.data], [0, { assets: [], treeTags: {} }], kind);
    await load(store, 'o3', given);
    const first = await ask(none.stamp);
    const tags = { kind: "it's \\ a & b" };
    assert.deepEqual(
      first.data,
      {
        assets: [
          { assetId: 'a', modelIdPath: '/root/big', tags },
          { assetId: 'b', modelIdPath: '/root' },
          { assetId: 'c', modelIdPath: '/other', tags },
          { assetId: 'd', modelIdPath: '/other', trees: ['t1', 't2'] },
        ],
        treeTags: { t1: {}, t2: { sort: 'site' } },
      },
      kind,
    );
    assert.deepEqual(await ask(first.stamp), { revision: first.revision, stamp: first.stamp }, kind);
    await load(store, 'o3', { ...given, assets: [...given.assets, one('f', 'other')] });
    const beside = await ask(first.stamp);
    assert.deepEqual([beside.revision > first.revision, beside.data], [true, undefined], kind);
    assert.deepEqual(await ask(beside.stamp), beside, kind);
    await load(store, 'o3', { ...given, assets: [one('f', 'root')] });
    const more = await ask(beside.stamp);
    assert.ok(JSON.stringify(more.data).includes('{"assetId":"f","modelIdPath":"/root"}'), kind);
    await assert.rejects(readSelectedAssets(db, 'o3', selection, undefined, 1200), {
      code: 'SELECTED_ASSETS_TOO_MANY',
      message: /mean 5 assets in \d+ characters; 200 can be given/,
    });
  }
});
