import type { lookup as lookUp } from 'node:dns';
import { AppError } from '@penstock/model';
import type { AddressRules } from './address-rules.ts';
import { requestGuarded } from './guarded-request.ts';

export interface GuardedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface GuardOptions {
  readonly rules: AddressRules;
  /** For all of it: name, connection, request and answer. */
  readonly timeoutMs: number;
  /** An answer that is longer is cut off there; nobody reads it. */
  readonly maxAnswerBytes: number;
  /** Replaced in tests. */
  readonly lookup?: typeof lookUp;
}

/**
 * Sends a POST to an address that somebody else has named, and answers the status; nothing else of an answer is kept.
 * It has a connection of its own: nothing of one receiver waits for another. Errors: `OUTBOUND_TIMEOUT` and those of
 * `requestGuarded`.
 */
export const postGuarded = async (
  post: GuardedPost,
  { rules, timeoutMs, maxAnswerBytes, lookup }: GuardOptions,
): Promise<number> => {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await requestGuarded({ method: 'POST', ...post }, { rules, signal, maxAnswerBytes, lookup });
    return answer.status;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    throw new AppError('OUTBOUND_TIMEOUT', `There was no whole answer within ${timeoutMs / 1000} s.`, {
      domain: 'external',
      retryable: true,
    });
  }
};
