import { AppError, type Issue } from '@penstock/model';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { TooManyFailuresError } from '../../auth/authenticate.ts';
import { GatewayError } from '../../auth/gateway-error.ts';
import { type ErrorKind, UseCaseError } from '../../use-case/use-case.ts';
import { limitIssues, MAX_TOLD_ISSUES } from './limit-issues.ts';
import { problem } from './problem.ts';

/** An error of this API itself, with the HTTP status it travels with. */
export class ApiError extends AppError {
  readonly status: number;

  constructor(status: number, code: string, message: string, params: Readonly<Record<string, unknown>> = {}) {
    super(code, message, {
      domain: status >= 500 ? 'external' : 'user',
      retryable: status === 429 || status === 503,
      params,
    });
    this.name = 'ApiError';
    this.status = status;
  }
}

const STATUS_OF: Record<ErrorKind, number> = {
  'not-found': 404,
  conflict: 409,
  outdated: 412,
  invalid: 400,
  forbidden: 403,
  quota: 409,
  unavailable: 503,
};

/** Of what was sent, form and words are right and the contents are not. */
const WITH_ISSUES: ReadonlySet<string> = new Set(['DOCUMENT_INVALID', 'ASSETS_INVALID', 'LIBRARY_INVALID']);

/** Turns whatever was thrown into a problem body. Only what nobody foresaw is logged, once, here. */
export const handleError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { status, code, message, params, issues } = describe(error);
  if (status >= 500) request.log.error({ err: error, code }, 'request failed');
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 429)
    reply.header('retry-after', String(error instanceof TooManyFailuresError ? error.waitSeconds : 1));
  return reply.code(status).send(problem(request, code, message, { params, issues }));
};

interface Description {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly issues: readonly Issue[];
}

const describe = (error: unknown): Description => {
  if (error instanceof UseCaseError) {
    const { code, message, params, issues } = error;
    const status = WITH_ISSUES.has(error.code) ? 422 : STATUS_OF[error.kind];
    return { status, code, message, params, issues };
  }
  if (error instanceof GatewayError) {
    return {
      status: 401,
      code: 'NOT_AUTHENTICATED',
      message: error.message,
      params: { status: error.status },
      issues: [],
    };
  }
  if (error instanceof TooManyFailuresError) {
    return { status: 429, code: error.code, message: error.message, params: {}, issues: [] };
  }
  if (error instanceof ApiError) {
    return { status: error.status, code: error.code, message: error.message, params: error.params, issues: [] };
  }
  if (error instanceof AppError && error.domain === 'external') {
    return { status: 503, code: error.code, message: error.message, params: error.params, issues: [] };
  }
  if (error instanceof AppError && error.domain === 'user') {
    return { status: 400, code: error.code, message: error.message, params: error.params, issues: [] };
  }
  return isFastifyError(error) ? describeHttp(error) : INTERNAL;
};

const INTERNAL: Description = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'Something went wrong in the service; its log says more under this request id.',
  params: {},
  issues: [],
};

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && ('statusCode' in error || 'validation' in error);

const describeHttp = (error: FastifyError): Description => {
  if (error.validation !== undefined) {
    const issues = error.validation.slice(0, MAX_TOLD_ISSUES).map((found): Issue => {
      const path = `${found.instancePath}${missingOf(found.params)}`;
      return {
        code: 'REQUEST_INVALID',
        severity: 'error',
        path,
        message: `${error.validationContext ?? 'request'}${path}: ${found.message ?? 'is invalid'}`,
      };
    });
    const message = limitIssues(issues)[0]?.message ?? 'The request is invalid.';
    return { status: 400, code: 'REQUEST_INVALID', message, params: {}, issues };
  }
  const status = error.statusCode ?? 500;
  if (status >= 500) return INTERNAL;
  const code = status === 413 ? 'BODY_TOO_LARGE' : status === 415 ? 'MEDIA_TYPE_UNSUPPORTED' : 'REQUEST_INVALID';
  return { status, code, message: error.message, params: {}, issues: [] };
};

const missingOf = (params: Readonly<Record<string, unknown>>): string =>
  typeof params.missingProperty === 'string' ? `/${params.missingProperty}` : '';
