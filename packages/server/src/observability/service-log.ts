import { AppError, messageOf } from '@penstock/model';
import { type DestinationStream, type Logger, pino } from 'pino';

/** The log of the service: JSON lines, credentials and what errors quote left out. */
export const createServiceLog = (level: string, destination?: DestinationStream): Logger => {
  const options = {
    name: 'penstock',
    level,
    redact: [
      'req.headers.authorization',
      'req.headers.cookie',
      'req.headers["apim-accesstoken"]',
      'req.headers["apim-signature"]',
      '*.password',
      '*.secretKey',
      '*.token',
    ],
    serializers: { err: describeError, req: describeRequest },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};

interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly ip: string;
}

/** A request as it is logged: without its query, in which links and providers send what signs somebody in. */
const describeRequest = ({ method, url, host, ip }: LoggedRequest): Record<string, unknown> => ({
  method,
  url: url.replace(/\?.*$/su, '?…'),
  host,
  remoteAddress: ip,
});

const MAX_CAUSES = 5;
const MAX_MESSAGE = 2000;

/**
 * An error as it is logged: what it is, where it was thrown, and its own message. Of causes the kind and the code, since
 * they come from libraries, whose messages quote what they were given.
 */
export const describeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { type: typeof error };
  const causes: Record<string, unknown>[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < MAX_CAUSES; cause = cause.cause)
    causes.push(kindOf(cause));
  return {
    ...kindOf(error),
    message: messageOf(error).slice(0, MAX_MESSAGE),
    ...('statement' in error ? { statement: error.statement } : {}),
    ...(error instanceof AppError ? { domain: error.domain } : {}),
    stack: framesOf(error),
    ...(causes.length === 0 ? {} : { causes }),
  };
};

const kindOf = (error: Error): Record<string, unknown> => ({
  type: error.name,
  ...('code' in error ? { code: error.code } : {}),
});

/** The places of a stack, without the message it begins with. */
const framesOf = ({ stack }: Error): readonly string[] =>
  (stack ?? '').split('\n').flatMap((line) => (/^\s+at /.test(line) ? [line.trim()] : []));
