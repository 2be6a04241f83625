import { and, eq, type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assetRemovals } from '../../store/schema-assets.ts';
import type { AssetKind } from '../shapes/entries.ts';
import type { AssetPatch } from '../shapes/patch.ts';
import type { Placed } from '../shapes/problems.ts';
import { idList, inChunks, type Writing } from './writing.ts';

/** Removals that a store remembers; beyond that the oldest are forgotten, and so are those who know no more. */
export const MAX_REMOVALS = 100_000;

const ID_COLUMN = { models: 'model_id', assets: 'asset_id', trees: 'tree_id' } as const;
const TABLE = { models: 'asset_models', assets: 'assets', trees: 'asset_trees', nodes: 'asset_tree_nodes' } as const;

/** Removes what a change says, and what goes with it: places of assets, nodes of trees. What is not there is no problem. */
export const removeEntries = async (writing: Writing, { removed }: Pick<AssetPatch, 'removed'>): Promise<void> => {
  for (const chunk of inChunks(removed.nodes)) {
    const pairs = JSON.stringify(chunk.map(({ value }) => value));
    await removeWhere(
      writing,
      'nodes',
      sql`(tree_id, asset_id) in (select r."treeId", r."assetId" from jsonb_to_recordset(${pairs}::jsonb) as r("treeId" text, "assetId" text))`,
    );
  }
  await removeIds(writing, 'trees', removed.trees);
  await removeIds(writing, 'assets', removed.assets);
  await removeIds(writing, 'models', removed.models);
  await refuseModelsInUse(writing, removed.models);
};

const removeIds = async (
  writing: Writing,
  kind: keyof typeof ID_COLUMN,
  entries: readonly Placed<string>[],
): Promise<void> => {
  for (const chunk of inChunks(entries)) {
    const isMeant = sql`${sql.raw(ID_COLUMN[kind])} in ${idList(chunk.map(({ value }) => value))}`;
    if (kind !== 'models') await removeWhere(writing, 'nodes', isMeant);
    await removeWhere(writing, kind, isMeant);
  }
};

const removeWhere = async ({ tx, orgId, revision, outcome }: Writing, kind: AssetKind, isMeant: SQL): Promise<void> => {
  const [id, nodeId] = kind === 'nodes' ? ['tree_id', 'asset_id'] : [ID_COLUMN[kind], `''`];
  const gone = rowsOf(
    await tx.execute(sql`
      with gone as (
        delete from ${sql.raw(TABLE[kind])} where org_id = ${orgId} and ${isMeant}
        returning ${sql.raw(id)} as id, ${sql.raw(nodeId)} as node_id
      )
      insert into asset_removals (org_id, kind, id, node_id, revision)
      select ${orgId}, ${kind}, gone.id, gone.node_id, ${revision}::bigint from gone
      on conflict (org_id, kind, id, node_id) do update set revision = excluded.revision
      returning 1`),
  );
  outcome[kind].removed += gone.length;
};

const refuseModelsInUse = async (
  { tx, orgId, problems }: Writing,
  models: readonly Placed<string>[],
): Promise<void> => {
  if (models.length === 0) return;
  const ids = idList(models.map(({ value }) => value));
  const users = rowsOf(
    await tx.execute(
      sql`select model_id, count(*) as users, min(asset_id) as example from assets where org_id = ${orgId} and model_id in ${ids} group by model_id`,
    ),
  );
  const places = new Map(models.map(({ at, value }) => [value, at]));
  for (const { model_id, users: number, example } of users)
    problems.add(
      'ASSET_IN_USE',
      places.get(String(model_id)) ?? '',
      `${String(number)} assets are of the model "${String(model_id)}", "${String(example)}" among them.`,
    );
};

/** Forgets removals of what is back, and those that are too many; answers up to which revision they are forgotten. */
export const tidyRemovals = async ({ tx, orgId, revision, store, outcome }: Writing): Promise<number> => {
  for (const kind of ['models', 'assets', 'trees', 'nodes'] as const) {
    if (outcome[kind].created === 0) continue;
    const [id, nodeId] = kind === 'nodes' ? ['tree_id', 'asset_id'] : [ID_COLUMN[kind], `''`];
    await tx.execute(sql`
      delete from asset_removals r using ${sql.raw(TABLE[kind])} t
      where r.org_id = ${orgId} and r.kind = ${kind} and t.org_id = r.org_id and t.revision = ${revision}
        and t.${sql.raw(id)} = r.id and r.node_id = ${sql.raw(kind === 'nodes' ? `t.${nodeId}` : nodeId)}`);
  }
  const own = eq(assetRemovals.orgId, orgId);
  const [oldest] = await tx
    .select({ revision: assetRemovals.revision })
    .from(assetRemovals)
    .where(own)
    .orderBy(sql`${assetRemovals.revision} desc`)
    .offset(MAX_REMOVALS)
    .limit(1);
  if (oldest === undefined) return store.removalsKnownFrom;
  await tx.delete(assetRemovals).where(and(own, sql`${assetRemovals.revision} <= ${oldest.revision}`));
  return oldest.revision;
};
