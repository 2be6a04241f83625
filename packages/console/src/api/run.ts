import { type Pipeline, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { isObject } from '../document/json.ts';
import { api } from './client.ts';
import { after, PAGED } from './paging.ts';
import { OF_STAGES } from './pipelines.ts';

const HOUR_MS = 3600_000;
/** How much of the past is drawn. */
const RANGES = { hour: HOUR_MS, shift: 8 * HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
export type SeriesRange = keyof typeof RANGES;
export const SERIES_RANGES = Object.keys(RANGES) as readonly SeriesRange[];

/** What is looked at on the page of a pipeline; it stands in the address. */
export interface RunSearch {
  /** The stage whose figures are drawn; absent: the whole pipeline's. */
  readonly stage?: string;
  /** Absent: an hour. */
  readonly range?: SeriesRange;
}

/** From an address; what is not one of them is left out. */
export const readRunSearch = ({ stage, range }: Readonly<Record<string, unknown>>): RunSearch => {
  const known = SERIES_RANGES.find((each) => each === range);
  return {
    ...((typeof stage === 'string' || typeof stage === 'number') && String(stage) !== ''
      ? { stage: String(stage) }
      : {}),
    ...(known === undefined || known === 'hour' ? {} : { range: known }),
  };
};

/** At most so many points are drawn of a line. */
const POINTS = 300;

const timesOf = (range: SeriesRange) => {
  const to = Date.now();
  return { from: to - RANGES[range], to, points: POINTS };
};

const EVENTS = 50;

/**
 * The stages a run works by: those of the released version, or of the design copy where nothing is released. The form of
 * a template stands for stages, which were frozen with its release.
 */
export const documentQuery = (pipeline: Pipeline) => {
  const { pipelineId, version, revision } = pipeline;
  return queryOptions({
    queryKey: ['document', pipelineId, version, version === null ? revision : null],
    queryFn: (): Promise<unknown> =>
      version === null ? designedStages(pipeline) : releasedStages(pipelineId, version),
    staleTime: Number.POSITIVE_INFINITY,
  });
};

const releasedStages = (pipelineId: string, version: number): Promise<unknown> =>
  resultOf(
    api.GET('/api/v1/pipelines/{pipelineId}/versions/{version}', {
      params: { path: { pipelineId, version }, query: { compiled: true } },
    }),
  );

/** A form with errors stands for none yet. */
const designedStages = async ({ orgId, pipelineId, templateType, messageChannel }: Pipeline): Promise<unknown> => {
  const document = await resultOf(
    api.GET('/api/v1/pipelines/{pipelineId}/document', {
      params: { path: { pipelineId }, query: { released: false } },
    }),
  );
  if (templateType === OF_STAGES || !isObject(document)) return document;
  const channel = messageChannel === 1 ? 1 : 0;
  const body = { document, templateType, orgId, messageChannel: channel } as const;
  const answer = await api.POST('/api/v1/validate', { body });
  // Whoever may not design may not try either: they see the stages when there is a release.
  return answer.response.status === 403 ? {} : ((await resultOf(Promise.resolve(answer))).compiled ?? {});
};

/** Counts of the whole pipeline per step of time, with what happened meanwhile. */
export const seriesQuery = (pipelineId: string, range: SeriesRange) =>
  queryOptions({
    queryKey: ['series', pipelineId, range],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/series', {
          params: { path: { pipelineId }, query: timesOf(range) },
        }),
      ),
    placeholderData: (before) => before,
  });

/** Counts of each stage, each connection and each part of the plan per step of time. */
export const stageSeriesQuery = (pipelineId: string, range: SeriesRange) =>
  queryOptions({
    queryKey: ['stage-series', pipelineId, range],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/stage-series', {
          params: { path: { pipelineId }, query: timesOf(range) },
        }),
      ),
    placeholderData: (before) => before,
  });

/** What holds the running pipeline back. */
export const bottleneckQuery = (pipelineId: string) =>
  queryOptions({
    queryKey: ['bottleneck', pipelineId],
    queryFn: () => resultOf(api.GET('/api/v1/pipelines/{pipelineId}/bottleneck', { params: { path: { pipelineId } } })),
  });

/** What happened, newest first, page by page. */
export const eventsQuery = (pipelineId: string) =>
  infiniteQueryOptions({
    queryKey: ['events', pipelineId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/events', {
          params: {
            path: { pipelineId },
            query: { limit: EVENTS, ...after(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });
