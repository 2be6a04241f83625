import { readBottleneck } from '../../../history/read-bottleneck.ts';
import { readSeries } from '../../../history/read-series.ts';
import { readStageSeries } from '../../../history/read-stage-series.ts';
import { type SeriesRange, STEPS, stepOf } from '../../../history/series.ts';
import { sampleStepAt, stageSampleStepAt } from '../../../upkeep/thin-samples.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { bottleneckSchema, rangeQuery, seriesSchema, stageSeriesSchema } from './series-schemas.ts';

const HOUR_MS = 3600_000;
/** Counters over time. */
export const registerSeriesRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/series',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Counts per step of time, right over restarts, with what happened meanwhile',
        params: pipelineParams,
        querystring: rangeQuery,
        response: responses({ 200: seriesSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const range = rangeOf(request.query, deps.clock.now(), sampleStepAt);
      const { points, markers, ...kept } = await readSeries(deps.store.db, pipelineId, range);
      return { ...range, points: [...points], markers: [...markers], ...kept };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/stage-series',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Counts of each stage and edge per step of time: records, errors, dropped, busy time',
        params: pipelineParams,
        querystring: rangeQuery,
        response: responses({ 200: stageSeriesSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const range = rangeOf(request.query, deps.clock.now(), stageSampleStepAt);
      return { ...range, ...(await readStageSeries(deps.store.db, pipelineId, range)) };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/bottleneck',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'What holds the running pipeline back: a stage, commits, its rate, reading, or nothing',
        params: pipelineParams,
        response: responses({ 200: bottleneckSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { shares, limit, params, ...found } = await readBottleneck(deps.store.db, pipelineId, deps.clock.now());
      return {
        ...found,
        params: { ...params },
        limit: limit === null ? null : { ...limit },
        shares: shares.map((each) => ({ ...each })),
      };
    },
  );
};

/** `stepAt`: how far apart what is kept of an age is. Errors: `REQUEST_INVALID`. */
const rangeOf = (
  query: { readonly from?: number; readonly to?: number; readonly points: number },
  now: number,
  stepAt: (ageMs: number) => number,
): SeriesRange => {
  const { to = now + 1, points } = query;
  const { from = Math.max(0, to - HOUR_MS) } = query;
  if (from >= to) throw new ApiError(400, 'REQUEST_INVALID', '"from" must be before "to".');
  const stepMs = stepOf({ from, to }, points, stepAt(now - from));
  if (stepMs === undefined) throw new ApiError(400, 'REQUEST_INVALID', tooLong(points));
  return { from, to, stepMs };
};

const tooLong = (points: number): string =>
  `The range is too long for ${points} points: steps are ${(STEPS.at(-1) ?? 0) / HOUR_MS} hours at most. Ask for less, or for more points.`;
