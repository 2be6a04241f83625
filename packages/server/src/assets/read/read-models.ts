import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { assetModels } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import type { PointEntry } from '../shapes/entries.ts';
import { descendantsOf, lineageOf } from '../shapes/inheritance.ts';
import { isAssetId } from './plausible.ts';

type ModelRow = typeof assetModels.$inferSelect;
type Parents = ReadonlyMap<string, { readonly modelId: string; readonly parentId: string | null }>;

/** A model without its points. */
export interface ModelSummary extends Omit<ModelRow, 'orgId' | 'points'> {
  /** `/root/child`, as records have it. */
  readonly modelIdPath: string;
  readonly ownPoints: number;
}

/** A point as a model has it, with the ancestor it comes from; null: its own. */
export type ModelPoint = PointEntry & { readonly inheritedFrom: string | null };

export interface ModelDetail extends Omit<ModelSummary, 'ownPoints'> {
  /** Its own and those of its ancestors, the root's first. */
  readonly points: readonly ModelPoint[];
}

/** Which model inherits from which; some thousand at most. */
export const readParents = async (db: Database, orgId: string): Promise<Parents> => {
  const rows = await db
    .select({ modelId: assetModels.modelId, parentId: assetModels.parentId })
    .from(assetModels)
    .where(eq(assetModels.orgId, orgId));
  return new Map(rows.map((row) => [row.modelId, row]));
};

export const pathOf = (parents: Parents, modelId: string): string =>
  lineageOf(parents, modelId)
    .map((model) => `/${model.modelId}`)
    .join('');

/** A page of models by id. Errors: `ORGANIZATION_UNKNOWN`. */
export const listModels = async (
  db: Database,
  orgId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly ModelSummary[]; readonly next: string | undefined }> => {
  await requireOrganization(db, orgId);
  const { orgId: _, points, ...columns } = columnsOf();
  const rows = await db
    .select({ ...columns, ownPoints: sql<number>`jsonb_array_length(${points})`.mapWith(Number) })
    .from(assetModels)
    .where(and(eq(assetModels.orgId, orgId), after === undefined ? undefined : gt(assetModels.modelId, after)))
    .orderBy(asc(assetModels.modelId))
    .limit(limit + 1);
  const parents = await readParents(db, orgId);
  const items = rows.slice(0, limit).map((row) => ({ ...row, modelIdPath: pathOf(parents, row.modelId) }));
  return { items, next: rows.length > limit ? items.at(-1)?.modelId : undefined };
};

const columnsOf = () => {
  const { orgId, modelId, parentId, name, description, tags, points, revision, createdAt, updatedAt } = assetModels;
  return { orgId, modelId, parentId, name, description, tags, points, revision, createdAt, updatedAt };
};

/** A model with all its points. Errors: `ORGANIZATION_UNKNOWN`, `ASSET_MODEL_UNKNOWN`. */
export const readModel = async (db: Database, orgId: string, modelId: string): Promise<ModelDetail> => {
  await requireOrganization(db, orgId);
  const parents = isAssetId(modelId) ? await readParents(db, orgId) : new Map();
  const line = lineageOf(parents, modelId).map((model) => model.modelId);
  const rows = await db
    .select()
    .from(assetModels)
    .where(
      and(
        eq(assetModels.orgId, orgId),
        sql`${assetModels.modelId} in (select jsonb_array_elements_text(${JSON.stringify(line)}::jsonb))`,
      ),
    );
  const own = rows.find((row) => row.modelId === modelId);
  if (own === undefined) throw modelUnknown();
  const { orgId: _, points: __, ...rest } = own;
  const byId = new Map(rows.map((row) => [row.modelId, row]));
  return {
    ...rest,
    modelIdPath: pathOf(parents, modelId),
    points: line.flatMap((each) =>
      (byId.get(each)?.points ?? []).map((point) => ({
        // Kept as entries were checked.
        ...(point as unknown as PointEntry),
        inheritedFrom: each === modelId ? null : each,
      })),
    ),
  };
};

export const modelUnknown = (): UseCaseError =>
  new UseCaseError('ASSET_MODEL_UNKNOWN', 'not-found', 'The organisation has no such model.');

/** The model and, where asked for, all that inherit from it. Errors: `ASSET_MODEL_UNKNOWN`. */
export const modelsMeant = async (
  db: Database,
  orgId: string,
  modelId: string,
  withHeirs: boolean,
): Promise<string[]> => {
  const parents = await readParents(db, orgId);
  if (!parents.has(modelId)) throw modelUnknown();
  return withHeirs ? [...descendantsOf(parents, modelId)] : [modelId];
};
