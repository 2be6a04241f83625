import { Type } from 'typebox';
import { readSeries, type SeriesMarker } from '../../../history/read-series.ts';
import { STEPS, stepOf } from '../../../history/series.ts';
import { sampleStepAt } from '../../../upkeep/thin-samples.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, pipelineParams, responses, time } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

const HOUR_MS = 3600_000;
const counted = (what: string) => nullable(Type.Integer({ description: `${what}; null where it is not known.` }));

const pointSchema = Type.Object({
  at: time('Begin of the step'),
  recordsIn: counted('Records read in the step'),
  recordsOut: counted('Records written'),
  errors: counted('Error records'),
  dropped: counted('Records dropped for a stated reason'),
  lag: Type.Integer({ description: 'At the end of the step.' }),
  offset: Type.Integer({ description: 'Sum of committed offsets at the end of the step.' }),
  rssMb: Type.Integer(),
  workers: Type.Integer({ description: 'Workers in the step: more than one where one was replaced.' }),
});
const KINDS = ['start', 'running', 'end', 'worker', 'release', 'rate', 'pause', 'stop', 'reset'] as const;
const markerSchema = Type.Object({
  at: time('When'),
  kind: Type.Unsafe<SeriesMarker['kind']>({
    type: 'string',
    enum: [...KINDS],
    description: '`worker`: another one goes on. `end` has a code where the run failed.',
  }),
  runId: nullable(Type.String()),
  code: nullable(Type.String()),
  message: nullable(Type.String()),
});
const seriesSchema = nameSchema(
  'Series',
  Type.Object({
    from: time('Begin of the range'),
    to: time('Its end, not included'),
    stepMs: Type.Integer({ description: 'Length of a step. A step without a point: nothing was sampled.' }),
    points: Type.Array(pointSchema),
    markers: Type.Array(markerSchema),
    keptFrom: nullable(time('Oldest sample that is kept; null: none')),
    cutBefore: nullable(time('What lies before this time is left out, for it is too much; null: nothing')),
  }),
);

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
        querystring: Type.Object({
          from: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix ms. Default: an hour before `to`.' })),
          to: Type.Optional(Type.Integer({ minimum: 0, description: 'Unix ms. Default: now.' })),
          points: Type.Integer({ minimum: 1, maximum: 1000, default: 300, description: 'At most so many steps.' }),
        }),
        response: responses({ 200: seriesSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const now = deps.clock.now();
      const { to = now + 1, points } = request.query;
      const { from = Math.max(0, to - HOUR_MS) } = request.query;
      if (from >= to) throw new ApiError(400, 'REQUEST_INVALID', '"from" must be before "to".');
      const stepMs = stepOf({ from, to }, points, sampleStepAt(now - from));
      if (stepMs === undefined) throw new ApiError(400, 'REQUEST_INVALID', tooLong(points));
      const { points: steps, markers, ...kept } = await readSeries(deps.store.db, pipelineId, { from, to, stepMs });
      return { from, to, stepMs, points: [...steps], markers: [...markers], ...kept };
    },
  );
};

const tooLong = (points: number): string =>
  `The range is too long for ${points} points: steps are ${(STEPS.at(-1) ?? 0) / HOUR_MS} hours at most. Ask for less, or for more points.`;
