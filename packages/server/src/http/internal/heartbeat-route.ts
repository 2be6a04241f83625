import { HeartbeatRefusal, PROTOCOL_VERSION } from '@penstock/model';
import { heartbeatReplySchema, heartbeatSchema } from '@penstock/model/messages';
import { Type } from 'typebox';
import { type HeartbeatDeps, receiveHeartbeat } from '../../runs/heartbeat/receive-heartbeat.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { problem, problemSchema } from '../plugins/problem.ts';
import { admitRun, bearerOf, refuseRun } from './run-token.ts';

/** Room for some thousand tasks, a full set of events, and the records of a snapshot. */
const MAX_HEARTBEAT_BYTES = 8 * 1024 * 1024;

export interface HeartbeatRouteDeps extends HeartbeatDeps {
  /** Called when a worker has come to another phase. */
  readonly onPhase: () => void;
  /** Told of every heartbeat that came, with the HTTP status of its answer. */
  readonly onHeard?: (status: number) => void;
}

/** Where workers report: bearer is the run's token. */
export const registerHeartbeatRoute = (app: ApiInstance, deps: HeartbeatRouteDeps): void => {
  void app.post(
    '/internal/v1/runs/:runId/heartbeat',
    {
      config: { permission: 'run-token' },
      bodyLimit: MAX_HEARTBEAT_BYTES,
      logLevel: 'warn',
      schema: {
        hide: true,
        params: Type.Object({ runId: Type.String({ minLength: 1, maxLength: 100 }) }),
        body: heartbeatSchema,
        response: {
          200: heartbeatReplySchema,
          401: problemSchema,
          409: problemSchema,
          404: problemSchema,
          410: problemSchema,
        },
      },
      onRequest: admitRun(deps),
      onResponse: async (_request, reply) => deps.onHeard?.(reply.statusCode),
    },
    async (request, reply) => {
      const heartbeat = request.body;
      const { runId } = request.params;
      if (heartbeat.runId !== runId) return refuseRun(request, reply, 'wrong-token');
      const { protocol = 1 } = heartbeat;
      if (protocol > PROTOCOL_VERSION) {
        const message =
          `The worker speaks version ${protocol} of the protocol, this service version ${PROTOCOL_VERSION}: ` +
          'it was started by a newer version of Penstock. Update this instance.';
        const { status, code } = HeartbeatRefusal.VersionNewer;
        return reply.code(status).send(problem(request, code, message));
      }
      const heard = await receiveHeartbeat(deps, runId, bearerOf(request) ?? '', heartbeat);
      if (heard.kind !== 'answered') return refuseRun(request, reply, heard.kind);
      if (heard.phaseChanged) deps.onPhase();
      return reply.code(200).send(heard.reply);
    },
  );
};
