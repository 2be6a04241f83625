import { and, asc, eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import { assetStores, assets, assetTreeNodes } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import { askedWords, tagWord } from '../shapes/search-words.ts';
import { wordPrefix } from '../write/word-prefix.ts';
import { isAssetId } from './plausible.ts';
import { modelsMeant, pathOf, readParents } from './read-models.ts';

type AssetRow = typeof assets.$inferSelect;

export interface AssetView extends Omit<AssetRow, 'orgId' | 'words'> {
  readonly modelIdPath: string;
}

/** An asset with its place in each tree it is in. */
export interface AssetDetail extends AssetView {
  readonly places: readonly { readonly treeId: string; readonly parentId: string | null }[];
}

/** What somebody looks for; absent: whatever. */
export interface AssetSearch {
  /** Each of its words begins a word of id, name, label or a tag's value. */
  readonly text?: string | undefined;
  /** All of them. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly modelId?: string | undefined;
  /** Also assets of models that inherit from it. */
  readonly withHeirs?: boolean;
  readonly treeId?: string | undefined;
}

interface PageRequest {
  readonly after: string | undefined;
  readonly limit: number;
}

const {
  orgId: _orgId,
  words: _words,
  ...SHOWN
} = {
  orgId: assets.orgId,
  words: assets.words,
  assetId: assets.assetId,
  modelId: assets.modelId,
  name: assets.name,
  description: assets.description,
  label: assets.label,
  timezone: assets.timezone,
  attributes: assets.attributes,
  tags: assets.tags,
  extraInfo: assets.extraInfo,
  revision: assets.revision,
  createdAt: assets.createdAt,
  updatedAt: assets.updatedAt,
};

/** A page of the assets looked for, by id. Errors: `ORGANIZATION_UNKNOWN`, `ASSET_MODEL_UNKNOWN`. */
export const searchAssets = async (
  db: Database,
  orgId: string,
  search: AssetSearch,
  { after, limit }: PageRequest,
): Promise<{ readonly items: readonly AssetView[]; readonly next: string | undefined }> => {
  await requireOrganization(db, orgId);
  const words = await wordsAsked(db, orgId, search);
  if (words === 'nothing') return { items: [], next: undefined };
  const models =
    search.modelId === undefined ? undefined : await modelsMeant(db, orgId, search.modelId, search.withHeirs === true);
  const isMeant = and(
    words,
    models === undefined ? undefined : inArray(assets.modelId, models),
    search.treeId === undefined ? undefined : isIn(search.treeId),
    after === undefined ? undefined : gt(assets.assetId, after),
  );
  const rows = await assetQuery(db, orgId, isMeant, limit + 1);
  const parents = await readParents(db, orgId);
  const items = rows.slice(0, limit).map((row) => ({ ...row, modelIdPath: pathOf(parents, row.modelId) }));
  return { items, next: rows.length > limit ? items.at(-1)?.assetId : undefined };
};

/** The one query of a search. */
export const assetQuery = (db: Database, orgId: string, isMeant: SQL | undefined, limit: number) =>
  db
    .select(SHOWN)
    .from(assets)
    .where(and(eq(assets.orgId, orgId), isMeant))
    .orderBy(asc(assets.assetId))
    .limit(limit);

/** The condition on the words of an asset; `nothing`: no asset can fulfil it. */
export const wordsAsked = async (
  db: Database,
  orgId: string,
  { text, tags = [] }: AssetSearch,
): Promise<SQL | undefined | 'nothing'> => {
  if (text === undefined && tags.length === 0) return undefined;
  const begun = text === undefined ? [] : askedWords(text);
  if (text !== undefined && begun.length === 0) return 'nothing';
  const [store] = await db.select({ number: assetStores.number }).from(assetStores).where(eq(assetStores.orgId, orgId));
  if (store === undefined) return 'nothing';
  const prefix = wordPrefix(store.number);
  const terms = [...begun.map((word) => `${lexeme(prefix + word)}:*`), ...tags.map((tag) => termOfTag(prefix, tag))];
  return sql`${assets.words} @@ ${terms.join(' & ')}::tsquery`;
};

/** What finds the assets with a tag. */
export const termOfTag = (prefix: string, { key, value }: { readonly key: string; readonly value: string }): string =>
  lexeme(prefix + tagWord(key, value));

/** A word as a query of the database has it, whatever is in it. */
const lexeme = (word: string): string => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

const isIn = (treeId: string): SQL =>
  sql`exists (select 1 from ${assetTreeNodes} where ${assetTreeNodes.orgId} = ${assets.orgId} and ${assetTreeNodes.treeId} = ${treeId} and ${assetTreeNodes.assetId} = ${assets.assetId})`;

/** Errors: `ORGANIZATION_UNKNOWN`, `ASSET_UNKNOWN`. */
export const readAsset = async (db: Database, orgId: string, assetId: string): Promise<AssetDetail> => {
  await requireOrganization(db, orgId);
  const [row] = isAssetId(assetId)
    ? await db
        .select(SHOWN)
        .from(assets)
        .where(and(eq(assets.orgId, orgId), eq(assets.assetId, assetId)))
    : [];
  if (row === undefined) throw new UseCaseError('ASSET_UNKNOWN', 'not-found', 'The organisation has no such asset.');
  const places = await db
    .select({ treeId: assetTreeNodes.treeId, parentId: assetTreeNodes.parentId })
    .from(assetTreeNodes)
    .where(and(eq(assetTreeNodes.orgId, orgId), eq(assetTreeNodes.assetId, assetId)))
    .orderBy(asc(assetTreeNodes.treeId));
  return { ...row, modelIdPath: pathOf(await readParents(db, orgId), row.modelId), places };
};
