import { type AssetState, type AssetsReplyDraft, type AssetsRequest, MAX_ASSETS_CHANGED } from '@penstock/model';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assetStores, assets } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { isAssetId } from './plausible.ts';
import { pathOf, readParents } from './read-models.ts';

/** Characters of assets in a reply: what goes beyond is left for the next question. An asset has 64 Ki at most. */
const MAX_REPLY_CHARS = 4 * 1024 * 1024;

/** What a run of the organisation asks of its assets, and what has changed of those it knows. */
export const readRunAssets = async (
  db: Database,
  orgId: string,
  { known, assetIds }: AssetsRequest,
  maxChars: number = MAX_REPLY_CHARS,
): Promise<AssetsReplyDraft> => {
  const [store] = await db.select().from(assetStores).where(eq(assetStores.orgId, orgId));
  // Read before everything else: what changes meanwhile is told with the next question.
  const state = { storeId: store?.storeId ?? '', revision: store?.revision ?? 0 };
  const changed = known === undefined ? [] : await changedSince(db, orgId, known, store);
  return { state, changed, ...(await assetsOf(db, orgId, assetIds.filter(isAssetId), maxChars)) };
};

type Store = typeof assetStores.$inferSelect;

const changedSince = async (
  db: Database,
  orgId: string,
  { storeId, revision }: AssetState,
  store: Store | undefined,
): Promise<AssetsReplyDraft['changed']> => {
  if (storeId !== (store?.storeId ?? '')) return 'all';
  if (store === undefined || revision === store.revision) return [];
  if (revision > store.revision || revision < store.removalsKnownFrom) return 'all';
  const rows = rowsOf(
    await db.execute(sql`
      (select kind, id from (
        (select 'models' as kind, model_id as id from asset_models where org_id = ${orgId} and revision > ${revision} limit 1)
        union all
        (select kind, id from asset_removals where org_id = ${orgId} and revision > ${revision} and kind = 'models' limit 1)
      ) as changed_models)
      union all
      (select 'assets', asset_id from assets where org_id = ${orgId} and revision > ${revision} limit ${MAX_ASSETS_CHANGED + 1})
      union all
      (select 'assets', id from asset_removals
        where org_id = ${orgId} and revision > ${revision} and kind = 'assets' limit ${MAX_ASSETS_CHANGED + 1})`),
  );
  // A model's place in the inheritance is part of its assets, and of those of its heirs.
  if (rows.length > MAX_ASSETS_CHANGED || rows.some(({ kind }) => kind === 'models')) return 'all';
  return rows.map(({ id }) => String(id));
};

const assetsOf = async (
  db: Database,
  orgId: string,
  assetIds: readonly string[],
  maxChars: number,
): Promise<Pick<AssetsReplyDraft, 'assets' | 'left'>> => {
  if (assetIds.length === 0) return { assets: [], left: [] };
  const rows = await db
    .select({
      assetId: assets.assetId,
      modelId: assets.modelId,
      name: assets.name,
      description: assets.description,
      label: assets.label,
      timezone: assets.timezone,
      attributes: assets.attributes,
      tags: assets.tags,
      extraInfo: assets.extraInfo,
    })
    .from(assets)
    .where(and(eq(assets.orgId, orgId), inArray(assets.assetId, [...new Set(assetIds)])));
  if (rows.length === 0) return { assets: [], left: [] };
  const parents = await readParents(db, orgId);
  const found: AssetsReplyDraft['assets'] = [];
  const left: string[] = [];
  let chars = 0;
  for (const row of rows) {
    // Kept as entries were checked: what JSON can say.
    const asset = { ...row, modelIdPath: pathOf(parents, row.modelId) } as AssetsReplyDraft['assets'][number];
    chars += JSON.stringify(asset).length;
    // One always has room, or nobody would get on.
    if (found.length > 0 && chars > maxChars) left.push(row.assetId);
    else found.push(asset);
  }
  return { assets: found, left };
};
