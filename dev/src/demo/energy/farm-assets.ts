import type { JsonObject } from '@penstock/model';
import { RATED_POWER_KW, rowOf } from '../farm/wind.ts';
import { assetIdOf, MODEL_ID, POINTS, TURBINES } from '../farm/wind-farm.ts';

export const FARM_ID = 'farm0001';
/** The tag of the tree in which turbines are below their farm, as documents of EnOS name it. */
const TREE_TAG = { eos_tree: 'true' };

/** A point that a pipeline puts out. */
const made = (pointId: string, unit: string): JsonObject => ({ pointId, dataType: 'DOUBLE', signalType: 'AI', unit });

/**
 * What the demo organisation has in its asset store, as the import takes it: the turbines and their farm with their
 * models, and the tree in which the farm is above its turbines.
 */
export const farmAssets = (): JsonObject => {
  const turbines = Array.from({ length: TURBINES }, (_, turbine) => assetIdOf(turbine));
  return {
    models: [
      { modelId: 'Equipment', parentId: null },
      {
        ...{ modelId: MODEL_ID, parentId: 'Equipment', name: 'Wind turbine' },
        points: [
          ...POINTS.map(({ pointId, unit }): JsonObject => made(pointId, unit)),
          made('production_daily', 'kWh'),
        ],
      },
      { modelId: 'Site', parentId: null },
      {
        ...{ modelId: 'WindFarm', parentId: 'Site', name: 'Wind farm' },
        points: [
          made('production_day_trigger', ''),
          made('production_day', 'kWh'),
          made('production_day_total', 'kWh'),
          made('carbon_reduction_day', 'kg'),
          made('carbon_reduction_day_total', 'kg'),
        ],
      },
    ],
    assets: [
      { assetId: FARM_ID, modelId: 'WindFarm', name: 'Demo wind farm', timezone: '+00:00' },
      ...turbines.map(
        (assetId, turbine): JsonObject => ({
          ...{ assetId, modelId: MODEL_ID, name: `WTG ${String(turbine + 1).padStart(2, '0')}`, timezone: '+00:00' },
          attributes: { ratedPowerKw: RATED_POWER_KW, row: rowOf(turbine) + 1 },
        }),
      ),
    ],
    trees: [
      {
        ...{ treeId: 'farm', name: 'Turbines of the farm', tags: TREE_TAG },
        nodes: [
          { assetId: FARM_ID, parentId: null },
          ...turbines.map((assetId): JsonObject => ({ assetId, parentId: FARM_ID })),
        ],
      },
    ],
  };
};
