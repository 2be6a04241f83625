import { PenstockError, type Pipeline, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { after, PAGED } from '../../../api/paging.ts';
import { isObject, parseJson } from '../../../document/json.ts';
import type { PipelineDocument } from '../../../document/shape.ts';
import type { Stored } from './design-state.ts';

const documentIn = (text: string): PipelineDocument => {
  const value = parseJson(text);
  return isObject(value) ? value : {};
};

/** The design copy, with the revision that a save has to name. */
export const readStored = async (pipelineId: string): Promise<Stored> => {
  const params = { path: { pipelineId }, query: { released: false } };
  const answer = await api.GET('/api/v1/pipelines/{pipelineId}/document', { params, parseAs: 'text' });
  const text = await resultOf<unknown>(Promise.resolve(answer));
  const revision = Number(/\d+/.exec(answer.response.headers.get('etag') ?? '')?.[0] ?? Number.NaN);
  return { document: documentIn(String(text)), revision };
};

/** A released version as it was designed; `compiled`: of a form the stages that it was made into. */
export const readVersion = async (pipelineId: string, version: number, compiled = false): Promise<PipelineDocument> => {
  const params = { path: { pipelineId, version }, query: { compiled } };
  const answer = api.GET('/api/v1/pipelines/{pipelineId}/versions/{version}', { params, parseAs: 'text' });
  return documentIn(String(await resultOf<unknown>(answer)));
};

/** Settings that every stage has, whatever its operator. */
export const stageSettingsQuery = (language: 'en' | 'zh') =>
  queryOptions({
    queryKey: ['stage-settings', language],
    queryFn: () => resultOf(api.GET('/api/v1/stage-settings', { params: { query: { language } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const functionsQuery = queryOptions({
  queryKey: ['expression-functions'],
  queryFn: () => resultOf(api.GET('/api/v1/expression-functions')),
  staleTime: Number.POSITIVE_INFINITY,
});

/** So many are asked for at once. */
const VERSIONS = 50;

/** Versions, the newest first. */
export const versionsQuery = (pipelineId: string) =>
  infiniteQueryOptions({
    queryKey: ['versions', pipelineId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/versions', {
          params: { path: { pipelineId }, query: { limit: VERSIONS, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
    staleTime: 0,
  });

/** Saves over a revision that was seen. Errors: `REVISION_OUTDATED`, where somebody saved since. */
export const saveDocument = async (pipelineId: string, { document, revision }: Stored): Promise<Pipeline> =>
  resultOf(
    api.PUT('/api/v1/pipelines/{pipelineId}/document', {
      params: { path: { pipelineId }, header: { 'if-match': `"${revision}"` } },
      body: document,
    }),
  );

export const isConflict = (error: unknown): boolean => error instanceof PenstockError && error.status === 412;

const noteOf = (note: string): { note?: string } => (note.trim() === '' ? {} : { note: note.trim() });

export const releaseDesign = (pipelineId: string, revision: number, note: string) =>
  resultOf(
    api.POST('/api/v1/pipelines/{pipelineId}/release', {
      params: { path: { pipelineId } },
      body: { expectedRevision: revision, ...noteOf(note) },
    }),
  );

export const restoreVersion = (pipelineId: string, version: number, revision: number) =>
  resultOf(
    api.POST('/api/v1/pipelines/{pipelineId}/versions/{version}/restore', {
      params: { path: { pipelineId, version } },
      body: { expectedRevision: revision },
    }),
  );
