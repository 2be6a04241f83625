import { and, eq, sql } from 'drizzle-orm';
import { assetModels } from '../../store/schema-assets.ts';
import type { AssetEntry } from '../shapes/entries.ts';
import type { AssetPatch } from '../shapes/patch.ts';
import { searchWords } from '../shapes/search-words.ts';
import { wordPrefix } from './word-prefix.ts';
import { idList, upsert, type Writing } from './writing.ts';

const TABLE = {
  name: 'assets',
  ids: ['asset_id'],
  columns: {
    asset_id: 'text',
    model_id: 'text',
    name: 'text',
    description: 'text',
    label: 'text',
    timezone: 'text',
    attributes: 'jsonb',
    tags: 'jsonb',
    extra_info: 'jsonb',
    words: 'jsonb',
  },
} as const;

/** Writes assets, whose models have to be there by then; a problem takes all of the change back, whatever was written. */
export const writeAssets = async (writing: Writing, { assets }: Pick<AssetPatch, 'assets'>): Promise<void> => {
  if (assets.length === 0) return;
  const known = await knownModels(writing, [...new Set(assets.map(({ value }) => value.modelId))]);
  for (const { at, value } of assets)
    if (!known.has(value.modelId))
      writing.problems.add('ASSET_MODEL_UNKNOWN', `${at}/modelId`, `There is no model "${value.modelId}".`);
  const prefix = wordPrefix(writing.store.number);
  await upsert(
    writing,
    'assets',
    TABLE,
    assets.map(({ value }) => rowOf(value, prefix)),
  );
};

const knownModels = async ({ tx, orgId }: Writing, modelIds: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await tx
    .select({ modelId: assetModels.modelId })
    .from(assetModels)
    .where(and(eq(assetModels.orgId, orgId), sql`${assetModels.modelId} in ${idList(modelIds)}`));
  return new Set(rows.map(({ modelId }) => modelId));
};

const rowOf = (entry: AssetEntry, prefix: string) => ({
  asset_id: entry.assetId,
  model_id: entry.modelId,
  name: entry.name ?? '',
  description: entry.description ?? '',
  label: entry.label ?? '',
  timezone: entry.timezone ?? null,
  attributes: entry.attributes ?? {},
  tags: entry.tags ?? {},
  extra_info: entry.extraInfo ?? {},
  words: searchWords(entry).map((word) => prefix + word),
});
