import { defineReference } from '@penstock/engine';
import {
  type AssetSelector,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  SELECTED_ASSETS,
  SELECTED_ASSETS_VERSION,
} from '@penstock/model';
import { isOfModel } from '../points/point-reference.ts';
import { type OutputConfig, outputRows } from './output-tables.ts';

/** An asset with what selectors go by. */
export interface KnownAsset {
  readonly assetId: string;
  readonly modelId: string;
  readonly modelIdPath: string;
  readonly tags: JsonObject;
  readonly trees: ReadonlySet<JsonValue>;
}

/** As much of the asset store as a stage needs, or more. */
export interface KnownAssets {
  readonly assets: readonly KnownAsset[];
  /** By tree. */
  readonly treeTags: Readonly<Record<string, JsonValue>>;
}

/** The assets that are of a model, have a tag or are in a tree, as far as the tables of generators name any. */
export const selectedAssets = defineReference<KnownAssets, OutputConfig>({
  name: SELECTED_ASSETS,
  version: SELECTED_ASSETS_VERSION,
  query: (config) => {
    const named = outputRows(config).flatMap(({ assets }) => (assets.by === 'id' ? [] : [assets]));
    if (named.length === 0) return undefined;
    // Stages that name the same in another order share an answer.
    const selectors = [...new Map(named.map((one) => [JSON.stringify(one), one])).entries()].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return { selectors: selectors.map(([, selector]): JsonObject => ({ ...selector })) };
  },
  decode: (data) => {
    const given = data as JsonValue;
    if (!isJsonObject(given) || !Array.isArray(given.assets)) throw new Error('there is no list of assets');
    return {
      assets: given.assets.map(assetOf),
      treeTags: isJsonObject(given.treeTags) ? given.treeTags : {},
    };
  },
  describe: ({ assets }) => `${assets.length} assets`,
});

const assetOf = (given: JsonValue): KnownAsset => {
  const { assetId, modelIdPath, tags, trees } = isJsonObject(given) ? given : {};
  if (typeof assetId !== 'string' || typeof modelIdPath !== 'string')
    throw new Error(`${JSON.stringify(given).slice(0, 200)} is no asset`);
  return {
    assetId,
    modelId: modelIdPath.slice(modelIdPath.lastIndexOf('/') + 1),
    modelIdPath,
    tags: isJsonObject(tags) ? tags : NO_TAGS,
    trees: Array.isArray(trees) ? new Set(trees) : NO_TREES,
  };
};

// One for all of them: most have none, and there may be very many.
const NO_TAGS: JsonObject = {};
const NO_TREES: ReadonlySet<JsonValue> = new Set();

/** Whether an asset is meant. */
export const isSelected = (asset: KnownAsset, selector: AssetSelector, { treeTags }: KnownAssets): boolean => {
  switch (selector.by) {
    case 'model':
      return isOfModel(asset, selector.modelId);
    case 'tag':
      return hasTag(asset.tags, selector);
    case 'tree':
      return asset.trees.has(selector.treeId);
    case 'tree-tag':
      return [...asset.trees].some((treeId) => hasTag(treeTags[String(treeId)], selector));
  }
};

const hasTag = (tags: JsonValue | undefined, { key, value }: { readonly key: string; readonly value: string }) =>
  isJsonObject(tags) && Object.hasOwn(tags, key) && tags[key] === value;
