import type { JsonValue } from '@penstock/model';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { importPipelines } from '../../../pipelines/import-pipelines.ts';
import { membersOf } from '../../../pipelines/json-text.ts';
import { exportPipelines, MAX_ARCHIVED, readArchive } from '../../../pipelines/pipeline-archive.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { rawBodyOf } from '../../plugins/raw-body.ts';
import { bearer, nullable, orgParams, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from './pipeline-routes.ts';

const base = { tags: ['Pipelines'], security: bearer };
const archive = Type.Unsafe<unknown>({
  type: 'object',
  description: 'Design copies with their names, groups and labels; secrets masked.',
});

/** Pipelines as files: out of one organisation or installation and into another. */
export const registerArchiveRoutes = (app: ApiInstance, deps: UseCaseDeps & { readonly bodyBytes: number }): void => {
  void app.get(
    '/pipelines/:pipelineId/export',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'The design copy as an archive of one',
        params: pipelineParams,
        response: responses({ 200: archive }),
      },
    },
    async (request, reply) => {
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      return sendArchive(reply, await exportPipelines(deps, orgId, [pipelineId]));
    },
  );
  void app.post(
    '/organizations/:orgId/pipelines/export',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Design copies of several pipelines as one archive',
        params: orgParams,
        body: Type.Object({
          pipelineIds: Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000]*$' }), {
            minItems: 1,
            maxItems: MAX_ARCHIVED,
          }),
        }),
        response: responses({ 200: archive }),
      },
    },
    async (request, reply) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      return sendArchive(reply, await exportPipelines(deps, orgId, [...new Set(request.body.pipelineIds)]));
    },
  );
  void app.post(
    '/organizations/:orgId/pipelines/import',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        ...base,
        summary: 'Take in the pipelines of an archive, all or none; nothing is released',
        params: orgParams,
        body: Type.Object({
          archive,
          onTaken: Type.Union([Type.Literal('create'), Type.Literal('replace'), Type.Literal('skip')], {
            default: 'create',
            description: 'Where the name is taken: make another one, change that one, or leave it out.',
          }),
          dryRun: Type.Boolean({ default: false, description: 'Only say what would become of each.' }),
        }),
        response: responses(
          {
            200: Type.Object({
              results: Type.Array(
                Type.Object({
                  name: Type.String(),
                  outcome: Type.String({ description: 'create, replace, skip, or (dry run) ambiguous' }),
                  pipelineId: nullable(Type.String()),
                  issues: Type.Array(issueSchema, { description: 'What a start would say of the document.' }),
                }),
              ),
            }),
          },
          409,
          413,
        ),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await requireOrganization(deps.store.db, orgId);
      const { onTaken, dryRun } = request.body;
      // Pieces of the text as sent, so that documents keep their spelling.
      const text = membersOf(rawBodyOf(request).toString('utf8')).get('archive') ?? '{}';
      const archived = readArchive(request.body.archive as JsonValue, text, deps.limits);
      const results = await importPipelines(deps, { orgId, actor }, archived, { onTaken, dryRun });
      return { results: results.map((each) => ({ ...each, issues: limitIssues(each.issues) })) };
    },
  );
};

const sendArchive = (reply: FastifyReply, text: string): FastifyReply =>
  reply
    .type('application/json; charset=utf-8')
    .serializer((body: string) => body)
    .send(text);
