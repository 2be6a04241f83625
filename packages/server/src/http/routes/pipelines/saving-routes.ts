import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { copyPipeline } from '../../../pipelines/copy-pipeline.ts';
import { filePipeline, MAX_LABEL, MAX_LABELS, readFilingFields } from '../../../pipelines/file-pipeline.ts';
import { parseSaveRequest, type SaveRequest } from '../../../pipelines/parse-save-request.ts';
import { ownPath, saveBodyOf, saveTextOf } from '../../../pipelines/pipeline-archive.ts';
import { savePipeline } from '../../../pipelines/save-pipeline.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { findPipeline } from '../../../use-case/find-pipeline.ts';
import { type UseCaseDeps, UseCaseError } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { rawBodyOf } from '../../plugins/raw-body.ts';
import { bearer, nullable, orgParams, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from './pipeline-routes.ts';
import { pipelineDetailSchema } from './pipeline-schemas.ts';
import { getDetail } from './pipeline-views.ts';
import { etagOf, revisionOf } from './revision-tag.ts';

export interface SavingRouteDeps extends UseCaseDeps {
  readonly bodyBytes: number;
}

const base = { tags: ['Pipelines'], security: bearer };
const document = Type.Unsafe<unknown>({ type: 'object', description: 'The pipeline document, as it is to be kept.' });
const name = Type.String({ minLength: 1, maxLength: 200 });
const filing = {
  group: Type.Optional(nullable(Type.String({ maxLength: MAX_LABEL }))),
  labels: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: MAX_LABEL }), { maxItems: MAX_LABELS })),
};
const fields = {
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  templateType: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
  messageChannel: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
};
const ifMatch = Type.Object({
  'if-match': Type.Optional(Type.String({ description: 'ETag of the document you have seen, or *. Required.' })),
});

/** Making pipelines, saving their documents, naming and filing them. */
export const registerSavingRoutes = (app: ApiInstance, deps: SavingRouteDeps): void => {
  void app.post(
    '/organizations/:orgId/pipelines',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Make a pipeline',
        params: orgParams,
        body: Type.Object({ name, ...fields, ...filing, document: Type.Optional(document) }),
        response: responses({ 201: pipelineDetailSchema }, 409, 413),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await requireOrganization(deps.store.db, orgId);
      const save = { ...readSave(deps, request), ...filingOf(request.body) };
      const pipelineId = await savePipeline(deps, { orgId, pipelineId: null, actor }, save);
      return reply.code(201).send(await getDetail(deps, orgId, pipelineId));
    },
  );
  void app.put(
    '/pipelines/:pipelineId/document',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Save the document of the design copy; masked secrets keep their value',
        params: pipelineParams,
        headers: ifMatch,
        body: document,
        response: responses({ 200: pipelineDetailSchema }, 412, 413, 428),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const expectedRevision = revisionOf(request.headers['if-match']);
      const { templateType } = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
      const text = rawBodyOf(request).toString('utf8');
      const body = { document: request.body as JsonValue };
      // The body is the document itself, and so are the paths of its issues.
      const save = readText(deps, body, `{"document":${text}}`, { templateType, root: '/document' });
      await savePipeline(deps, { ...target, ...seen(expectedRevision) }, save);
      const detail = await getDetail(deps, target.orgId, target.pipelineId);
      return reply.header('etag', etagOf(detail.revision)).send(detail);
    },
  );
  void app.patch(
    '/pipelines/:pipelineId',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Rename or describe a pipeline, put it into a group, label it; group and labels change no revision',
        params: pipelineParams,
        body: Type.Object({
          name: Type.Optional(name),
          description: fields.description,
          ...filing,
          expectedRevision: Type.Optional(Type.Integer({ minimum: 1 })),
        }),
        response: responses({ 200: pipelineDetailSchema }, 412),
      },
    },
    async (request) => {
      const { expectedRevision, ...change } = request.body;
      const target = { ...(await targetOf(deps, request, request.params.pipelineId)), ...seen(expectedRevision) };
      const filed = filingOf(change);
      const save = readSave(deps, request);
      if (Object.keys(save).length > 0) await savePipeline(deps, target, { ...save, ...filed });
      else await filePipeline(deps, target, filed);
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );
  void app.post(
    '/pipelines/:pipelineId/copy',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Make a pipeline with the same design copy',
        params: pipelineParams,
        body: Type.Object({ name: Type.Optional(name) }),
        response: responses({ 201: pipelineDetailSchema }, 409),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const pipelineId = await copyPipeline(deps, target, request.body.name);
      return reply.code(201).send(await getDetail(deps, target.orgId, pipelineId));
    },
  );
};

const seen = (expectedRevision: number | undefined) => (expectedRevision === undefined ? {} : { expectedRevision });

const filingOf = ({ group, labels }: { readonly group?: string | null; readonly labels?: readonly string[] }) =>
  readFilingFields({
    ...(group === undefined ? {} : { groupName: group }),
    ...(labels === undefined ? {} : { labels }),
  });

const readSave = (deps: SavingRouteDeps, request: FastifyRequest): SaveRequest => {
  const body = request.body as JsonValue;
  return readText(deps, isJsonObject(body) ? body : {}, rawBodyOf(request).toString('utf8'));
};

/** The fields of a save. Errors: `DOCUMENT_INVALID`, with paths into the body. */
const readText = (
  { limits }: SavingRouteDeps,
  body: JsonObject,
  text: string,
  { templateType, root = '' }: { readonly templateType?: number; readonly root?: string } = {},
): SaveRequest => {
  const options = { documentBytes: limits.documentBytes, ...(templateType === undefined ? {} : { templateType }) };
  const { value, issues } = parseSaveRequest(saveBodyOf(body), saveTextOf(text), options);
  const [issue] = issues;
  if (value !== undefined && issue === undefined) return value;
  throw new UseCaseError('DOCUMENT_INVALID', 'invalid', issue?.message ?? 'The document cannot be kept.', {
    issues: issues.map((each) => ({ ...each, path: ownPath(each.path).slice(root.length) })),
  });
};
