import { GatewayCode, isJsonObject } from '@penstock/model';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createFailureLimiter, networkOf } from '../../auth/failure-limiter.ts';
import { BUSINESS, GatewayError } from '../../auth/gateway-error.ts';
import { type AccessToken, type AuthDeps, getToken, refreshToken } from '../../auth/token-service.ts';
import { createRequestLimiter } from '../plugins/request-limiter.ts';
import { sendText } from './answer-call.ts';
import { tokenSchemas } from './enos-schemas.ts';
import { parseBody } from './request-body.ts';

/** Credentials are in the body here, so that strangers do send one: four short fields. */
const MAX_TOKEN_REQUEST_BYTES = 8 * 1024;

const WINDOW_MS = 60_000;

/** Per minute. Clients keep a token for two hours, so both are far above what honest ones need. */
export interface TokenLimits {
  /** Wrong requests for one access key from one network: nobody is locked out by what others send in his name. */
  readonly failuresPerKey: number;
  /** Requests of one network, right or wrong. */
  readonly perAddress: number;
}

/** The token service of contract B.2. */
export const registerTokenRoutes = (scope: FastifyInstance, deps: AuthDeps, limits: TokenLimits): void => {
  const failures = createFailureLimiter(deps.clock, { limit: limits.failuresPerKey, windowMs: WINDOW_MS });
  const perAddress = createRequestLimiter(deps.clock, { limit: limits.perAddress, windowMs: WINDOW_MS });

  const answer =
    (act: (deps: AuthDeps, body: unknown) => Promise<AccessToken>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      try {
        const body = parseBody(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
        const given = body.ok && isJsonObject(body.value) ? body.value.appKey : undefined;
        const network = networkOf(request.ip);
        const name = `${typeof given === 'string' ? given.slice(0, 64) : ''} ${network}`;
        const waitSeconds = Math.max(perAddress.admit(network), failures.waitSeconds(name));
        if (waitSeconds > 0) return tooMany(reply, waitSeconds);
        if (!body.ok) throw new GatewayError(GatewayCode.ParamInvalid, body.problem);
        const data = await act(deps, body.value).catch((error: unknown) => {
          if (error instanceof GatewayError) failures.failed(name);
          throw error;
        });
        return sendText(reply, 200, JSON.stringify({ status: 0, msg: 'SUCCESS', business: BUSINESS, data }));
      } catch (error) {
        if (!(error instanceof GatewayError)) request.log.error({ err: error }, 'token request failed');
        const failure = error instanceof GatewayError ? error : new GatewayError(GatewayCode.Internal);
        return sendText(reply, failure.httpStatus, JSON.stringify(failure.body));
      }
    };

  scope.post(
    '/apim-token-service/v2.0/token/get',
    { schema: tokenSchemas.get, bodyLimit: MAX_TOKEN_REQUEST_BYTES },
    answer(getToken),
  );
  scope.post(
    '/apim-token-service/v2.0/token/refresh',
    { schema: tokenSchemas.refresh, bodyLimit: MAX_TOKEN_REQUEST_BYTES },
    answer(refreshToken),
  );
};

/** HTTP 429 in the gateway's envelope. */
export const tooMany = (
  reply: FastifyReply,
  waitSeconds: number,
  message = `Too many token requests. Try again in ${waitSeconds} s.`,
): FastifyReply => {
  const failure = new GatewayError(GatewayCode.Internal, message);
  return sendText(reply.header('retry-after', String(waitSeconds)), 429, JSON.stringify(failure.body));
};
