import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { actorOf, roleIn } from '../../../auth/caller.ts';
import { changeKafkaRate } from '../../../lifecycle/change-rate.ts';
import { resetOffset } from '../../../lifecycle/reset-offset.ts';
import { resetState } from '../../../lifecycle/reset-state.ts';
import { deletePipeline } from '../../../pipelines/delete-pipeline.ts';
import { maskDocument } from '../../../pipelines/document-secrets.ts';
import { getPipelineCopy } from '../../../pipelines/read-pipelines.ts';
import { revertPipeline } from '../../../pipelines/revert-pipeline.ts';
import { findPipeline } from '../../../use-case/find-pipeline.ts';
import { pipelineUnknown, type Target, type UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { callerOf, requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { bearer, pageOf, pageQuery, pipelineParams, responses } from '../../plugins/schemas.ts';
import { command, withCommand } from './command-body.ts';
import { eventSchema, pipelineDetailSchema, sampleSchema } from './pipeline-schemas.ts';
import { getDetail, listEvents, listSamples, organizationOfPipeline } from './pipeline-views.ts';
import { etagOf } from './revision-tag.ts';

const base = { tags: ['Pipelines'], security: bearer };
const nothing = Type.Null({ description: 'Done.' });
export const anyDocument = Type.Unsafe<unknown>({ type: 'object', description: 'The document, secrets masked.' });

/** A day of samples. */
const MAX_SAMPLES = 5760;

/** Which pipeline is meant, for use cases. Unknown and foreign look the same. Errors: `PIPELINE_UNKNOWN`. */
export const targetOf = async (deps: UseCaseDeps, request: FastifyRequest, pipelineId: string): Promise<Target> => {
  const caller = callerOf(request);
  const orgId =
    caller.kind === 'organization' ? caller.orgId : await organizationOfPipeline(deps.store.db, storable(pipelineId));
  if (orgId === undefined || roleIn(caller, orgId) === undefined) throw pipelineUnknown(pipelineId);
  requireOrganizationAccess(request, orgId);
  await findPipeline(deps.store.db, orgId, pipelineId);
  return { orgId, pipelineId, actor: actorOf(caller) };
};

/** PostgreSQL has no text with NUL in it, so nothing is found under it. */
const storable = (id: string): string => id.replaceAll('\u0000', '\ufffd');

/** Pipelines as seen from outside: details, documents, versions, events, series. */
export const registerPipelineRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  registerReading(app, deps);
  registerDocuments(app, deps);
  registerSeries(app, deps);
  registerChanges(app, deps);
};

const registerReading = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'A pipeline and its run',
        params: pipelineParams,
        response: responses({ 200: pipelineDetailSchema }),
      },
    },
    async (request) => {
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      return getDetail(deps, orgId, pipelineId);
    },
  );
};

const registerDocuments = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/document',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'The design copy or the released copy of the document, secrets masked',
        params: pipelineParams,
        querystring: Type.Object({ released: Type.Boolean({ default: false }) }),
        response: responses({ 200: anyDocument }),
      },
    },
    async (request, reply) => {
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const copy = await getPipelineCopy(deps, { orgId, pipelineId, isReleased: request.query.released });
      if (!request.query.released) void reply.header('etag', etagOf(copy.revision));
      return sendDocument(reply, copy.document ?? '{}');
    },
  );
};

/** As it was received but for its secrets: numbers keep their spelling. */
export const sendDocument = (reply: FastifyReply, text: string): FastifyReply =>
  reply
    .type('application/json; charset=utf-8')
    .serializer((body: string) => body)
    .send(maskDocument(text));

const registerSeries = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/events',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'What happened, newest first',
        params: pipelineParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(eventSchema) }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { limit, cursor } = request.query;
      const before = decodeCursor(cursor, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined));
      const { total, rows } = await listEvents(deps.store.db, pipelineId, { limit, before });
      const last = rows.at(-1);
      return {
        items: rows.map(({ at, code, message, severity, runId }) => ({ at, code, message, severity, runId })),
        nextCursor: rows.length === limit && last !== undefined ? encodeCursor(last.id) : null,
        total,
      };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/metrics',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Offset, lag and counters over time, oldest first',
        params: pipelineParams,
        querystring: Type.Object({
          from: Type.Integer({ minimum: 0, default: 0, description: 'Unix ms' }),
          to: Type.Integer({ minimum: 0, default: Number.MAX_SAFE_INTEGER, description: 'Unix ms' }),
        }),
        response: responses({ 200: Type.Array(sampleSchema) }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const rows = await listSamples(deps.store.db, pipelineId, { ...request.query, limit: MAX_SAMPLES });
      return rows.map(({ at, lag, offset, recordsIn, recordsOut, errors, rssMb }) => ({
        ts: at,
        lag,
        offset,
        recordsIn,
        recordsOut,
        errors,
        rssMb,
      }));
    },
  );
};

const registerChanges = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.delete(
    '/pipelines/:pipelineId',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Delete a pipeline that is not running',
        params: pipelineParams,
        response: responses({ 204: nothing }, 409, 503),
      },
    },
    async (request, reply) => {
      await deletePipeline(deps, await targetOf(deps, request, request.params.pipelineId));
      return reply.code(204).send(null);
    },
  );
  void app.post(
    '/pipelines/:pipelineId/revert',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Make the design copy what is released',
        params: pipelineParams,
        response: responses({ 204: nothing }, 409),
      },
    },
    async (request, reply) => {
      await revertPipeline(deps, await targetOf(deps, request, request.params.pipelineId));
      return reply.code(204).send(null);
    },
  );
  void app.patch(
    '/pipelines/:pipelineId/run',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Change the read rate; a running pipeline follows within seconds',
        params: pipelineParams,
        body: Type.Object({ ...command, kafkaRate: Type.Integer({ minimum: 0, description: 'Records per second' }) }),
        response: responses({ 200: pipelineDetailSchema }, 409, 412),
      },
    },
    async (request) => {
      const target = withCommand(await targetOf(deps, request, request.params.pipelineId), request.body);
      await changeKafkaRate(deps, target, request.body.kafkaRate);
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );

  void app.post(
    '/pipelines/:pipelineId/reset',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Give up what a pipeline keeps while no run is under way: its state, or its backlog',
        params: pipelineParams,
        body: Type.Object({
          ...command,
          what: Type.Union([Type.Literal('state'), Type.Literal('offset')], {
            description:
              '`state`: of all stages, the position stays. `offset`: the next start reads the newest records, state stays.',
          }),
        }),
        response: responses({ 200: pipelineDetailSchema }, 409, 412),
      },
    },
    async (request) => {
      const target = withCommand(await targetOf(deps, request, request.params.pipelineId), request.body);
      if (request.body.what === 'state') await resetState(deps, target);
      else await resetOffset(deps, target, 'no-run');
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );
};
