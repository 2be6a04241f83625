import { isJsonObject, type JsonValue, type PipelineState } from '@penstock/model';
import { and, asc, count, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { pipelines, pipelineVersions } from '../store/schema.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import {
  findPipeline,
  findVersion,
  type PipelineRow,
  toPipelineRow,
  type VersionRow,
} from '../use-case/find-pipeline.ts';
import { pipelineUnknown, type UseCaseDeps, versionUnknown } from '../use-case/use-case.ts';

/** One of the two copies of a pipeline: the one in design, or the released one (contract A.6). */
export interface PipelineCopy {
  readonly pipelineId: string;
  readonly orgId: string;
  readonly name: string;
  readonly description: string;
  readonly templateType: number;
  /** Plain text, whatever form it was given in. */
  readonly templateName: string;
  readonly templateVersion: string;
  readonly messageChannel: 0 | 1;
  /** JSON text as received; null where nothing was saved yet. */
  readonly document: string | null;
  /** Of the design copy, whichever copy this is. */
  readonly revision: number;
}

/** A pipeline in a list (contract A.5). */
export interface PipelineEntry extends Omit<PipelineCopy, 'document' | 'revision'> {
  readonly status: PipelineState;
  readonly alarmConfig: string | null;
  readonly executionMode: number | null;
  readonly kafkaRate: number | null;
  /** JSON text of the model's `ResourceConfig`. */
  readonly resourceConfig: string | null;
  readonly updatedAt: number;
  readonly releasedAt: number | null;
  readonly isSystem: boolean;
}

/** Errors: `PIPELINE_UNKNOWN`, also when a released copy is asked for and there is none. */
export const getPipelineCopy = async (
  deps: UseCaseDeps,
  target: { readonly orgId: string; readonly pipelineId: string; readonly isReleased: boolean },
): Promise<PipelineCopy> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  if (!target.isReleased) return copyOf(pipeline, pipeline);
  const version = await findVersion(deps.store.db, pipeline.pipelineId, pipeline.releasedNumber);
  if (version === undefined) throw pipelineUnknown(target.pipelineId);
  return copyOf(pipeline, version);
};

const copyOf = (pipeline: PipelineRow, copy: PipelineRow | VersionRow): PipelineCopy => ({
  pipelineId: pipeline.pipelineId,
  orgId: pipeline.orgId,
  name: copy.name,
  description: copy.description,
  templateType: copy.templateType,
  templateName: plainText(copy.templateName),
  templateVersion: copy.templateVersion,
  messageChannel: copy.messageChannel === 1 ? 1 : 0,
  document: copy.document,
  revision: pipeline.revision,
});

/** Of an object by language the English text, else the first: the parameter table says String (contract A.6). */
const plainText = (json: string | null): string => {
  if (json === null) return '';
  const given: JsonValue = JSON.parse(json);
  if (typeof given === 'string') return given;
  if (!isJsonObject(given)) return '';
  const text = given.en_us ?? Object.values(given)[0];
  return typeof text === 'string' ? text : '';
};

/**
 * Pipelines of an organisation, last changed first. `isReleased` true: those with a released copy, as released; false:
 * those never released (contract A.5); absent: all, as designed. Errors: `ORGANIZATION_UNKNOWN`.
 */
export const listPipelines = async (
  deps: UseCaseDeps,
  request: {
    readonly orgId: string;
    readonly isReleased?: boolean;
    readonly isSystem?: boolean;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<{ readonly total: number; readonly pipelines: readonly PipelineEntry[] }> => {
  await requireOrganization(deps.store.db, request.orgId);
  const wanted = and(
    eq(pipelines.orgId, request.orgId),
    ...(request.isSystem === undefined ? [] : [eq(pipelines.isSystem, request.isSystem)]),
    ...(request.isReleased === undefined
      ? []
      : [request.isReleased ? isNotNull(pipelines.releasedNumber) : isNull(pipelines.releasedNumber)]),
  );
  const [matched] = await deps.store.db.select({ total: count() }).from(pipelines).where(wanted);
  const rows = await deps.store.db
    .select({ pipeline: pipelines, version: pipelineVersions })
    .from(pipelines)
    .leftJoin(
      pipelineVersions,
      and(eq(pipelineVersions.pipelineId, pipelines.pipelineId), eq(pipelineVersions.number, pipelines.releasedNumber)),
    )
    .where(wanted)
    .orderBy(desc(pipelines.updatedAt), asc(pipelines.pipelineId))
    .limit(request.limit)
    .offset(request.offset);
  return {
    total: matched?.total ?? 0,
    pipelines: rows.map(({ pipeline, version }) =>
      entryOf(toPipelineRow(pipeline), version, request.isReleased === true),
    ),
  };
};

const entryOf = (pipeline: PipelineRow, version: VersionRow | null, asReleased: boolean): PipelineEntry => {
  const { document: _, revision: __, ...copy } = copyOf(pipeline, asReleased && version !== null ? version : pipeline);
  return {
    ...copy,
    status: pipeline.status,
    alarmConfig: pipeline.alarmConfig,
    executionMode: pipeline.executionMode,
    kafkaRate: pipeline.kafkaRate,
    resourceConfig: pipeline.resourceConfig,
    updatedAt: pipeline.updatedAt,
    releasedAt: version?.releasedAt ?? null,
    isSystem: pipeline.isSystem,
  };
};

/** A released version without its document. */
export type VersionEntry = Omit<VersionRow, 'document' | 'compiled' | 'templateName'> & { readonly isOnline: boolean };

/** Released versions, newest first. Errors: `PIPELINE_UNKNOWN`. */
export const listVersions = async (
  deps: UseCaseDeps,
  target: { readonly orgId: string; readonly pipelineId: string },
): Promise<readonly VersionEntry[]> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const rows = await deps.store.db
    .select()
    .from(pipelineVersions)
    .where(eq(pipelineVersions.pipelineId, pipeline.pipelineId))
    .orderBy(desc(pipelineVersions.number));
  return rows.map(({ document: _, compiled: __, templateName: ___, ...version }) => ({
    ...version,
    isOnline: version.number === pipeline.releasedNumber,
  }));
};

/** A released version with its document. Errors: `PIPELINE_UNKNOWN`, `PIPELINE_VERSION_UNKNOWN`. */
export const getVersion = async (
  deps: UseCaseDeps,
  target: { readonly orgId: string; readonly pipelineId: string; readonly number: number },
): Promise<VersionRow> => {
  const pipeline = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const isNumber = Number.isInteger(target.number) && target.number > 0 && target.number < 2 ** 31;
  const version = isNumber ? await findVersion(deps.store.db, pipeline.pipelineId, target.number) : undefined;
  if (version === undefined) throw versionUnknown();
  return version;
};
