import { type AssetDeps, type ChangeOutcome, changeAssets, refuseProblems } from './change-assets.ts';
import type { EntryCheck } from './imports/check-entry.ts';
import { checkAsset, checkModel, checkTree, checkTreeNode } from './imports/read-entries.ts';
import type { SeenEntry } from './read/entry-revision.ts';
import type { AssetEntry, ModelEntry, NodeEntry, TreeEntry } from './shapes/entries.ts';
import { type AssetPatch, EMPTY_PATCH } from './shapes/patch.ts';
import { type Placed, Problems, placed } from './shapes/problems.ts';

/** Whose store, who changes it, and which revision of the entry they have seen (0: none; undefined: whichever). */
export interface EntryTarget {
  readonly orgId: string;
  readonly actor: string;
  readonly seen: number | undefined;
}

const entryOf = <T>(value: unknown, check: EntryCheck<T>): Placed<T> => {
  const problems = new Problems();
  if (check(value, '', problems)) return placed('', value);
  refuseProblems(problems);
  throw new Error('an entry was refused without a problem');
};

const change = (
  deps: AssetDeps,
  { orgId, actor, seen }: EntryTarget,
  entry: Omit<SeenEntry, 'revision'>,
  action: string,
  patch: Partial<AssetPatch>,
): Promise<ChangeOutcome> =>
  changeAssets(deps, {
    orgId,
    actor,
    patch: { ...EMPTY_PATCH, ...patch },
    action,
    target: entry.treeId === undefined ? entry.id : `${entry.treeId}: ${entry.id}`,
    ...(seen === undefined ? {} : { seen: { ...entry, revision: seen } }),
  });

/** Errors of this and the following: those of `changeAssets`. */
export const saveModel = (deps: AssetDeps, target: EntryTarget, entry: ModelEntry): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'models', id: entry.modelId }, 'asset-model.save', {
    models: [entryOf(entry, checkModel)],
  });

export const saveAsset = (deps: AssetDeps, target: EntryTarget, entry: AssetEntry): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'assets', id: entry.assetId }, 'asset.save', { assets: [entryOf(entry, checkAsset)] });

export const saveTree = (deps: AssetDeps, target: EntryTarget, entry: TreeEntry): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'trees', id: entry.treeId }, 'asset-tree.save', { trees: [entryOf(entry, checkTree)] });

export const saveNode = (deps: AssetDeps, target: EntryTarget, entry: NodeEntry): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'nodes', id: entry.assetId, treeId: entry.treeId }, 'asset-tree.place', {
    nodes: [entryOf(entry, checkTreeNode)],
  });

const removing = (removed: Partial<AssetPatch['removed']>): Partial<AssetPatch> => ({
  removed: { ...EMPTY_PATCH.removed, ...removed },
});

/** Removes an entry; what is not there is no problem. */
export const removeModel = (deps: AssetDeps, target: EntryTarget, id: string): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'models', id }, 'asset-model.remove', removing({ models: [placed('', id)] }));

export const removeAsset = (deps: AssetDeps, target: EntryTarget, id: string): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'assets', id }, 'asset.remove', removing({ assets: [placed('', id)] }));

export const removeTree = (deps: AssetDeps, target: EntryTarget, id: string): Promise<ChangeOutcome> =>
  change(deps, target, { kind: 'trees', id }, 'asset-tree.remove', removing({ trees: [placed('', id)] }));

export const removeNode = (
  deps: AssetDeps,
  target: EntryTarget,
  { treeId, assetId }: { readonly treeId: string; readonly assetId: string },
): Promise<ChangeOutcome> =>
  change(
    deps,
    target,
    { kind: 'nodes', id: assetId, treeId },
    'asset-tree.take-out',
    removing({ nodes: [placed('', { treeId, assetId })] }),
  );
