import { isPipelineState, type PipelineState } from '@penstock/model';
import { Type } from 'typebox';
import { type PipelinePosition, type PipelineSort, readFiling } from '../../../pipelines/search-pipelines.ts';
import { requireOrganization } from '../../../use-case/find-organization.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, nullable, orgParams, pageOf, pageQuery, responses } from '../../plugins/schemas.ts';
import { pipelineSummarySchema } from './pipeline-schemas.ts';
import { listSummaries } from './pipeline-views.ts';

const base = { tags: ['Pipelines'], security: bearer };
const several = (description: string) => Type.Optional(Type.String({ maxLength: 2000, description }));

/** Looking for pipelines among many. */
export const registerSearchRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/organizations/:orgId/pipelines',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'List or look for pipelines, with how many there are in each state',
        params: orgParams,
        querystring: Type.Object({
          ...pageQuery.properties,
          text: Type.Optional(
            Type.String({ minLength: 1, maxLength: 200, description: 'Part of name, description or id, in any case.' }),
          ),
          status: several('States, comma separated.'),
          group: Type.Optional(Type.String({ maxLength: 60, description: 'Empty: those in no group.' })),
          label: several('Labels, comma separated: those that have all of them.'),
          executionMode: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
          system: Type.Optional(Type.Boolean({ description: 'Only system pipelines, or none of them.' })),
          sort: Type.Optional(
            Type.Union([Type.Literal('updated'), Type.Literal('name')], {
              description: '`updated` (where nothing is said): last changed first.',
            }),
          ),
        }),
        response: responses({
          200: Type.Object({
            ...pageOf(pipelineSummarySchema).properties,
            counts: Type.Record(Type.String(), Type.Integer(), {
              description: 'By state, of all that match but for the state asked for.',
            }),
          }),
        }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      const { limit, cursor, text, status, group, label, executionMode, system, sort = 'updated' } = request.query;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      const search = {
        orgId,
        ...(text === undefined ? {} : { text: storable(text) }),
        ...(status === undefined ? {} : { states: statesOf(status) }),
        ...(group === undefined ? {} : { group: group === '' ? null : storable(group) }),
        ...(label === undefined ? {} : { labels: wordsOf(storable(label)) }),
        ...(executionMode === undefined ? {} : { executionMode }),
        ...(system === undefined ? {} : { isSystem: system }),
      };
      const after = decodeCursor(cursor, (value) => positionOf(value, sort));
      const { next, ...page } = await listSummaries(deps, search, { sort, limit, after });
      return {
        ...page,
        nextCursor: next === undefined ? null : encodeCursor([next.sort, next.value, next.pipelineId]),
      };
    },
  );
  void app.get(
    '/organizations/:orgId/pipeline-filing',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Groups and labels in use, with how many pipelines have each',
        params: orgParams,
        response: responses({
          200: Type.Object({
            groups: Type.Array(Type.Object({ name: nullable(Type.String()), pipelines: Type.Integer() })),
            labels: Type.Array(Type.Object({ name: Type.String(), pipelines: Type.Integer() })),
          }),
        }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      await requireOrganization(deps.store.db, orgId);
      return readFiling(deps.store.db, orgId);
    },
  );
};

/** PostgreSQL has no text with NUL in it, so nothing is found under it. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed();

const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

const statesOf = (text: string): PipelineState[] =>
  wordsOf(text).map((word) => {
    if (isPipelineState(word)) return word;
    throw new ApiError(400, 'STATUS_UNKNOWN', `There is no status "${word}".`);
  });

/** A cursor belongs to the order it was made in. */
const positionOf = (value: unknown, sort: PipelineSort): PipelinePosition | undefined => {
  if (!Array.isArray(value) || value.length !== 3 || value[0] !== sort) return undefined;
  const [, at, pipelineId] = value as readonly unknown[];
  const isRight = sort === 'name' ? typeof at === 'string' && !at.includes('\u0000') : Number.isSafeInteger(at);
  if (!isRight || typeof pipelineId !== 'string' || pipelineId.includes('\u0000')) return undefined;
  return { sort, value: at as number | string, pipelineId };
};
