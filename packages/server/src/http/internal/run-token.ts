import { HeartbeatRefusal } from '@penstock/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { admitReporter, type Heard, type HeartbeatDeps } from '../../runs/heartbeat/receive-heartbeat.ts';
import { isPlausibleId } from '../../store/storable-text.ts';
import { problem } from '../plugins/problem.ts';

/** The bearer token of a request. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];

const REFUSALS = {
  'unknown-run': { ...HeartbeatRefusal.RunUnknown, message: 'There is no such run.' },
  over: { ...HeartbeatRefusal.RunOver, message: 'The run is over.' },
  'wrong-token': { ...HeartbeatRefusal.TokenInvalid, message: 'The run token is missing or wrong.' },
} as const satisfies Record<Exclude<Heard['kind'], 'answered'>, object>;

/** Why the program of a run is not heard. */
export const refuseRun = (request: FastifyRequest, reply: FastifyReply, why: keyof typeof REFUSALS): FastifyReply => {
  const { status, code, message } = REFUSALS[why];
  return reply.code(status).send(problem(request, code, message));
};

/**
 * Lets in only who has the token of the run that the path names, and only while it is not over. For `onRequest`, before a
 * body is read: it may be large, and strangers must not have it looked at.
 */
export const admitRun =
  (deps: Pick<HeartbeatDeps, 'store'>) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { runId } = request.params as { runId: string };
    const token = bearerOf(request);
    if (token === undefined) return refuseRun(request, reply, 'wrong-token');
    const admission = isPlausibleId(runId) ? await admitReporter(deps, runId, token) : 'unknown-run';
    return admission === 'admitted' ? undefined : refuseRun(request, reply, admission);
  };
