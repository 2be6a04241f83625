import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpAnswer, HttpRequest, Services } from '@penstock/engine';
import { AppError } from '@penstock/model';
import { type AddressRules, requestGuarded } from '@penstock/outbound';

/** How many look-ups may ask at once is theirs to say; this only bounds what many stages together may open. */
const MOST_CONNECTIONS = 64;
const KEEP_ALIVE_MS = 10_000;

/**
 * HTTP of look-ups, on connections that are used again. Every connection goes to an address that the rules allow; its
 * own headers come before those of the request. Errors: those of `requestGuarded`, `OUTBOUND_ANSWER_TOO_LARGE`.
 */
export const createHttpService = (rules: AddressRules): Services['http'] => {
  const options = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: KEEP_ALIVE_MS };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  return async (request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const { status, headers, body, isCut } = await requestGuarded(
      { ...request, headers: { 'user-agent': 'Penstock', ...request.headers } },
      { rules, signal, maxAnswerBytes: request.maxAnswerBytes, agentFor: (protocol) => agents[protocol] },
    );
    if (isCut)
      throw new AppError(
        'OUTBOUND_ANSWER_TOO_LARGE',
        `The answer is longer than the ${request.maxAnswerBytes} bytes it may have.`,
        { domain: 'external' },
      );
    return { status, headers, body: body.toString('utf8') };
  };
};
