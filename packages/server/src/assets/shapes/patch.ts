import type { AssetEntry, ModelEntry, ModelPointEntry, NodeEntry, TreeEntry } from './entries.ts';
import type { Placed, TellPlace } from './problems.ts';

/** A change of the store, done as a whole or not at all: one saved entry as well as an import of 100,000. */
export interface AssetPatch {
  readonly models: readonly Placed<ModelEntry>[];
  /** Points that are made or changed while the others of their models stay. */
  readonly points: readonly Placed<ModelPointEntry>[];
  readonly assets: readonly Placed<AssetEntry>[];
  readonly trees: readonly Placed<TreeEntry>[];
  readonly nodes: readonly Placed<NodeEntry>[];
  readonly removed: {
    readonly models: readonly Placed<string>[];
    readonly assets: readonly Placed<string>[];
    readonly trees: readonly Placed<string>[];
    readonly nodes: readonly Placed<{ readonly treeId: string; readonly assetId: string }>[];
  };
  /** Where places are not what a JSON Pointer says by itself. */
  readonly tell?: TellPlace;
}

export const EMPTY_PATCH: AssetPatch = {
  models: [],
  points: [],
  assets: [],
  trees: [],
  nodes: [],
  removed: { models: [], assets: [], trees: [], nodes: [] },
};
