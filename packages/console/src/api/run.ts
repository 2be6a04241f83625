import { resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { after, PAGED } from './paging.ts';

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

/** The document a run works by: the released version, or the design copy where nothing is released. */
export const documentQuery = (pipelineId: string, version: number | null, revision: number) =>
  queryOptions({
    queryKey: ['document', pipelineId, version, version === null ? revision : null],
    queryFn: (): Promise<unknown> =>
      resultOf(
        api.GET('/api/v1/pipelines/{pipelineId}/document', {
          params: { path: { pipelineId }, query: { released: version !== null } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

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
