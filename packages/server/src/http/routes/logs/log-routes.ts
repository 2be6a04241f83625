import { type TSchema, Type } from 'typebox';
import type { RunLogs } from '../../../logs/run-logs.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { bearer, nullable, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

export type LogRouteDeps = UseCaseDeps & { readonly logs: RunLogs };

const logFileSchema = Type.Object({
  logId: Type.String(),
  role: Type.Union([Type.Literal('worker'), Type.Literal('submit'), Type.Literal('driver'), Type.Literal('executor')]),
  file: Type.String({ description: 'worker.log, spark.log, stdout, …' }),
  attempt: nullable(Type.Integer({ description: 'Attempt of the YARN application, from 1.' })),
  executorId: nullable(Type.String()),
  containerId: nullable(Type.String()),
  bytes: nullable(Type.Integer({ description: 'Size, where known.' })),
  source: Type.Union([Type.Literal('service'), Type.Literal('node')], {
    description: 'service: on its own disk; node: the cluster has it, and may forget it.',
  }),
});

/** The media type is part of the declaration, which TypeBox has no word for. */
const plainText = {
  description: 'The end of the log, secrets masked.',
  content: { 'text/plain': { schema: Type.String() } },
} as unknown as TSchema;

/** Logs of a pipeline's current or last run, for whoever may see the pipeline. */
export const registerLogRoutes = (app: ApiInstance, deps: LogRouteDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/logs',
    {
      config: { permission: 'data.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Log files of the current or last run: of the worker, or of driver and executors',
        params: pipelineParams,
        response: responses({
          200: Type.Object({
            runId: nullable(Type.String()),
            files: Type.Array(logFileSchema),
            troubles: Type.Array(Type.String(), { description: 'Why there may be more than is listed.' }),
          }),
        }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { runId, files, troubles } = await deps.logs.list(pipelineId);
      return { runId, files: [...files], troubles: [...troubles] };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/logs/:logId',
    {
      config: { permission: 'data.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'The end of a log file',
        params: Type.Object({
          ...pipelineParams.properties,
          logId: Type.String({ minLength: 1, maxLength: 250, description: 'As the list has it.' }),
        }),
        querystring: Type.Object({
          tailBytes: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 65_536, description: 'Bytes at most.' }),
        }),
        response: responses({ 200: plainText }, 503),
      },
    },
    async (request, reply) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { logId } = request.params;
      const found = await deps.logs.read(pipelineId, logId, request.query.tailBytes);
      if (found === undefined)
        throw new ApiError(
          404,
          'LOG_UNKNOWN',
          `There is no log "${logId}" of the last run; the list names those there are.`,
        );
      return reply.type('text/plain; charset=utf-8').send(found.text as never);
    },
  );
};
