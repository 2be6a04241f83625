import { type AssetState, type AssetsReplyDraft, type AssetsRequest, MAX_ASSETS_CHANGED } from '@penstock/model';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assetStores, assets } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { isAssetId } from './plausible.ts';
import { pathOf, readParents } from './read-models.ts';
import { pointsOf } from './read-run-points.ts';
import { placesOf, type ReplyRoom } from './read-tree-places.ts';

/** Characters of answers in a reply: what goes beyond is left for the next question. An asset has 64 Ki at most. */
const MAX_REPLY_CHARS = 4 * 1024 * 1024;

/** What a run of the organisation asks of its assets, and what has changed of what it knows. */
export const readRunAssets = async (
  db: Database,
  orgId: string,
  { known, assetIds, places, points }: AssetsRequest,
  maxChars: number = MAX_REPLY_CHARS,
): Promise<AssetsReplyDraft> => {
  const [store] = await db.select().from(assetStores).where(eq(assetStores.orgId, orgId));
  // Read before everything else: what changes meanwhile is told with the next question.
  const state = { storeId: store?.storeId ?? '', revision: store?.revision ?? 0 };
  const changes = known === undefined ? NOTHING : await changedSince(db, orgId, known, store);
  const room = { chars: maxChars };
  return {
    state,
    ...changes,
    ...(await assetsOf(db, orgId, assetIds.filter(isAssetId), room)),
    ...(places === undefined ? {} : { places: await placesOf(db, orgId, places, room) }),
    ...(points === undefined ? {} : { points: await pointsOf(db, orgId, points, room) }),
  };
};

type Store = typeof assetStores.$inferSelect;
type Changes = Pick<AssetsReplyDraft, 'changed' | 'placesChanged' | 'pointsChanged'>;

const NOTHING: Changes = { changed: [], placesChanged: false, pointsChanged: false };
const EVERYTHING: Changes = { changed: 'all', placesChanged: true, pointsChanged: true };

const changedSince = async (
  db: Database,
  orgId: string,
  { storeId, revision }: AssetState,
  store: Store | undefined,
): Promise<Changes> => {
  if (storeId !== (store?.storeId ?? '')) return EVERYTHING;
  if (store === undefined || revision === store.revision) return NOTHING;
  if (revision > store.revision || revision < store.removalsKnownFrom) return EVERYTHING;
  const one = (table: string, kind: string): SQL => sql`
    (select ${kind}::text as kind, '' as id from ${sql.raw(table)} where org_id = ${orgId} and revision > ${revision} limit 1)
    union all
    (select kind, '' from asset_removals where org_id = ${orgId} and revision > ${revision} and kind = ${kind} limit 1)`;
  const rows = rowsOf(
    await db.execute(sql`
      ${one('asset_models', 'models')}
      union all ${one('asset_trees', 'trees')}
      union all ${one('asset_tree_nodes', 'nodes')}
      union all
      (select 'assets', asset_id from assets where org_id = ${orgId} and revision > ${revision} limit ${MAX_ASSETS_CHANGED + 1})
      union all
      (select 'assets', id from asset_removals
        where org_id = ${orgId} and revision > ${revision} and kind = 'assets' limit ${MAX_ASSETS_CHANGED + 1})`),
  );
  const ids = rows.flatMap(({ kind, id }) => (kind === 'assets' ? [String(id)] : []));
  const pointsChanged = rows.some(({ kind }) => kind === 'models');
  return {
    // A model's place in the inheritance is part of its assets, and of those of its heirs.
    changed: ids.length > MAX_ASSETS_CHANGED || pointsChanged ? 'all' : ids,
    // Where an asset was before it was moved, nobody knows any more: all places count as changed.
    placesChanged: rows.some(({ kind }) => kind === 'trees' || kind === 'nodes'),
    pointsChanged,
  };
};

const assetsOf = async (
  db: Database,
  orgId: string,
  assetIds: readonly string[],
  room: ReplyRoom,
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
  for (const row of rows) {
    // Kept as entries were checked: what JSON can say.
    const asset = { ...row, modelIdPath: pathOf(parents, row.modelId) } as AssetsReplyDraft['assets'][number];
    room.chars -= JSON.stringify(asset).length;
    // One always has room, or nobody would get on.
    if (found.length > 0 && room.chars < 0) left.push(row.assetId);
    else found.push(asset);
  }
  return { assets: found, left };
};
