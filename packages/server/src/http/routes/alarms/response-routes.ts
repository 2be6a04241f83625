import { Type } from 'typebox';
import { acknowledgeAlarm } from '../../../alarms/respond/acknowledge-alarm.ts';
import { MAX_SHELF_MINUTES, shelveAlarm, unshelveAlarm } from '../../../alarms/respond/shelve-alarm.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { bearer, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import type { AlarmRouteDeps } from './alarm-route-deps.ts';
import { responseNote, ruleSchema } from './alarm-schemas.ts';

const base = { tags: ['Alarms'], security: bearer };
const params = Type.Object({ ...pipelineParams.properties, rule: ruleSchema });
const done = Type.Null({ description: 'Done.' });

/** What people say to an alarm: that they know, and that they want to hear nothing of it for a while. */
export const registerResponseRoutes = (app: ApiInstance, deps: AlarmRouteDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/alarms/:rule/acknowledge',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Say that an alarm that was raised is known, until it is raised again',
        params,
        body: Type.Object({ note: responseNote }, { additionalProperties: false }),
        response: responses({ 204: done }, 409),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      await acknowledgeAlarm(deps, { ...target, note: request.body.note.toWellFormed() }, request.params.rule);
      return reply.code(204).send(null);
    },
  );
  void app.post(
    '/pipelines/:pipelineId/alarms/:rule/shelve',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Put an alarm aside for a while: it goes on watching, and nobody is told of it',
        description: 'When the time is over, or `unshelve` ends it, what is open by then and was not told is told.',
        params,
        body: Type.Object(
          {
            minutes: Type.Integer({ minimum: 1, maximum: MAX_SHELF_MINUTES, description: 'For how long, from now.' }),
            note: responseNote,
          },
          { additionalProperties: false },
        ),
        response: responses({ 204: done }),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      const { minutes, note } = request.body;
      await shelveAlarm(deps, { ...target, note: note.toWellFormed() }, request.params.rule, minutes);
      return reply.code(204).send(null);
    },
  );
  void app.post(
    '/pipelines/:pipelineId/alarms/:rule/unshelve',
    {
      config: { permission: 'pipelines.operate' },
      schema: {
        ...base,
        summary: 'Take an alarm back before its time; one that is not shelved stays as it is',
        params,
        response: responses({ 204: done }),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      await unshelveAlarm(deps, target, request.params.rule);
      return reply.code(204).send(null);
    },
  );
};
