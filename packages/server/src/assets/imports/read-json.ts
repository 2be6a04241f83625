import { isJsonObject, type JsonValue } from '@penstock/model';
import type { AssetPatch } from '../shapes/patch.ts';
import { type Placed, type Problems, placed } from '../shapes/problems.ts';
import {
  checkAsset,
  checkAssetId,
  checkModel,
  checkModelId,
  checkRemovedNode,
  checkTree,
  checkTreeId,
  checkTreeNode,
  readEntries,
} from './read-entries.ts';

const LISTS = ['models', 'assets', 'trees', 'nodes'] as const;
const FIELDS: readonly string[] = [...LISTS, 'removed'];

/**
 * Reads a file of models, assets, trees and what is removed. Problems have JSON Pointers into it; a tree may have its
 * nodes in it, or they stand by themselves with their tree's id.
 */
export const readJsonAssets = (file: JsonValue, problems: Problems): AssetPatch => {
  const root = objectOf(file, '', FIELDS, problems);
  const removed = objectOf(root.removed ?? {}, '/removed', LISTS, problems);
  const list = (name: string, within: Readonly<Record<string, JsonValue>>, at: string) =>
    listOf(within[name], `${at}/${name}`, problems);
  const trees: Placed<unknown>[] = [];
  const nodes = list('nodes', root, '');
  for (const each of list('trees', root, '')) {
    if (!isJsonObject(each.value) || each.value.nodes === undefined) {
      trees.push(each);
      continue;
    }
    const { nodes: own, ...tree } = each.value;
    trees.push(placed(each.at, tree));
    for (const node of listOf(own, `${each.at}/nodes`, problems))
      nodes.push(isJsonObject(node.value) ? placed(node.at, { treeId: tree.treeId ?? null, ...node.value }) : node);
  }
  const same = (id: string): string => id;
  const node = ({ treeId, assetId }: { treeId: string; assetId: string }): string => `${treeId}, ${assetId}`;
  const patch = {
    models: readEntries(list('models', root, ''), checkModel, ({ modelId }) => modelId, problems),
    points: [],
    assets: readEntries(list('assets', root, ''), checkAsset, ({ assetId }) => assetId, problems),
    trees: readEntries(trees, checkTree, ({ treeId }) => treeId, problems),
    nodes: readEntries(nodes, checkTreeNode, node, problems),
    removed: {
      models: readEntries(list('models', removed, '/removed'), checkModelId, same, problems),
      assets: readEntries(list('assets', removed, '/removed'), checkAssetId, same, problems),
      trees: readEntries(list('trees', removed, '/removed'), checkTreeId, same, problems),
      nodes: readEntries(list('nodes', removed, '/removed'), checkRemovedNode, node, problems),
    },
  };
  refuseBoth(patch.models, ({ modelId }) => modelId, patch.removed.models, same, problems);
  refuseBoth(patch.assets, ({ assetId }) => assetId, patch.removed.assets, same, problems);
  refuseBoth(patch.trees, ({ treeId }) => treeId, patch.removed.trees, same, problems);
  refuseBoth(patch.nodes, node, patch.removed.nodes, node, problems);
  return patch;
};

/** What is written and removed at once: which of them is meant? */
const refuseBoth = <T, R>(
  written: readonly Placed<T>[],
  idOf: (entry: T) => string,
  removed: readonly Placed<R>[],
  idOfRemoved: (entry: R) => string,
  problems: Problems,
): void => {
  if (removed.length === 0) return;
  const places = new Map(written.map(({ at, value }) => [idOf(value), at]));
  for (const { at, value } of removed) {
    const place = places.get(idOfRemoved(value));
    if (place !== undefined)
      problems.add('ASSET_ENTRY_TWICE', at, `"${idOfRemoved(value)}" is removed here, and written at ${place}.`);
  }
};

const objectOf = (
  value: JsonValue,
  at: string,
  fields: readonly string[],
  problems: Problems,
): Readonly<Record<string, JsonValue>> => {
  if (!isJsonObject(value)) {
    problems.add(
      'FIELD_INVALID',
      at,
      `An object is needed here, with ${fields.map((name) => `"${name}"`).join(', ')}.`,
    );
    return {};
  }
  for (const name of Object.keys(value))
    if (!fields.includes(name))
      problems.add('FIELD_INVALID', `${at}/${name}`, `There is no "${name}" here, only ${fields.join(', ')}.`);
  return value as Readonly<Record<string, JsonValue>>;
};

const listOf = (value: JsonValue | undefined, at: string, problems: Problems): Placed<unknown>[] => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.map((each, index) => placed(`${at}/${index}`, each));
  problems.add('FIELD_INVALID', at, 'A list is needed here.');
  return [];
};
