import { and, eq, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assets, assetTrees } from '../../store/schema-assets.ts';
import type { AssetPatch } from '../shapes/patch.ts';
import { findCircles } from '../shapes/tree-shape.ts';
import { idList, inChunks, upsert, type Writing } from './writing.ts';

const TREES = {
  name: 'asset_trees',
  ids: ['tree_id'],
  columns: { tree_id: 'text', name: 'text', description: 'text', tags: 'jsonb' },
} as const;
const NODES = {
  name: 'asset_tree_nodes',
  ids: ['tree_id', 'asset_id'],
  columns: { tree_id: 'text', asset_id: 'text', parent_id: 'text' },
} as const;

type Patch = Pick<AssetPatch, 'trees' | 'nodes' | 'removed'>;

/** Writes trees and the places of assets in them, which have to be there by then. */
export const writeTrees = async (writing: Writing, { trees, nodes }: Patch): Promise<void> => {
  await upsert(
    writing,
    'trees',
    TREES,
    trees.map(({ value: { treeId, name = '', description = '', tags = {} } }) => ({
      tree_id: treeId,
      name,
      description,
      tags,
    })),
  );
  if (nodes.length === 0) return;
  await refuseStrangers(writing, nodes);
  await upsert(
    writing,
    'nodes',
    NODES,
    nodes.map(({ value: { treeId, assetId, parentId = null } }) => ({
      tree_id: treeId,
      asset_id: assetId,
      parent_id: parentId,
    })),
  );
};

const refuseStrangers = async ({ tx, orgId, problems }: Writing, nodes: Patch['nodes']): Promise<void> => {
  const treeIds = await tx
    .select({ id: assetTrees.treeId })
    .from(assetTrees)
    .where(and(eq(assetTrees.orgId, orgId), sql`${assetTrees.treeId} in ${idList(unique(nodes, 'treeId'))}`));
  const trees = new Set(treeIds.map(({ id }) => id));
  const known = new Set<string>();
  for (const ids of inChunks(unique(nodes, 'assetId'), 5000)) {
    const found = await tx
      .select({ id: assets.assetId })
      .from(assets)
      .where(and(eq(assets.orgId, orgId), sql`${assets.assetId} in ${idList(ids)}`));
    for (const { id } of found) known.add(id);
  }
  for (const { at, value } of nodes) {
    if (!trees.has(value.treeId))
      problems.add('ASSET_TREE_UNKNOWN', `${at}/treeId`, `There is no tree "${value.treeId}".`);
    if (!known.has(value.assetId))
      problems.add('ASSET_UNKNOWN', `${at}/assetId`, `There is no asset "${value.assetId}".`);
  }
};

const unique = (nodes: Patch['nodes'], name: 'treeId' | 'assetId'): string[] => [
  ...new Set(nodes.map(({ value }) => value[name])),
];

/**
 * Refuses what would be no tree once all of a change is done: a parent that has no place in the tree itself, or a way
 * up that ends in a circle. Looks at the trees and ways that the change has touched.
 */
export const checkTrees = async (writing: Writing, patch: Patch): Promise<void> => {
  const places = new Map(patch.nodes.map(({ at, value }) => [`${value.treeId} ${value.assetId}`, at]));
  const placeOf = (treeId: string, assetId: string): string => places.get(`${treeId} ${assetId}`) ?? '';
  await refuseOrphans(writing, patch, placeOf);
  if (patch.nodes.length === 0) return;
  const byTree = new Map<string, { assetId: string; parentId: string | null }[]>();
  for (const { tree_id, asset_id, parent_id } of await waysUp(writing)) {
    const edges = byTree.get(String(tree_id)) ?? [];
    edges.push({ assetId: String(asset_id), parentId: parent_id === null ? null : String(parent_id) });
    byTree.set(String(tree_id), edges);
  }
  for (const [treeId, edges] of byTree) {
    const starts = edges.map(({ assetId }) => assetId).filter((assetId) => places.has(`${treeId} ${assetId}`));
    for (const assetId of findCircles(edges, starts))
      writing.problems.add(
        'ASSET_TREE_CIRCLE',
        `${placeOf(treeId, assetId)}/parentId`,
        `In the tree "${treeId}" the way up from "${assetId}" leads in a circle.`,
      );
  }
};

/** What was written, and everything above it. */
const waysUp = async ({ tx, orgId, revision }: Writing) =>
  rowsOf(
    await tx.execute(sql`
      with recursive up as (
        select tree_id, asset_id, parent_id from asset_tree_nodes where org_id = ${orgId} and revision = ${revision}
        union
        select n.tree_id, n.asset_id, n.parent_id from up join asset_tree_nodes n
          on n.org_id = ${orgId} and n.tree_id = up.tree_id and n.asset_id = up.parent_id
      )
      select * from up`),
  );

const refuseOrphans = async (
  { tx, orgId, revision, problems }: Writing,
  { removed, nodes }: Patch,
  placeOf: (treeId: string, assetId: string) => string,
): Promise<void> => {
  const isGone = removed.assets.length + removed.nodes.length > 0;
  if (!isGone && nodes.length === 0) return;
  // A place can lose its parent only by a removal; else what was written is all there is to look at.
  const touched = isGone ? sql`true` : sql`n.revision = ${revision}`;
  const orphans = rowsOf(
    await tx.execute(sql`
      select n.tree_id, n.asset_id, n.parent_id from asset_tree_nodes n
      where n.org_id = ${orgId} and ${touched} and n.parent_id is not null and not exists (
        select 1 from asset_tree_nodes p where p.org_id = n.org_id and p.tree_id = n.tree_id and p.asset_id = n.parent_id)
      order by n.tree_id, n.asset_id limit 51`),
  );
  const gone = new Map([
    ...removed.assets.map(({ at, value }) => [value, at] as const),
    ...removed.nodes.map(({ at, value }) => [value.assetId, at] as const),
  ]);
  for (const { tree_id, asset_id, parent_id } of orphans) {
    const [treeId, assetId, parentId] = [String(tree_id), String(asset_id), String(parent_id)];
    const place = gone.get(parentId);
    if (place === undefined)
      problems.add(
        'ASSET_PARENT_UNKNOWN',
        `${placeOf(treeId, assetId)}/parentId`,
        `"${parentId}" has no place in the tree "${treeId}", so "${assetId}" cannot be below it.`,
      );
    else
      problems.add(
        'ASSET_IN_USE',
        place,
        `"${assetId}" is below "${parentId}" in the tree "${treeId}": move or remove it first, or with it.`,
      );
  }
};
