import { and, eq, sql } from 'drizzle-orm';
import { assetModels } from '../../store/schema-assets.ts';
import type { ModelEntry, PointEntry } from '../shapes/entries.ts';
import { MAX_OWN_POINTS } from '../shapes/entries.ts';
import { checkInheritance, type ModelHead } from '../shapes/inheritance.ts';
import type { AssetPatch } from '../shapes/patch.ts';
import type { Placed } from '../shapes/problems.ts';
import { idList, upsert, type Writing } from './writing.ts';

const TABLE = {
  name: 'asset_models',
  ids: ['model_id'],
  columns: { model_id: 'text', parent_id: 'text', name: 'text', description: 'text', tags: 'jsonb', points: 'jsonb' },
} as const;

type Patch = Pick<AssetPatch, 'models' | 'points' | 'removed'>;

/** Writes models and points, and refuses what would be no inheritance. Removed ones are still there afterwards. */
export const writeModels = async (writing: Writing, patch: Patch): Promise<void> => {
  if (patch.models.length + patch.points.length + patch.removed.models.length === 0) return;
  const heads = await readHeads(writing);
  const whole = await completeModels(writing, patch);
  const places = new Map(whole.map(({ at, value }) => [value.modelId, at]));
  for (const { value } of whole)
    heads.set(value.modelId, {
      modelId: value.modelId,
      parentId: value.parentId ?? null,
      pointIds: (value.points ?? []).map(({ pointId }) => pointId),
    });
  refuseOrphans(heads, patch.removed.models, writing.problems);
  checkInheritance(heads, (modelId) => places.get(modelId) ?? '', writing.problems);
  const rows = whole.map(({ value }) => rowOf(value));
  await upsert(writing, 'models', TABLE, rows);
};

/** A model that others inherit from stays, unless they go as well. */
const refuseOrphans = (
  heads: Map<string, ModelHead>,
  removed: Patch['removed']['models'],
  problems: Writing['problems'],
): void => {
  const places = new Map(removed.map(({ at, value }) => [value, at]));
  for (const modelId of places.keys()) heads.delete(modelId);
  for (const head of heads.values()) {
    const place = head.parentId === null ? undefined : places.get(head.parentId);
    if (place === undefined) continue;
    problems.add(
      'ASSET_IN_USE',
      place,
      `"${head.modelId}" inherits from "${head.parentId}": remove it first, or with it.`,
    );
    heads.set(head.modelId, { ...head, parentId: null });
  }
};

const readHeads = async ({ tx, orgId }: Writing): Promise<Map<string, ModelHead>> => {
  const rows = await tx
    .select({
      modelId: assetModels.modelId,
      parentId: assetModels.parentId,
      pointIds: sql<string[]>`jsonb_path_query_array(${assetModels.points}, '$[*].pointId')`,
    })
    .from(assetModels)
    .where(eq(assetModels.orgId, orgId));
  return new Map(rows.map((row) => [row.modelId, row]));
};

/** The models of a change with all their points: those it names, and for the others those that are there. */
const completeModels = async (writing: Writing, { models, points }: Patch): Promise<Placed<ModelEntry>[]> => {
  const { problems } = writing;
  const byId = new Map(models.map((each) => [each.value.modelId, each]));
  const kept = await readModels(writing, [
    ...models.filter(({ value }) => value.points === undefined).map(({ value }) => value.modelId),
    ...points.map(({ value }) => value.modelId).filter((modelId) => !byId.has(modelId)),
  ]);
  for (const [modelId, { at, value }] of byId) {
    const own = value.points ?? kept.get(modelId)?.points ?? [];
    const ids = own.map(({ pointId }) => pointId);
    ids.forEach((pointId, index) => {
      if (ids.indexOf(pointId) !== index)
        problems.add('ASSET_ENTRY_TWICE', `${at}/points/${index}`, `The point "${pointId}" stands here a second time.`);
    });
    byId.set(modelId, { at, value: { ...value, points: own } });
  }
  const added = new Map<string, Map<string, PointEntry>>();
  for (const { at, value } of points) {
    const { modelId, ...point } = value;
    const model = byId.get(modelId) ?? kept.get(modelId);
    if (model === undefined) {
      problems.add('ASSET_MODEL_UNKNOWN', `${at}/modelId`, `There is no model "${modelId}".`);
      continue;
    }
    const entry = 'value' in model ? model : { at, value: model };
    const own = added.get(modelId) ?? new Map((entry.value.points ?? []).map((each) => [each.pointId, each]));
    added.set(modelId, own.set(point.pointId, point));
    byId.set(modelId, entry);
  }
  return [...byId].map(([modelId, entry]) => {
    const own = added.get(modelId);
    if (own === undefined) return entry;
    if (own.size > MAX_OWN_POINTS)
      problems.add(
        'ASSET_LIMIT_REACHED',
        entry.at,
        `"${modelId}" has ${own.size} points; a model has at most ${MAX_OWN_POINTS}.`,
      );
    return { at: entry.at, value: { ...entry.value, points: [...own.values()] } };
  });
};

const readModels = async ({ tx, orgId }: Writing, modelIds: readonly string[]): Promise<Map<string, ModelEntry>> => {
  if (modelIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(assetModels)
    .where(and(eq(assetModels.orgId, orgId), sql`${assetModels.modelId} in ${idList([...new Set(modelIds)])}`));
  return new Map(
    rows.map(({ modelId, parentId, name, description, tags, points }) => [
      modelId,
      // Kept as entries were checked.
      { modelId, parentId, name, description, tags, points: points as unknown as PointEntry[] },
    ]),
  );
};

const rowOf = ({ modelId, parentId, name, description, tags, points }: ModelEntry) => ({
  model_id: modelId,
  parent_id: parentId ?? null,
  name: name ?? '',
  description: description ?? '',
  tags: tags ?? {},
  points: points ?? [],
});
