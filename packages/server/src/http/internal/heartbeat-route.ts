import { HeartbeatRefusal, PROTOCOL_VERSION } from '@penstock/model';
import { heartbeatReplySchema, heartbeatSchema } from '@penstock/model/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  admitReporter,
  type Heard,
  type HeartbeatDeps,
  receiveHeartbeat,
} from '../../runs/heartbeat/receive-heartbeat.ts';
import { isPlausibleId } from '../../store/storable-text.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { problem, problemSchema } from '../plugins/problem.ts';

/** Room for some thousand tasks, a full set of events, and the records of a snapshot. */
const MAX_HEARTBEAT_BYTES = 8 * 1024 * 1024;

export interface HeartbeatRouteDeps extends HeartbeatDeps {
  /** Called when a worker has come to another phase. */
  readonly onPhase: () => void;
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
      // Before the body is read: it is large, and strangers must not have it looked at.
      onRequest: async (request, reply) => {
        const { runId } = request.params as { runId: string };
        const token = bearerOf(request);
        if (token === undefined) return refuse(request, reply, 'wrong-token');
        const admission = isPlausibleId(runId) ? await admitReporter(deps, runId, token) : 'unknown-run';
        if (admission !== 'admitted') return refuse(request, reply, admission);
      },
    },
    async (request, reply) => {
      const heartbeat = request.body;
      const { runId } = request.params;
      if (heartbeat.runId !== runId) return refuse(request, reply, 'wrong-token');
      const { protocol = 1 } = heartbeat;
      if (protocol > PROTOCOL_VERSION) {
        const message =
          `The worker speaks version ${protocol} of the protocol, this service version ${PROTOCOL_VERSION}: ` +
          'it was started by a newer version of Penstock. Update this instance.';
        const { status, code } = HeartbeatRefusal.VersionNewer;
        return reply.code(status).send(problem(request, code, message));
      }
      const heard = await receiveHeartbeat(deps, runId, bearerOf(request) ?? '', heartbeat);
      if (heard.kind !== 'answered') return refuse(request, reply, heard.kind);
      if (heard.phaseChanged) deps.onPhase();
      return reply.code(200).send(heard.reply);
    },
  );
};

const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];

const REFUSALS = {
  'unknown-run': { ...HeartbeatRefusal.RunUnknown, message: 'There is no such run.' },
  over: { ...HeartbeatRefusal.RunOver, message: 'The run is over.' },
  'wrong-token': { ...HeartbeatRefusal.TokenInvalid, message: 'The run token is missing or wrong.' },
} as const satisfies Record<Exclude<Heard['kind'], 'answered'>, object>;

const refuse = (request: FastifyRequest, reply: FastifyReply, why: keyof typeof REFUSALS): FastifyReply => {
  const { status, code, message } = REFUSALS[why];
  return reply.code(status).send(problem(request, code, message));
};
