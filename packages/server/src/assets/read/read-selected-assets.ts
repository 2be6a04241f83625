import { createHash } from 'node:crypto';
import {
  type AssetSelection,
  type JsonObject,
  MAX_REFERENCE_CHARS,
  type ReferenceReplyDraft,
  type SelectedAsset,
} from '@penstock/model';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { assetStores, assets, assetTreeNodes, assetTrees } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import { descendantsOf } from '../shapes/inheritance.ts';
import { wordPrefix } from '../write/word-prefix.ts';
import { isAssetId } from './plausible.ts';
import { termOfTag } from './read-assets.ts';
import { pathOf, readParents } from './read-models.ts';

/** More assets than have room in a reply, however short their ids are. */
const MAX_ROWS = 400_000;

/**
 * The assets that a selection means, with as much of each as its selectors go by; without them where `known` is the
 * stamp of how they still are, whatever else of the store has changed. Errors: `SELECTED_ASSETS_TOO_MANY`.
 */
export const readSelectedAssets = async (
  db: Database,
  orgId: string,
  selection: AssetSelection,
  known: string | undefined,
  maxChars: number = MAX_REFERENCE_CHARS,
): Promise<ReferenceReplyDraft> => {
  const [store] = await db
    .select({ storeId: assetStores.storeId, revision: assetStores.revision, number: assetStores.number })
    .from(assetStores)
    .where(eq(assetStores.orgId, orgId));
  const revision = store?.revision ?? 0;
  // Read after the revision: what changes in between is told once more with the next question.
  const state = `${store?.storeId ?? ''}.${revision}.`;
  if (known?.startsWith(state) === true) return { revision, stamp: known };
  const data: SelectedAssetsDraft =
    store === undefined ? { assets: [], treeTags: {} } : await selected(db, orgId, store.number, selection);
  const text = JSON.stringify(data);
  // Room for the rest of the reply.
  if (text.length > maxChars - 1000)
    throw new UseCaseError(
      'SELECTED_ASSETS_TOO_MANY',
      'unavailable',
      `The models, tags and trees of a stage mean ${data.assets.length} assets in ${text.length} characters; ${maxChars - 1000} can be given to a pipeline. Name fewer, or share them out over several pipelines.`,
    );
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  const stamp = state + digest;
  return known?.endsWith(`.${digest}`) === true ? { revision, stamp } : { revision, stamp, data };
};

/** `SelectedAssets`, made for a reply. */
type SelectedAssetsDraft = { readonly assets: JsonObject[]; readonly treeTags: Record<string, JsonObject> };

const selected = async (
  db: Database,
  orgId: string,
  storeNumber: number,
  { selectors }: AssetSelection,
): Promise<SelectedAssetsDraft> => {
  const named = {
    models: selectors.flatMap((one) => (one.by === 'model' ? [one.modelId] : [])),
    tags: selectors.flatMap((one) => (one.by === 'tag' && isStorable(one.value + one.key) ? [one] : [])),
    trees: selectors.flatMap((one) => (one.by === 'tree' && isAssetId(one.treeId) ? [one.treeId] : [])),
    treeTags: selectors.flatMap((one) => (one.by === 'tree-tag' ? [one] : [])),
  };
  const parents = await readParents(db, orgId);
  const models = [...new Set(named.models.flatMap((modelId) => [...descendantsOf(parents, modelId)]))];
  const trees = await treesOf(db, orgId, named.trees, named.treeTags);
  const prefix = wordPrefix(storeNumber);
  const terms = named.tags.map((tag) => termOfTag(prefix, tag));
  const found = new Map<string, Found>();
  for (const isMeant of [
    ...(models.length === 0 ? [] : [inArray(assets.modelId, models)]),
    ...(terms.length === 0 ? [] : [sql`${assets.words} @@ ${terms.join(' | ')}::tsquery`]),
  ])
    for (const row of await rowsWhere(db, orgId, isMeant)) found.set(row.assetId, { ...row, trees: [] });
  if (trees.size > 0)
    for (const { treeId, ...row } of await rowsInTrees(db, orgId, [...trees.keys()])) {
      const asset = found.get(row.assetId) ?? { ...row, trees: [] };
      asset.trees.push(treeId);
      found.set(row.assetId, asset);
    }
  const paths = new Map<string, string>();
  const pathFor = (modelId: string): string => {
    const path = paths.get(modelId) ?? pathOf(parents, modelId);
    paths.set(modelId, path);
    return path;
  };
  const keys = new Set(named.tags.map(({ key }) => key));
  return {
    assets: [...found.values()]
      .sort((a, b) => (a.assetId < b.assetId ? -1 : 1))
      .map((asset) => shown(asset, pathFor(asset.modelId), keys)),
    treeTags: Object.fromEntries([...trees].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

/** Texts that no database takes are those of no tag. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

interface AssetRow {
  readonly assetId: string;
  readonly modelId: string;
  readonly tags: Readonly<Record<string, string>>;
}
type Found = AssetRow & { readonly trees: string[] };

const shown = ({ assetId, tags, trees }: Found, modelIdPath: string, keys: ReadonlySet<string>): JsonObject => {
  const asked = Object.entries(tags).filter(([key]) => keys.has(key));
  return {
    assetId,
    modelIdPath,
    ...(asked.length === 0 ? {} : { tags: Object.fromEntries(asked.sort(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(trees.length === 0 ? {} : { trees: trees.sort() }),
  } satisfies SelectedAsset;
};

const ROW = { assetId: assets.assetId, modelId: assets.modelId, tags: assets.tags };

const rowsWhere = (db: Database, orgId: string, isMeant: SQL): Promise<AssetRow[]> =>
  db
    .select(ROW)
    .from(assets)
    .where(and(eq(assets.orgId, orgId), isMeant))
    .limit(MAX_ROWS);

const rowsInTrees = (
  db: Database,
  orgId: string,
  treeIds: readonly string[],
): Promise<(AssetRow & { readonly treeId: string })[]> =>
  db
    .select({ ...ROW, treeId: assetTreeNodes.treeId })
    .from(assetTreeNodes)
    .innerJoin(assets, and(eq(assets.orgId, assetTreeNodes.orgId), eq(assets.assetId, assetTreeNodes.assetId)))
    .where(and(eq(assetTreeNodes.orgId, orgId), inArray(assetTreeNodes.treeId, [...treeIds])))
    .limit(MAX_ROWS);

type Tag = { readonly key: string; readonly value: string };

/** The trees that are named or have one of the tags, each with those of its tags that are asked for. */
const treesOf = async (
  db: Database,
  orgId: string,
  treeIds: readonly string[],
  tags: readonly Tag[],
): Promise<ReadonlyMap<string, JsonObject>> => {
  if (treeIds.length === 0 && tags.length === 0) return new Map();
  // An organisation has a few hundred trees at most.
  const all = await db
    .select({ treeId: assetTrees.treeId, tags: assetTrees.tags })
    .from(assetTrees)
    .where(eq(assetTrees.orgId, orgId));
  const [named, keys] = [new Set(treeIds), new Set(tags.map(({ key }) => key))];
  return new Map(
    all
      .filter((tree) => named.has(tree.treeId) || tags.some(({ key, value }) => tree.tags[key] === value))
      .map((tree) => [tree.treeId, Object.fromEntries(Object.entries(tree.tags).filter(([key]) => keys.has(key)))]),
  );
};
