import { isJsonObject, type JsonValue } from '@penstock/model';
import { and, count, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { textProblem } from '../store/storable-text.ts';
import { systemPipeline } from '../system-pipelines/make-system-pipelines.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization, lockTarget } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { unmaskDocument } from './document-secrets.ts';
import type { SaveRequest } from './parse-save-request.ts';

/** Of the operator library a document was made for, when it does not say. */
const DEFAULT_TEMPLATE_VERSION = '0.1.0';

/**
 * Save Pipeline (contract A.7): stores the design copy, from any state; a release is needed to take effect.
 * `pipelineId` null creates. Answers the pipeline's id. Errors: `PIPELINE_UNKNOWN`, `REVISION_OUTDATED`,
 * `PIPELINE_LIMIT_REACHED`, `ORGANIZATION_UNKNOWN`, `PIPELINE_IS_SYSTEM`.
 */
export const savePipeline = (deps: UseCaseDeps, target: SaveTarget, request: SaveRequest & Filing): Promise<string> =>
  deps.store.db.transaction((tx) => savePipelineIn(deps, tx, target, request));

type SaveTarget = Omit<Target, 'pipelineId'> & { readonly pipelineId: string | null };

/** The same as part of a transaction that is open. */
export const savePipelineIn = async (
  deps: UseCaseDeps,
  tx: Database,
  target: SaveTarget,
  request: SaveRequest & Filing,
): Promise<string> => {
  const { pipelineId, revision } =
    target.pipelineId === null
      ? { pipelineId: await create(deps, tx, target, request), revision: 1 }
      : await change(deps, tx, { ...target, pipelineId: target.pipelineId }, request);
  await recordAudit(tx, {
    at: deps.clock.now(),
    orgId: target.orgId,
    actor: target.actor,
    action: target.pipelineId === null ? 'pipeline.create' : 'pipeline.save',
    target: pipelineId,
    detail: `revision ${revision}`,
  });
  return pipelineId;
};

/** Where people find a pipeline; no part of what is released. */
export interface Filing {
  readonly groupName?: string | null;
  readonly labels?: readonly string[];
}

const create = async (
  deps: UseCaseDeps,
  tx: Database,
  { orgId, actor }: Pick<Target, 'orgId' | 'actor'>,
  request: SaveRequest & Filing,
): Promise<string> => {
  await requireOrganization(tx, orgId);
  await lockOrganization(tx, orgId);
  const [existing] = await tx
    .select({ pipelines: count() })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), eq(pipelines.isSystem, false)));
  if ((existing?.pipelines ?? 0) >= deps.limits.pipelinesPerOrganization)
    throw new UseCaseError(
      'PIPELINE_LIMIT_REACHED',
      'quota',
      `The organisation has ${deps.limits.pipelinesPerOrganization} pipelines, which is the limit. Delete one first.`,
      { params: { limit: deps.limits.pipelinesPerOrganization } },
    );
  const pipelineId = deps.newId();
  const now = deps.clock.now();
  await tx.insert(pipelines).values({
    pipelineId,
    orgId,
    name: request.name ?? titleOf(request.document) ?? 'Untitled pipeline',
    description: request.description ?? '',
    templateType: request.templateType ?? 1,
    templateName: request.templateName ?? null,
    templateVersion: request.templateVersion ?? DEFAULT_TEMPLATE_VERSION,
    messageChannel: request.messageChannel ?? 0,
    alarmConfig: request.alarmConfig ?? null,
    document: request.document ?? null,
    groupName: request.groupName ?? null,
    labels: request.labels ?? [],
    createdAt: now,
    updatedAt: now,
    updatedBy: actor,
    status: 'EDITED',
    statusSince: now,
  });
  return pipelineId;
};

const change = async (
  deps: UseCaseDeps,
  tx: Database,
  target: Target,
  request: SaveRequest & Filing,
): Promise<{ readonly pipelineId: string; readonly revision: number }> => {
  const pipeline = await lockTarget(tx, target);
  if (pipeline.isSystem) throw systemPipeline();
  const { pipelineId } = pipeline;
  const revision = pipeline.revision + 1;
  // Secrets are shown masked; what comes back masked is what is stored.
  const document =
    request.document === undefined ? {} : { document: unmaskDocument(request.document, pipeline.document) };
  await tx
    .update(pipelines)
    .set({
      ...request,
      ...document,
      revision,
      updatedAt: deps.clock.now(),
      updatedBy: target.actor,
    })
    .where(eq(pipelines.pipelineId, pipelineId));
  return { pipelineId, revision };
};

/** A document knows its title; better than nothing where no name was given. */
const titleOf = (document: string | undefined): string | undefined => {
  if (document === undefined) return undefined;
  const parsed: JsonValue = JSON.parse(document);
  const config = isJsonObject(parsed) ? (parsed.pipelineConfig ?? parsed) : undefined;
  const title = isJsonObject(config) ? config.title : undefined;
  return typeof title === 'string' && title.trim() !== '' && textProblem(title, 200) === undefined ? title : undefined;
};
