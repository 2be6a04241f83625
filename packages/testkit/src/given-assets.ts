import type { AssetFacts, AssetsReply, AssetsRequest, JsonObject } from '@penstock/model';

/** An asset of a test, by its id elsewhere; what is left out is empty. Its model is the last of the path. */
export type GivenAsset = Pick<AssetFacts, 'modelIdPath'> &
  Partial<Omit<AssetFacts, 'assetId' | 'modelId' | 'modelIdPath'>>;
export type GivenAssets = Readonly<Record<string, GivenAsset>>;

/** As the service tells of it; undefined: it is not given. */
export const assetFactsOf = (assets: GivenAssets, assetId: string): AssetFacts | undefined => {
  const given = Object.hasOwn(assets, assetId) ? assets[assetId] : undefined;
  if (given === undefined) return undefined;
  const modelId = given.modelIdPath.split('/').at(-1) ?? '';
  const nothing = { name: '', description: '', label: '', timezone: null, attributes: {}, tags: {}, extraInfo: {} };
  return { assetId, modelId, ...nothing, ...given };
};

/** What the service replies to a run's question, if its store never changes. */
export const assetsReplyOf = (assets: GivenAssets, { assetIds }: AssetsRequest): AssetsReply => ({
  state: { storeId: 'given', revision: 1 },
  changed: [],
  assets: assetIds.flatMap((assetId) => assetFactsOf(assets, assetId) ?? []),
  left: [],
});

/** The same assets, with their models, for the import of a real service. */
export const importOf = (assets: GivenAssets): JsonObject => {
  const models = new Map<string, string | null>();
  for (const { modelIdPath } of Object.values(assets)) {
    const line = modelIdPath.split('/').slice(1);
    for (const [at, modelId] of line.entries()) models.set(modelId, line[at - 1] ?? null);
  }
  return {
    models: [...models].map(([modelId, parentId]) => ({ modelId, parentId })),
    assets: Object.keys(assets).flatMap((assetId): JsonObject[] => {
      const facts = assetFactsOf(assets, assetId);
      if (facts === undefined) return [];
      const { modelIdPath: _derived, ...entry } = facts;
      return [{ ...entry }];
    }),
  };
};
