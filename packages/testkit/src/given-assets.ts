import { type AssetService, assetServiceOf } from '@penstock/engine';
import {
  type AssetFacts,
  type AssetsReply,
  type AssetsRequest,
  type JsonObject,
  MAX_NEIGHBOURS,
  type PlacesQuestion,
  type PointFacts,
  type PointQuestion,
  SELECTED_ASSETS,
  type SelectedAsset,
  type TreePlace,
} from '@penstock/model';

/** An asset of a test, by its id elsewhere; what is left out is empty. Its model is the last of the path. */
export type GivenAsset = Pick<AssetFacts, 'modelIdPath'> &
  Partial<Omit<AssetFacts, 'assetId' | 'modelId' | 'modelIdPath'>>;
export type GivenAssets = Readonly<Record<string, GivenAsset>>;

/** A tree of a test, by its id elsewhere. `nodes`: parents by asset; null: at the top. */
export interface GivenTree {
  readonly name?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly nodes: Readonly<Record<string, string | null>>;
}
export type GivenTrees = Readonly<Record<string, GivenTree>>;

/** A model of a test, by its id elsewhere: its own points by their ids; what is left out is empty. */
export interface GivenModel {
  readonly parent?: string;
  readonly points?: Readonly<Record<string, Partial<Omit<PointFacts, 'pointId' | 'modelId'>>>>;
}
export type GivenModels = Readonly<Record<string, GivenModel>>;

/** What an organisation of a test has in its asset store. */
export interface GivenStore {
  readonly assets?: GivenAssets | undefined;
  readonly trees?: GivenTrees | undefined;
  readonly models?: GivenModels | undefined;
}

/** As the service tells of it; undefined: it is not given. */
export const assetFactsOf = (assets: GivenAssets, assetId: string): AssetFacts | undefined => {
  const given = Object.hasOwn(assets, assetId) ? assets[assetId] : undefined;
  if (given === undefined) return undefined;
  const modelId = given.modelIdPath.split('/').at(-1) ?? '';
  const nothing = { name: '', description: '', label: '', timezone: null, attributes: {}, tags: {}, extraInfo: {} };
  return { assetId, modelId, ...nothing, ...given };
};

/** The same of the places of an asset in trees. */
export const treePlacesOf = (
  trees: GivenTrees,
  { assetId, tagKey, tagValue, side }: PlacesQuestion,
): readonly TreePlace[] =>
  Object.entries(trees)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([treeId, { name = '', description = '', tags = {}, nodes }]): TreePlace[] => {
      if (!Object.hasOwn(nodes, assetId) || !Object.hasOwn(tags, tagKey) || tags[tagKey] !== tagValue) return [];
      const roots = Object.keys(nodes).filter((id) => nodes[id] === null);
      const below = (parent: string): string[] =>
        Object.keys(nodes)
          .filter((id) => nodes[id] === parent)
          .flatMap((id) => [id, ...(side === 'all-below' ? below(id) : [])]);
      const above = nodes[assetId] ?? null;
      const assetIds = side === 'above' ? (above === null ? [] : [above]) : below(assetId).sort();
      return [{ treeId, name, description, rootId: roots.length === 1 ? (roots[0] ?? null) : null, assetIds }];
    });

/** The same of a point. */
export const pointFactsOf = (models: GivenModels, { modelId, by, id }: PointQuestion): PointFacts | undefined => {
  const given = Object.hasOwn(models, modelId) ? models[modelId] : undefined;
  if (given === undefined) return undefined;
  const points = Object.entries(given.points ?? {});
  const found = points.find(([pointId, { measurementId }]) => (by === 'point' ? pointId : measurementId) === id);
  if (found === undefined)
    return given.parent === undefined ? undefined : pointFactsOf(models, { modelId: given.parent, by, id });
  const texts = { name: '', description: '', dataType: '', signalType: '', unit: '', measurementId: '' };
  const more = { accessMode: '', priority: '', createTime: '', hasQuality: false, attributes: {}, tags: {} };
  return { pointId: found[0], modelId, ...texts, ...more, ...found[1] };
};

/** The store as look-ups of one thread see it, if it never changes. */
export const givenAssetService = ({ assets = {}, trees = {}, models = {} }: GivenStore): AssetService =>
  assetServiceOf({
    asset: async (assetId) => assetFactsOf(assets, assetId),
    places: async (question) => treePlacesOf(trees, question),
    point: async (question) => pointFactsOf(models, question),
  });

/** What the service replies to a run's question, if its store never changes. */
export const assetsReplyOf = (
  { assets = {}, trees = {}, models = {} }: GivenStore,
  { assetIds, places, points }: AssetsRequest,
): AssetsReply => ({
  state: { storeId: 'given', revision: 1 },
  changed: [],
  assets: assetIds.flatMap((assetId) => assetFactsOf(assets, assetId) ?? []),
  left: [],
  placesChanged: false,
  pointsChanged: false,
  ...(places === undefined
    ? {}
    : {
        places: places.map((question, at) => {
          const found = treePlacesOf(trees, question);
          const isTooMany = found.reduce((sum, { assetIds: ids }) => sum + ids.length, 0) > MAX_NEIGHBOURS;
          return { at, trees: isTooMany ? [] : found, isTooMany };
        }),
      }),
  ...(points === undefined
    ? {}
    : { points: points.map((question, at) => ({ at, point: pointFactsOf(models, question) ?? null })) }),
});

/**
 * The reference data that stages get of the store: all of it, which holds whatever they ask for. Nothing where there are
 * no assets.
 */
export const assetReferences = ({ assets, trees = {} }: GivenStore): Readonly<Record<string, JsonObject>> => {
  if (assets === undefined) return {};
  const found = Object.keys(assets)
    .sort()
    .flatMap((assetId): SelectedAsset[] => {
      const facts = assetFactsOf(assets, assetId);
      if (facts === undefined) return [];
      const own = Object.keys(trees).filter((treeId) => Object.hasOwn(trees[treeId]?.nodes ?? {}, assetId));
      return [{ assetId, modelIdPath: facts.modelIdPath, tags: facts.tags, trees: own }];
    });
  const treeTags = Object.fromEntries(Object.entries(trees).map(([treeId, { tags = {} }]) => [treeId, { ...tags }]));
  return {
    [SELECTED_ASSETS]: {
      assets: found.map(({ tags = {}, trees: own = [], ...asset }) => ({
        ...asset,
        tags: { ...tags },
        trees: [...own],
      })),
      treeTags,
    },
  };
};

/** The same store, with the models of its assets, for the import of a real service. */
export const importOf = ({ assets = {}, trees = {}, models: given = {} }: GivenStore): JsonObject => {
  const models = new Map<string, string | null>();
  for (const { modelIdPath } of Object.values(assets)) {
    const line = modelIdPath.split('/').slice(1);
    for (const [at, modelId] of line.entries()) models.set(modelId, line[at - 1] ?? null);
  }
  for (const [modelId, { parent }] of Object.entries(given)) models.set(modelId, parent ?? models.get(modelId) ?? null);
  return {
    models: [...models].map(([modelId, parentId]): JsonObject => {
      const points = Object.entries(given[modelId]?.points ?? {});
      return { modelId, parentId, points: points.map(([pointId, facts]): JsonObject => ({ pointId, ...facts })) };
    }),
    assets: Object.keys(assets).flatMap((assetId): JsonObject[] => {
      const facts = assetFactsOf(assets, assetId);
      if (facts === undefined) return [];
      const { modelIdPath: _derived, ...entry } = facts;
      return [{ ...entry }];
    }),
    trees: Object.entries(trees).map(
      ([treeId, { nodes, ...tree }]): JsonObject => ({
        treeId,
        ...tree,
        nodes: Object.entries(nodes).map(([assetId, parentId]) => ({ assetId, parentId })),
      }),
    ),
  };
};
