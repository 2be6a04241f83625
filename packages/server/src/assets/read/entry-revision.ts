import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import type { Database } from '../../store/store.ts';

/** An entry as somebody has seen it: the revision it had, 0 where it was not there. */
export interface SeenEntry {
  readonly kind: 'models' | 'assets' | 'trees' | 'nodes';
  readonly id: string;
  /** Of a node, whose `id` is its asset. */
  readonly treeId?: string;
  readonly revision: number;
}

/** The revision an entry has now; 0 where there is none. */
export const readRevisionOf = async (
  db: Database,
  orgId: string,
  { kind, id, treeId = '' }: Omit<SeenEntry, 'revision'>,
): Promise<number> => {
  const where: Readonly<Record<SeenEntry['kind'], SQL>> = {
    models: sql`asset_models where model_id = ${id}`,
    assets: sql`assets where asset_id = ${id}`,
    trees: sql`asset_trees where tree_id = ${id}`,
    nodes: sql`asset_tree_nodes where tree_id = ${treeId} and asset_id = ${id}`,
  };
  const [row] = rowsOf(await db.execute(sql`select revision from ${where[kind]} and org_id = ${orgId}`));
  return Number(row?.revision ?? 0);
};
