import type { LogText } from '@penstock/modes';
import { type TSchema, Type } from 'typebox';
import { findRun } from '../../../history/list-runs.ts';
import type { RunLogs } from '../../../logs/run-logs.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { runUnknown } from '../runs/run-routes.ts';
import { runParams } from '../runs/run-schemas.ts';

export type LogRouteDeps = UseCaseDeps & { readonly logs: RunLogs };

const logFileSchema = nameSchema(
  'LogFile',
  Type.Object({
    logId: Type.String(),
    role: Type.Union([
      Type.Literal('worker'),
      Type.Literal('submit'),
      Type.Literal('driver'),
      Type.Literal('executor'),
    ]),
    file: Type.String({ description: 'worker.log, spark.log, stdout, …' }),
    attempt: nullable(Type.Integer({ description: 'Attempt of the YARN application, from 1.' })),
    executorId: nullable(Type.String()),
    containerId: nullable(Type.String()),
    bytes: nullable(Type.Integer({ description: 'Size, where known.' })),
    source: Type.Union([Type.Literal('service'), Type.Literal('node')], {
      description: 'service: on its own disk; node: the cluster has it, and may forget it.',
    }),
  }),
);

/** The media type is part of the declaration, which TypeBox has no word for. */
const plainText = {
  description: 'The end of the log, secrets masked.',
  content: { 'text/plain': { schema: Type.String() } },
} as unknown as TSchema;

const listSchema = Type.Object({
  runId: nullable(Type.String()),
  files: Type.Array(logFileSchema),
  troubles: Type.Array(Type.String(), { description: 'Why there may be more than is listed.' }),
});
const logId = Type.String({ minLength: 1, maxLength: 250, description: 'As the list has it.' });
const tailQuery = Type.Object({
  tailBytes: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 65_536, description: 'Bytes at most.' }),
});
const base = { tags: ['Pipelines'], security: bearer };

/** Logs of a pipeline's runs, for whoever may see its data. */
export const registerLogRoutes = (app: ApiInstance, deps: LogRouteDeps): void => {
  registerLogsOfLastRun(app, deps);
  registerLogsOfRun(app, deps);
};

const registerLogsOfLastRun = (app: ApiInstance, deps: LogRouteDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/logs',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'Log files of the current or last run: of the worker, or of driver and executors',
        params: pipelineParams,
        response: responses({ 200: listSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      return listOf(deps, pipelineId);
    },
  );
  void app.get(
    '/pipelines/:pipelineId/logs/:logId',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'The end of a log file',
        params: Type.Object({ ...pipelineParams.properties, logId }),
        querystring: tailQuery,
        response: responses({ 200: plainText }, 503),
      },
    },
    async (request, reply) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { text } = await readLog(deps, pipelineId, request.params.logId, request.query.tailBytes);
      return reply.type('text/plain; charset=utf-8').send(text as never);
    },
  );
};

const registerLogsOfRun = (app: ApiInstance, deps: LogRouteDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/runs/:runId/logs',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'Log files of one run, as far as they are kept',
        params: runParams,
        response: responses({ 200: listSchema }),
      },
    },
    async (request) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      return listOf(deps, pipelineId, await requireRun(deps, pipelineId, request.params.runId));
    },
  );
  void app.get(
    '/pipelines/:pipelineId/runs/:runId/logs/:logId',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'The end of a log file of one run',
        params: Type.Object({ ...runParams.properties, logId }),
        querystring: tailQuery,
        response: responses({ 200: plainText }, 503),
      },
    },
    async (request, reply) => {
      const { pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const runId = await requireRun(deps, pipelineId, request.params.runId);
      const { text } = await readLog(deps, pipelineId, request.params.logId, request.query.tailBytes, runId);
      return reply.type('text/plain; charset=utf-8').send(text as never);
    },
  );
};

const requireRun = async (deps: LogRouteDeps, pipelineId: string, runId: string): Promise<string> => {
  if ((await findRun(deps.store.db, pipelineId, runId)) === undefined) throw runUnknown(runId);
  return runId;
};

const listOf = async (deps: LogRouteDeps, pipelineId: string, of?: string) => {
  const { runId, files, troubles } = await deps.logs.list(pipelineId, of);
  return { runId, files: [...files], troubles: [...troubles] };
};

const readLog = async (
  deps: LogRouteDeps,
  pipelineId: string,
  id: string,
  tailBytes: number,
  runId?: string,
): Promise<LogText> => {
  const found = await deps.logs.read(pipelineId, id, tailBytes, runId);
  if (found !== undefined) return found;
  const which = runId === undefined ? 'the last run' : 'that run';
  throw new ApiError(404, 'LOG_UNKNOWN', `There is no log "${id}" of ${which}; the list names those there are.`);
};
