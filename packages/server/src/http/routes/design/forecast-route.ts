import { hasErrors, type JsonObject } from '@penstock/model';
import { messageChannelSchema, releaseForecastSchema } from '@penstock/model/messages';
import { Type } from 'typebox';
import { forecastRelease } from '../../../lifecycle/forecast-release.ts';
import { hideSecrets } from '../../../pipelines/hide-secrets.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { limitIssues } from '../../plugins/limit-issues.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { refusePreview } from '../../plugins/preview-errors.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { bearer, nullable, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { compileFor, type DesignRouteDeps, ownedBy, subjectOf } from './design-subject.ts';

const forecastSchema = nameSchema('ReleaseForecast', releaseForecastSchema);

/** Asked before a release: what it would do to state and offsets. */
export const registerForecast = (app: ApiInstance, deps: DesignRouteDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/release-forecast',
    {
      config: { permission: 'pipelines.design' },
      bodyLimit: deps.bodyBytes,
      schema: {
        tags: ['Design'],
        security: bearer,
        summary:
          'What the next start of a document would do to state, waiting records and positions; nothing is changed',
        params: pipelineParams,
        body: Type.Object({
          document: Type.Optional(
            Type.Unsafe<JsonObject>({
              type: 'object',
              description:
                'The document to be released; the design copy where there is none. Masked secrets keep their value.',
            }),
          ),
          messageChannel: Type.Optional(messageChannelSchema),
        }),
        response: responses(
          {
            200: Type.Object({
              issues: Type.Array(issueSchema),
              forecast: nullable(forecastSchema),
            }),
          },
          413,
          422,
          429,
          503,
        ),
      },
    },
    async (request) => {
      const { document, messageChannel } = request.body;
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const subject = await subjectOf(deps, request, { pipelineId, ...(document === undefined ? {} : { document }) });
      if (subject.issue !== undefined) return { issues: [subject.issue], forecast: null };
      const facts = { ...subject.facts, ...(messageChannel === undefined ? {} : { messageChannel }) };
      const checked = await compileFor(deps, subject.document, { ...facts, templateType: subject.templateType });
      const issues = limitIssues(checked.issues);
      if (hasErrors(checked.issues)) return { issues, forecast: null };
      const grants = await ownedBy(deps, orgId, [subject.document]);
      const next = { document: checked.document ?? subject.document, facts: { ...facts, ...grants } };
      const forecast = await forecastRelease(deps, { orgId, pipelineId }, next).catch(refusePreview);
      if ('failure' in forecast) {
        const { code, message } = forecast.failure;
        throw new ApiError(code.startsWith('KAFKA_') ? 503 : 422, code, hideSecrets(message, subject.document));
      }
      const { states, cuts, positions, refusals } = forecast;
      const lists = { states: [...states], cuts: [...cuts], positions: [...positions], refusals: [...refusals] };
      return { issues, forecast: { isKept: forecast.isKept, ...lists } };
    },
  );
};
