import { type Static, Type } from 'typebox';
import {
  assetIdSchema,
  assetSchema,
  modelIdSchema,
  modelSchema,
  nodeSchema,
  pointSchema,
  treeIdSchema,
  treeSchema,
} from '../shapes/entries.ts';
import { type Placed, type Problems, placed, within } from '../shapes/problems.ts';
import { createEntryCheck, type EntryCheck } from './check-entry.ts';
import { isTimeZone } from './time-zone.ts';

/** Characters of one entry as JSON. */
const SMALL = 64 * 1024;
const WITH_POINTS = 4 * 1024 * 1024;

const modelPoint = Type.Object({ modelId: modelIdSchema, ...pointSchema.properties }, { additionalProperties: false });
const treeNode = Type.Object({ treeId: treeIdSchema, ...nodeSchema.properties }, { additionalProperties: false });
const removedNode = Type.Object({ treeId: treeIdSchema, assetId: assetIdSchema }, { additionalProperties: false });
const assetOnly = createEntryCheck(assetSchema, SMALL);

/** A check for each kind of entry. */
export const checkModel = createEntryCheck(modelSchema, WITH_POINTS);
export const checkModelPoint = createEntryCheck(modelPoint, SMALL);
export const checkTree = createEntryCheck(treeSchema, SMALL);
export const checkTreeNode = createEntryCheck(treeNode, SMALL);
export const checkNode = createEntryCheck(nodeSchema, SMALL);
export const checkRemovedNode = createEntryCheck(removedNode, SMALL);
export const checkModelId = createEntryCheck(modelIdSchema, SMALL);
export const checkAssetId = createEntryCheck(assetIdSchema, SMALL);
export const checkTreeId = createEntryCheck(treeIdSchema, SMALL);

export const checkAsset: EntryCheck<Static<typeof assetSchema>> = (
  value,
  at,
  problems,
): value is Static<typeof assetSchema> => {
  if (!assetOnly(value, at, problems)) return false;
  if (value.timezone === undefined || value.timezone === null || isTimeZone(value.timezone)) return true;
  problems.add(
    'FIELD_INVALID',
    within(at, 'timezone'),
    `"${value.timezone}" is no time zone: give "+08:00", or a name such as "Europe/Berlin".`,
  );
  return false;
};

/** Those of some values that are what they should be. An id that comes twice is a problem: which one is meant? */
export const readEntries = <T>(
  values: Iterable<Placed<unknown>>,
  check: EntryCheck<T>,
  idOf: (entry: T) => string,
  problems: Problems,
): Placed<T>[] => {
  const seen = new Map<string, string>();
  const entries: Placed<T>[] = [];
  for (const { at, value } of values) {
    if (!check(value, at, problems)) continue;
    const id = idOf(value);
    const first = seen.get(id);
    if (first !== undefined) {
      problems.add('ASSET_ENTRY_TWICE', at, `"${id}" stands here a second time; the first is at ${first}.`);
      continue;
    }
    seen.set(id, at);
    entries.push(placed(at, value));
  }
  return entries;
};
