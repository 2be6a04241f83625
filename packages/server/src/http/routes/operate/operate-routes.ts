import { Type } from 'typebox';
import { pausePipeline, stopPipeline } from '../../../lifecycle/change-desired.ts';
import { releasePipeline } from '../../../lifecycle/release-pipeline.ts';
import { deleteStageState, getStageState } from '../../../lifecycle/stage-state.ts';
import { getStartOptions } from '../../../lifecycle/start-options.ts';
import { startPipeline } from '../../../lifecycle/start-pipeline.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { bearer, pipelineParams, responses } from '../../plugins/schemas.ts';
import { command } from '../pipelines/command-body.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { pipelineDetailSchema } from '../pipelines/pipeline-schemas.ts';
import { getDetail } from '../pipelines/pipeline-views.ts';
import { commandBody, commandTarget, startFields, startOptionsSchema } from './operate-schemas.ts';

const base = { tags: ['Operation'], security: bearer };
const MAX_IDS = 1000;
const ids = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: MAX_IDS });
const stageQuery = {
  stage: Type.String({ minLength: 1, maxLength: 1000, description: 'Instance name of the stage.' }),
  assetIds: ids,
  pointIds: ids,
};

/** Commands of the pipelines' life cycle. Each answers when the wish is written; what came of it is the state. */
export const registerOperateRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  registerReleaseAndStart(app, deps);
  registerEnding(app, deps);
  registerStageState(app, deps);
};

const registerReleaseAndStart = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/release',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Put the design copy online as the next version',
        params: pipelineParams,
        body: commandBody,
        response: responses(
          {
            200: Type.Object({
              version: Type.Integer(),
              issues: Type.Array(issueSchema, { description: 'What a start would refuse, and what is worth knowing.' }),
              pipeline: pipelineDetailSchema,
            }),
          },
          409,
          412,
        ),
      },
    },
    async (request) => {
      const target = await commandTarget(deps, request, request.params.pipelineId, request.body);
      const { version, issues } = await releasePipeline(deps, target);
      return { version, issues: limitIssues(issues), pipeline: await getDetail(deps, target.orgId, target.pipelineId) };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/start-options',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'What to know before a start: suggested rate, what is left of the quota, allowed parameters',
        params: pipelineParams,
        response: responses({ 200: startOptionsSchema }),
      },
    },
    async (request) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const { last, ...options } = await getStartOptions(deps, target);
      return {
        ...options,
        commands: [...options.commands],
        modes: options.modes.map((mode) => ({ ...mode, resources: [...mode.resources] })),
        advanced: [...options.advanced],
        last: last === null ? null : { ...last, resourceConfig: JSON.parse(last.resourceConfig) as unknown },
      };
    },
  );
  void app.post(
    '/pipelines/:pipelineId/start',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Start the released version',
        params: pipelineParams,
        body: Type.Object({ ...command, ...startFields }),
        response: responses(
          { 200: Type.Object({ runId: Type.String(), pipeline: pipelineDetailSchema }) },
          409,
          412,
          422,
        ),
      },
    },
    async (request) => {
      const target = await commandTarget(deps, request, request.params.pipelineId, request.body);
      const { runId } = await startPipeline(deps, target, request.body);
      return { runId, pipeline: await getDetail(deps, target.orgId, target.pipelineId) };
    },
  );
};

const ended = responses({ 200: pipelineDetailSchema }, 409, 412);

const registerEnding = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/pause',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Commit what is under way and end the worker; state and offsets are kept',
        params: pipelineParams,
        body: commandBody,
        response: ended,
      },
    },
    async (request) => {
      const target = await commandTarget(deps, request, request.params.pipelineId, request.body);
      await pausePipeline(deps, target);
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );
  void app.post(
    '/pipelines/:pipelineId/stop',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'As pause, then clear state and offsets',
        params: pipelineParams,
        body: commandBody,
        response: ended,
      },
    },
    async (request) => {
      const target = await commandTarget(deps, request, request.params.pipelineId, request.body);
      await stopPipeline(deps, target);
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );
};

const registerStageState = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/stage-state',
    {
      config: { permission: 'data.read' },
      schema: {
        ...base,
        summary: 'What a stage keeps for some assets and points, as it was committed last',
        params: pipelineParams,
        body: Type.Object(stageQuery),
        response: responses({ 200: Type.Object({ items: Type.Array(Type.Unsafe<unknown>({ type: 'object' })) }) }, 503),
      },
    },
    async (request) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const { stage, assetIds, pointIds } = request.body;
      return { items: [...(await getStageState(deps, target, { stageInstanceName: stage, assetIds, pointIds }))] };
    },
  );
  void app.post(
    '/pipelines/:pipelineId/stage-state/delete',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Delete what a stage keeps for some assets and points, while the pipeline is paused',
        params: pipelineParams,
        body: Type.Object({ ...stageQuery, ...command }),
        response: responses({ 200: Type.Object({ deleted: Type.Integer() }) }, 409, 412, 503),
      },
    },
    async (request) => {
      const target = await commandTarget(deps, request, request.params.pipelineId, request.body);
      const { stage, assetIds, pointIds } = request.body;
      return deleteStageState(deps, target, { stageInstanceName: stage, assetIds, pointIds });
    },
  );
};
