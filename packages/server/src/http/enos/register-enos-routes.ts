import { GatewayCode } from '@penstock/model';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TooManyFailuresError } from '../../auth/authenticate.ts';
import { GatewayError } from '../../auth/gateway-error.ts';
import type { AuthDeps } from '../../auth/token-service.ts';
import { identifyCalls, rawQueryOf } from '../plugins/caller.ts';
import { answerCall, type EnosAnswer, type EnosContext, type EnosDeps, send, sendText } from './answer-call.ts';
import { parseQuery } from './enos-query.ts';
import { bodyInvalid, type EnosCall, unexpected } from './enos-reply.ts';
import { enosSchemas } from './enos-schemas.ts';
import { offsetLagCall, resetOffsetCall } from './offset-calls.ts';
import { operateActions, operatePipeline } from './operate-pipeline.ts';
import { detailsCall, listCall } from './read-pipeline-calls.ts';
import { stageStateCall } from './stage-state-calls.ts';
import { registerTokenRoutes, type TokenLimits, tooMany } from './token-routes.ts';

export interface EnosRoutesOptions {
  readonly deps: EnosDeps & AuthDeps;
  /** Largest request body. The document limit is checked apart, with a better message. */
  readonly bodyBytes: number;
  readonly tokenLimits: TokenLimits;
}

/** Room for some ten thousand assets and points. */
const MAX_LIST_BYTES = 1024 * 1024;

const BASE = '/streaming/v2.0';

/**
 * The eleven calls of contract A and the token service of B.2. Bodies are taken as bytes whatever their Content-Type:
 * the signature is over exactly them, and clients of this API name the type in several ways.
 */
export const registerEnosRoutes = async (app: FastifyInstance, options: EnosRoutesOptions): Promise<void> => {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    // The schemas describe; reading is more liberal than they are, and answers are already text.
    scope.setValidatorCompiler(() => () => true);
    scope.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
    scope.setErrorHandler(answerFrameworkError);
    registerTokenRoutes(scope, options.deps, options.tokenLimits);
    await scope.register(async (calls) => {
      identifyCalls(calls, options.deps.authenticate);
      registerCalls(calls, options);
    });
  });
};

type Run = (context: EnosContext) => Promise<EnosAnswer>;

const registerCalls = (scope: FastifyInstance, { deps, bodyBytes }: EnosRoutesOptions): void => {
  const fixed = (call: EnosCall, run: Run) => (request: FastifyRequest, reply: FastifyReply) =>
    answerCall(deps, request, reply, { callOf: () => call, run: (_, context) => run(context) });

  scope.get(`${BASE}/streaming/pipelines`, { schema: enosSchemas.list }, fixed('list', listCall));
  scope.get(`${BASE}/streaming/pipeline/:pipelineId`, { schema: enosSchemas.details }, fixed('details', detailsCall));
  scope.get(
    `${BASE}/streaming/pipeline/:pipelineId/offset-lag`,
    { schema: enosSchemas.offsetLag },
    fixed('offset-lag', offsetLagCall),
  );
  scope.post(
    `${BASE}/streaming/pipeline/:pipelineId/offset`,
    { schema: enosSchemas.resetOffset },
    fixed('reset-offset', resetOffsetCall),
  );
  scope.post(
    `${BASE}/streaming/pipeline/:pipelineId`,
    { schema: enosSchemas.operate, bodyLimit: bodyBytes },
    (request, reply) =>
      answerCall(deps, request, reply, { callOf: (query) => actionOf(query.text('action')), run: operatePipeline }),
  );
  const listBytes = Math.min(bodyBytes, MAX_LIST_BYTES);
  scope.post(`${BASE}/stage-state`, { schema: enosSchemas.stageState, bodyLimit: listBytes }, (request, reply) =>
    answerCall(deps, request, reply, {
      callOf: (query) => stageStateActionOf(query.text('action')),
      run: stageStateCall,
    }),
  );
};

const isOperateAction = (action: string): action is 'save' | 'release' | 'start' | 'pause' | 'stop' =>
  operateActions.has(action);

const actionOf = (action: string | undefined): EnosCall | undefined =>
  action !== undefined && isOperateAction(action) ? action : undefined;

const stageStateActionOf = (action: string | undefined): EnosCall | undefined =>
  action === 'get' ? 'stage-state-get' : action === 'delete' ? 'stage-state-delete' : undefined;

/** What is refused before a handler runs: strangers, and bodies that are too large, cut short, or of no sensible type. */
const answerFrameworkError = (
  error: FastifyError | GatewayError | TooManyFailuresError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply => {
  if (error instanceof TooManyFailuresError) return tooMany(reply, error.waitSeconds, error.message);
  if (error instanceof GatewayError) return sendText(reply, error.httpStatus, JSON.stringify(error.body));
  const isRequestFault = error.statusCode !== undefined && error.statusCode < 500;
  if (!isRequestFault) request.log.error({ err: error }, 'call failed');
  const problem =
    error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
      ? `The body is too large: at most ${request.routeOptions.bodyLimit} bytes are taken.`
      : `The request cannot be read: ${error.message}`;
  if (request.url.startsWith('/apim-token-service/')) {
    const failure = isRequestFault
      ? new GatewayError(GatewayCode.ParamInvalid, problem)
      : new GatewayError(GatewayCode.Internal);
    return sendText(reply, 200, JSON.stringify(failure.body));
  }
  const call = refusedCallOf(request);
  return send(request, reply, isRequestFault ? bodyInvalid(call, problem) : unexpected(call));
};

/** Only for choosing the code, so anything unclear is a call whose body does not matter. */
const refusedCallOf = (request: FastifyRequest): EnosCall => {
  const actions = new URLSearchParams(rawQueryOf(request)).getAll('action');
  if (request.url.startsWith(`${BASE}/stage-state`)) return 'stage-state-get';
  return actionOf(parseQuery(`action=${actions[0] ?? ''}`).text('action')) ?? 'list';
};
