import { isJsonObject, type JsonValue } from '@penstock/model';
import { Type } from 'typebox';
import { actorOf } from '../../../auth/caller.ts';
import { applyChanges, type PipelineChange } from '../../../lifecycle/apply-changes.ts';
import { MAX_LABEL, MAX_LABELS } from '../../../pipelines/file-pipeline.ts';
import { elementsOf, membersOf } from '../../../pipelines/json-text.ts';
import { MAX_ARCHIVED, readArchivedPipeline } from '../../../pipelines/pipeline-archive.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import { fieldInvalid, type UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { rawBodyOf } from '../../plugins/raw-body.ts';
import { bearer, nullable, orgParams, responses } from '../../plugins/schemas.ts';
import { command } from './command-body.ts';

const { note, expectedRevision, expectedVersion } = command;

const changeSchema = Type.Object({
  pipelineId: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 64, description: 'The pipeline; null or absent: one is made.' })),
  ),
  expectedRevision,
  expectedVersion,
  name: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  messageChannel: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
  group: Type.Optional(Type.String({ maxLength: MAX_LABEL })),
  labels: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: MAX_LABEL }), { maxItems: MAX_LABELS })),
  document: Type.Optional(
    Type.Unsafe<unknown>({ type: 'object', description: 'The document; absent: the design copy stays as it is.' }),
  ),
  release: Type.Boolean({ default: false, description: 'Put it online, too.' }),
});

/** Pipelines as code: what a folder says of several pipelines becomes so, or nothing does. */
export const registerApplyRoute = (app: ApiInstance, deps: UseCaseDeps & { readonly bodyBytes: number }): void => {
  void app.post(
    '/organizations/:orgId/pipelines/apply',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Make, change and release several pipelines: all of it, or nothing where one is refused',
        params: orgParams,
        body: Type.Object({
          pipelines: Type.Array(changeSchema, { maxItems: MAX_ARCHIVED }),
          dryRun: Type.Boolean({ default: false, description: 'Only say what would become of it.' }),
          note,
        }),
        response: responses(
          {
            200: Type.Object({
              pipelines: Type.Array(
                Type.Object({
                  name: Type.String(),
                  pipelineId: nullable(Type.String({ description: 'Null: a dry run would make it.' })),
                  revision: Type.Integer(),
                  version: nullable(Type.Integer({ description: 'What is released then.' })),
                  issues: Type.Array(issueSchema),
                }),
              ),
            }),
          },
          409,
          412,
          413,
          422,
        ),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const actor = actorOf(requireOrganizationAccess(request, orgId));
      await requireOrganization(deps.store.db, orgId);
      const { pipelines, dryRun, note: said } = request.body;
      // Pieces of the text as sent, so that documents keep their spelling.
      const texts = elementsOf(membersOf(rawBodyOf(request).toString('utf8')).get('pipelines') ?? '[]');
      const changes = pipelines.map((given, index): PipelineChange => {
        const pipelineId = given.pipelineId ?? null;
        const at = `/pipelines/${index}`;
        const value = given as JsonValue;
        if (given.document === undefined && pipelineId === null)
          throw fieldInvalid(`${at}/document`, 'A pipeline that is made needs a document.');
        const save =
          given.document === undefined || !isJsonObject(value)
            ? {}
            : { save: readArchivedPipeline(value, texts[index] ?? '{}', at, deps.limits).save };
        return {
          pipelineId,
          name: given.name,
          release: given.release,
          ...save,
          ...(given.expectedRevision === undefined ? {} : { expectedRevision: given.expectedRevision }),
          ...(given.expectedVersion === undefined ? {} : { expectedVersion: given.expectedVersion }),
        };
      });
      const who = { orgId, actor, ...(said === undefined ? {} : { note: said.toWellFormed() }) };
      const applied = await applyChanges(deps, who, changes, { dryRun });
      return { pipelines: applied.map((one) => ({ ...one, issues: limitIssues(one.issues) })) };
    },
  );
};
