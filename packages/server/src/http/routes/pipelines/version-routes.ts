import { ORIGIN_TEMPLATE } from '@penstock/operators';
import { Type } from 'typebox';
import { getVersion, listVersions } from '../../../pipelines/read-pipelines.ts';
import { revertPipeline } from '../../../pipelines/revert-pipeline.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { pageOfArray } from '../../plugins/cursor.ts';
import { bearer, pageOf, pageQuery, pipelineParams, responses } from '../../plugins/schemas.ts';
import { command, withCommand } from './command-body.ts';
import { anyDocument, sendDocument, targetOf } from './pipeline-routes.ts';
import { pipelineDetailSchema, versionSchema } from './pipeline-schemas.ts';
import { getDetail } from './pipeline-views.ts';

const base = { tags: ['Pipelines'], security: bearer };
const versionParams = Type.Object({ ...pipelineParams.properties, version: Type.Integer({ minimum: 1 }) });

/** Released versions: listing them, reading one, going back to one. */
export const registerVersionRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/versions',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Released versions, newest first',
        params: pipelineParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(versionSchema) }),
      },
    },
    async (request) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      return pageOfArray(await listVersions(deps, target), request.query);
    },
  );
  void app.get(
    '/pipelines/:pipelineId/versions/:version',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'The document of a released version, secrets masked',
        params: versionParams,
        querystring: Type.Object({
          compiled: Type.Optional(
            Type.Boolean({
              description:
                'Of a template: the document of stages that its form was compiled to when it was released, which is what runs; an empty object where it could not be compiled.',
            }),
          ),
        }),
        response: responses({ 200: anyDocument }),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const version = await getVersion(deps, { ...target, number: request.params.version });
      const isForm = version.templateType !== ORIGIN_TEMPLATE;
      return sendDocument(
        reply,
        request.query.compiled === true && isForm ? (version.compiled ?? '{}') : version.document,
      );
    },
  );
  void app.post(
    '/pipelines/:pipelineId/versions/:version/restore',
    {
      config: { permission: 'pipelines.design' },
      schema: {
        ...base,
        summary: 'Make the design copy what was released as this version; a release puts it online',
        params: versionParams,
        body: Type.Object(command),
        response: responses({ 200: pipelineDetailSchema }, 412),
      },
    },
    async (request) => {
      const target = withCommand(await targetOf(deps, request, request.params.pipelineId), request.body);
      await revertPipeline(deps, target, request.params.version);
      return getDetail(deps, target.orgId, target.pipelineId);
    },
  );
};
