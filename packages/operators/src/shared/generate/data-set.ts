import type { PointReference, Reference, ReferenceDefinition } from '@penstock/engine';
import { isOfModel } from '../points/point-reference.ts';
import { type AssetConfig, type OutputConfig, type OutputRow, outputRows } from './output-tables.ts';
import { isSelected, type KnownAssets, selectedAssets } from './selected-assets.ts';

/** What records are made for: asset by asset, each with its points, each of them once. */
export type DataSet = ReadonlyMap<string, readonly GeneratedPoint[]>;

export interface GeneratedPoint {
  readonly assetId: string;
  readonly pointId: string;
  /** Undefined where neither the row nor the asset store says. */
  readonly modelId: string | undefined;
  readonly modelIdPath: string | undefined;
  /** How the row names it. */
  readonly assetCfg: AssetConfig;
}

/** Points of rows that name a model, for lineage. */
export const outputPointsOf = (config: OutputConfig): PointReference[] =>
  outputRows(config).flatMap(({ modelId, pointId }) => (modelId === undefined ? [] : [{ modelId, pointId }]));

/** In the order of the table; assets that a row selects in the order of their ids. */
export const dataSetOf = (rows: readonly OutputRow[], known: KnownAssets): DataSet => {
  const set = new Map<string, GeneratedPoint[]>();
  const seen = new Set<string>();
  const add = (point: GeneratedPoint): void => {
    const name = JSON.stringify([point.assetId, point.pointId]);
    if (seen.has(name)) return;
    seen.add(name);
    const points = set.get(point.assetId);
    if (points === undefined) set.set(point.assetId, [point]);
    else points.push(point);
  };
  for (const { assets: meant, modelId, pointId, assetCfg } of rows) {
    if (meant.by === 'id') {
      const modelIdPath = modelId === undefined ? undefined : `/${modelId}`;
      add({ assetId: meant.assetId, pointId, modelId, modelIdPath, assetCfg });
      continue;
    }
    for (const asset of known.assets) {
      // A row that names a model means no assets of others.
      if ((modelId !== undefined && !isOfModel(asset, modelId)) || !isSelected(asset, meant, known)) continue;
      const { assetId, modelIdPath } = asset;
      add({ assetId, pointId, modelId: asset.modelId, modelIdPath, assetCfg });
    }
  }
  return set;
};

const NO_ASSETS: KnownAssets = { assets: [], treeTags: {} };

interface StageWithReferences {
  reference<T>(definition: ReferenceDefinition<T>): Reference<T>;
}

/** The data set of a stage as it is for the batch, or the slot, in hand: the same one until assets change. */
export const dataSetIn = (config: OutputConfig, context: StageWithReferences): (() => DataSet) => {
  const rows = outputRows(config);
  if (rows.every(({ assets }) => assets.by === 'id')) {
    const fixed = dataSetOf(rows, NO_ASSETS);
    return () => fixed;
  }
  const reference = context.reference(selectedAssets);
  let known = reference.current;
  let set = dataSetOf(rows, known);
  return () => {
    if (reference.current !== known) {
      known = reference.current;
      set = dataSetOf(rows, known);
    }
    return set;
  };
};
