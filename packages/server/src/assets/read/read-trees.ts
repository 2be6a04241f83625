import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import { assets, assetTreeNodes, assetTrees } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import { isAssetId } from './plausible.ts';

export type TreeView = Omit<typeof assetTrees.$inferSelect, 'orgId'>;

/** An asset's place in a tree. */
export interface NodeView {
  readonly assetId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly modelId: string;
  /** Places directly below it. */
  readonly children: number;
  readonly revision: number;
}

const treeUnknown = (): UseCaseError =>
  new UseCaseError('ASSET_TREE_UNKNOWN', 'not-found', 'The organisation has no such tree.');

/** All trees by id; there are few. Errors: `ORGANIZATION_UNKNOWN`. */
export const listTrees = async (db: Database, orgId: string): Promise<TreeView[]> => {
  await requireOrganization(db, orgId);
  const rows = await db.select().from(assetTrees).where(eq(assetTrees.orgId, orgId)).orderBy(asc(assetTrees.treeId));
  return rows.map(({ orgId: _, ...tree }) => tree);
};

/** Errors: `ORGANIZATION_UNKNOWN`, `ASSET_TREE_UNKNOWN`. */
export const readTree = async (db: Database, orgId: string, treeId: string): Promise<TreeView> => {
  await requireOrganization(db, orgId);
  const [row] = isAssetId(treeId)
    ? await db
        .select()
        .from(assetTrees)
        .where(and(eq(assetTrees.orgId, orgId), eq(assetTrees.treeId, treeId)))
    : [];
  if (row === undefined) throw treeUnknown();
  const { orgId: _, ...tree } = row;
  return tree;
};

/**
 * A page of a tree's places by asset id: the roots, those below one asset, or all. Errors: `ORGANIZATION_UNKNOWN`,
 * `ASSET_TREE_UNKNOWN`.
 */
export const listNodes = async (
  db: Database,
  { orgId, treeId, below }: { orgId: string; treeId: string; below: 'roots' | 'all' | { readonly assetId: string } },
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly NodeView[]; readonly next: string | undefined }> => {
  await readTree(db, orgId, treeId);
  const { parentId, assetId } = assetTreeNodes;
  const isBelow = below === 'all' ? undefined : below === 'roots' ? isNull(parentId) : eq(parentId, below.assetId);
  const rows = await db
    .select({
      assetId,
      parentId,
      name: assets.name,
      modelId: assets.modelId,
      children: childrenOf(),
      revision: assetTreeNodes.revision,
    })
    .from(assetTreeNodes)
    .innerJoin(assets, and(eq(assets.orgId, assetTreeNodes.orgId), eq(assets.assetId, assetId)))
    .where(
      and(
        eq(assetTreeNodes.orgId, orgId),
        eq(assetTreeNodes.treeId, treeId),
        isBelow,
        after === undefined ? undefined : gt(assetId, after),
      ),
    )
    .orderBy(asc(assetId))
    .limit(limit + 1);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.assetId : undefined };
};

const childrenOf = (): SQL<number> =>
  sql`(select count(*) from asset_tree_nodes c where c.org_id = ${assetTreeNodes.orgId} and c.tree_id = ${assetTreeNodes.treeId} and c.parent_id = ${assetTreeNodes.assetId})`.mapWith(
    Number,
  );
