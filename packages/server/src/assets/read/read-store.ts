import { eq } from 'drizzle-orm';
import { assetStores } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';

/** An organisation's store at a glance. */
export interface AssetStoreView {
  readonly revision: number;
  readonly models: number;
  readonly points: number;
  readonly assets: number;
  readonly trees: number;
  readonly nodes: number;
  /** Null: never. */
  readonly updatedAt: number | null;
  readonly updatedBy: string | null;
}

const UNUSED: AssetStoreView = { revision: 0, models: 0, points: 0, assets: 0, trees: 0, nodes: 0, updatedAt: null, updatedBy: null }; // biome-ignore format: one value

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const readStore = async (db: Database, orgId: string): Promise<AssetStoreView> => {
  await requireOrganization(db, orgId);
  const [row] = await db.select().from(assetStores).where(eq(assetStores.orgId, orgId));
  return row ?? UNUSED;
};
