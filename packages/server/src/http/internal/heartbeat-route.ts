import type { Heartbeat } from '@penstock/model';
import { Type } from 'typebox';
import { type HearDeps, hear } from '../../runs/hear.ts';
import { heartbeatReplySchema, heartbeatSchema } from '../../runs/heartbeat-schema.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { problem, problemSchema } from '../plugins/problem.ts';

/** Room for some thousand tasks and a full set of events. */
const MAX_HEARTBEAT_BYTES = 8 * 1024 * 1024;

export interface HeartbeatRouteDeps extends HearDeps {
  /** Called when a worker has come to another phase. */
  readonly onPhase: () => void;
}

/** Where workers report: bearer is the run's token. */
export const registerHeartbeatRoute = (app: ApiInstance, deps: HeartbeatRouteDeps): void => {
  void app.post(
    '/internal/v1/runs/:runId/heartbeat',
    {
      bodyLimit: MAX_HEARTBEAT_BYTES,
      logLevel: 'warn',
      schema: {
        hide: true,
        params: Type.Object({ runId: Type.String({ minLength: 1, maxLength: 100 }) }),
        body: heartbeatSchema,
        response: { 200: heartbeatReplySchema, 401: problemSchema, 404: problemSchema, 410: problemSchema },
      },
    },
    async (request, reply) => {
      const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
      const { runId } = request.params;
      const heartbeat = request.body as Heartbeat;
      if (token === undefined || heartbeat.runId !== runId) {
        return reply.code(401).send(problem(request, 'RUN_TOKEN_INVALID', 'The run token is missing or wrong.'));
      }
      const heard = await hear(deps, runId, token, heartbeat);
      switch (heard.kind) {
        case 'unknown-run':
          return reply.code(404).send(problem(request, 'RUN_UNKNOWN', 'There is no such run.'));
        case 'over':
          return reply.code(410).send(problem(request, 'RUN_OVER', 'The run is over.'));
        case 'wrong-token':
          return reply.code(401).send(problem(request, 'RUN_TOKEN_INVALID', 'The run token is missing or wrong.'));
        case 'answered':
          if (heard.phaseChanged) deps.onPhase();
          return reply.code(200).send(heard.reply);
      }
    },
  );
};
