import { createHash } from 'node:crypto';
import type { HttpRequest, Services } from '@penstock/engine';
import { AppError, isJsonObject, type JsonValue } from '@penstock/model';

/** Signs the requests of a stage as APIs of EnOS want it (contract B.2, B.3). */
export interface Signer {
  /** The request with its token and signature. Errors: `HTTP_TOKEN_REFUSED`, those of the service. */
  sign(request: HttpRequest, services: Services, signal: AbortSignal): Promise<HttpRequest>;
  /** The token of a signed request was not accepted: the next gets another. */
  forget(signed: HttpRequest): void;
}

const TOKEN_HEADER = 'apim-accesstoken';
const TOKEN_PATH = '/apim-token-service/v2.0/token/get';
/** A token is asked for anew this long before its end. */
const MARGIN_MS = 60_000;

interface Token {
  readonly text: string;
  readonly until: number;
}

/** One token for all requests of a stage in a thread. */
export const enosSigner = (url: string, accessKey: string, secretKey: string): Signer => {
  const tokenUrl = new URL(TOKEN_PATH, new URL(url).origin).href;
  let asking: Promise<Token> | undefined;
  let token: Token | undefined;

  const ask = async (services: Services, signal: AbortSignal): Promise<Token> => {
    const timestamp = services.now();
    const body = JSON.stringify({
      appKey: accessKey,
      encryption: sha256(`${accessKey}${timestamp}${secretKey}`),
      timestamp,
    });
    const headers = { 'content-type': 'application/json;charset=UTF-8' };
    const answer = await services.http(
      { method: 'POST', url: tokenUrl, headers, body, maxAnswerBytes: 64 * 1024 },
      signal,
    );
    return tokenIn(answer.status, answer.body, timestamp);
  };

  const current = async (services: Services, signal: AbortSignal): Promise<string> => {
    if (token !== undefined && token.until > services.now()) return token.text;
    token = undefined;
    asking ??= ask(services, signal)
      // Others wait for the same: where it is given up with the one who asked, they may try again.
      .catch((error: unknown) => Promise.reject(signal.aborted ? noToken('no answer in time', true) : error))
      .finally(() => {
        asking = undefined;
      });
    token = await asking;
    return token.text;
  };

  return {
    sign: async (request, services, signal) => {
      const accessToken = await current(services, signal);
      const timestamp = String(services.now());
      return {
        ...request,
        headers: {
          ...request.headers,
          [TOKEN_HEADER]: accessToken,
          'apim-timestamp': timestamp,
          'apim-signature': signatureOf(request, accessToken, timestamp, secretKey),
        },
      };
    },
    // Of several requests with an old token only the first is to cost a new one.
    forget: ({ headers }) => {
      if (headers[TOKEN_HEADER] === token?.text) token = undefined;
    },
  };
};

const signatureOf = (
  { url, body = '' }: HttpRequest,
  accessToken: string,
  timestamp: string,
  secretKey: string,
): string => {
  const pairs = [...new URL(url).searchParams].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sha256(`${accessToken}${pairs.flat().join('')}${body}${timestamp}${secretKey}`);
};

const tokenIn = (status: number, body: string, now: number): Token => {
  const answer = jsonOf(body);
  const data = isJsonObject(answer) && answer.status === 0 && isJsonObject(answer.data) ? answer.data : undefined;
  if (status === 200 && typeof data?.accessToken === 'string' && typeof data.expire === 'number')
    return { text: data.accessToken, until: now + data.expire * 1000 - MARGIN_MS };
  const code = isJsonObject(answer) && typeof answer.status === 'number' ? `, code ${answer.status}` : '';
  // 1001: the same key and moment were there before; the next moment is another.
  const mayPass = status === 429 || status >= 500 || (isJsonObject(answer) && answer.status === 1001);
  throw noToken(`HTTP ${status}${code}`, mayPass);
};

const noToken = (why: string, retryable: boolean): AppError =>
  new AppError('HTTP_TOKEN_REFUSED', `The token service gave no token (${why}).`, { domain: 'external', retryable });

const jsonOf = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // said as what it is: no token
  }
};

/** Whether an answer of the gateway says that the token is no longer good (contract B.2, code 1203). */
export const saysTokenExpired = (status: number, body: string): boolean => {
  if (status === 401) return true;
  if (!body.includes('1203')) return false;
  const answer = jsonOf(body);
  return isJsonObject(answer) && answer.status === 1203;
};

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
