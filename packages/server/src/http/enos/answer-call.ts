import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataReads } from '../../audit/data-reads.ts';
import type { Authenticate } from '../../auth/authenticate.ts';
import { actorOf, type Caller, roleIn } from '../../auth/caller.ts';
import { GatewayError } from '../../auth/gateway-error.ts';
import { type Permission, roleMay } from '../../auth/permissions.ts';
import type { UseCaseDeps } from '../../use-case/use-case.ts';
import { confirmCaller, rawQueryOf } from '../plugins/caller.ts';
import { type EnosQuery, parseQuery } from './enos-query.ts';
import {
  type EnosCall,
  type EnosReply,
  ForeignOrganizationError,
  paramMissing,
  replyOf,
  unexpected,
} from './enos-reply.ts';

/** What the EnOS routes need beside the use cases. */
export interface EnosDeps extends UseCaseDeps {
  readonly authenticate: Authenticate;
  readonly reads: DataReads;
}

/** A call whose caller is known and may act for the organisation. */
export interface EnosContext {
  readonly deps: EnosDeps;
  readonly orgId: string;
  readonly actor: string;
  readonly query: EnosQuery;
  readonly rawBody: Buffer;
  readonly pipelineId: string;
}

/**
 * What a call answers: its `data`, whole text of `data` where a document must not be written anew, or a failure.
 */
export type EnosAnswer =
  | { readonly data: unknown; readonly submsg?: string }
  | { readonly dataText: string }
  | { readonly failure: EnosReply };

type CallOf = (query: EnosQuery) => EnosCall | undefined;

/**
 * Runs one call: authenticates it, checks the organisation, answers in the envelope of contract A.2 with HTTP 200;
 * 401 in the gateway's envelope for a call without good credentials, 403 for a foreign organisation.
 */
export const answerCall = async (
  deps: EnosDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  route: { readonly callOf: CallOf; readonly run: (call: EnosCall, context: EnosContext) => Promise<EnosAnswer> },
): Promise<FastifyReply> => {
  const rawQuery = rawQueryOf(request);
  const query = parseQuery(rawQuery);
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  let call: EnosCall = 'list';
  try {
    const caller = await confirmCaller(request, rawBody);
    const asked = route.callOf(query);
    if (asked === undefined)
      return send(request, reply, paramMissing('action', 'The query parameter "action" is missing or unknown.'));
    call = asked;
    const orgId = query.required('orgId');
    checkAccess(caller, orgId, call);
    const answer = await route.run(call, {
      deps,
      orgId,
      actor: actorOf(caller),
      query,
      rawBody,
      pipelineId: pipelineIdOf(request.params),
    });
    if ('failure' in answer) return send(request, reply, answer.failure);
    return 'dataText' in answer
      ? sendText(
          reply,
          200,
          `{"code":0,"msg":"OK","requestId":${JSON.stringify(request.id)},"data":${answer.dataText}}`,
        )
      : send(request, reply, { httpStatus: 200, body: { code: 0, msg: 'OK', ...answer } });
  } catch (error) {
    if (error instanceof GatewayError) return sendText(reply, error.httpStatus, JSON.stringify(error.body));
    const known = replyOf(error, call);
    if (known === undefined) request.log.error({ err: error, call }, 'call failed');
    return send(request, reply, known ?? unexpected(call));
  }
};

/** What the calls of contract A.1 ask of a role in the organisation. */
const PERMISSIONS: Readonly<Record<EnosCall, Permission>> = {
  list: 'pipelines.read',
  details: 'pipelines.read',
  'offset-lag': 'pipelines.read',
  'stage-state-get': 'data.read',
  save: 'pipelines.design',
  release: 'pipelines.design',
  start: 'pipelines.operate',
  pause: 'pipelines.operate',
  stop: 'pipelines.operate',
  'reset-offset': 'pipelines.operate',
  'stage-state-delete': 'pipelines.operate',
};

/** Organisations act for themselves, as far as the role of their key goes; the administrator for all. */
const checkAccess = (caller: Caller, orgId: string, call: EnosCall): void => {
  const role = roleIn(caller, orgId);
  if (role === undefined || !roleMay(role, PERMISSIONS[call])) throw new ForeignOrganizationError();
};

const pipelineIdOf = (params: unknown): string =>
  typeof params === 'object' && params !== null && 'pipelineId' in params ? String(params.pipelineId) : '';

/** `code`, `msg`, `requestId` and the rest, in the order of contract A.2. */
export const send = (request: FastifyRequest, reply: FastifyReply, { httpStatus, body }: EnosReply): FastifyReply => {
  const { code, msg, ...rest } = body;
  return sendText(reply, httpStatus, JSON.stringify({ code, msg, requestId: request.id, ...rest }));
};

export const sendText = (reply: FastifyReply, httpStatus: number, json: string): FastifyReply =>
  reply.code(httpStatus).header('content-type', 'application/json; charset=utf-8').send(json);
