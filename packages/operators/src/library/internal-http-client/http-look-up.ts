import { defineLookUp, type HttpAnswer, type HttpRequest, type StreamRecord } from '@penstock/engine';
import { AppError } from '@penstock/model';
import type { Addressing } from '../../shared/points/addressing.ts';
import type { HttpConfig } from './config.ts';
import { enosSigner, saysTokenExpired } from './enos-token.ts';
import { requestMaker } from './request.ts';

const SYSTEM_DEFAULT = 8;
const MOST_MISSING_MS = 5 * 60_000;

/** What is asked for a record: the text of the answer; undefined where there is none (404, or empty). */
export const httpLookUpBy = (of: Addressing) =>
  defineLookUp<HttpRequest, string, HttpConfig>({
    name: 'http',
    policy: (config) => {
      const ttlMs = config.enableCacheFields ? config.expireRule * 60_000 : 0;
      return {
        ttlMs,
        missingTtlMs: Math.min(ttlMs, MOST_MISSING_MS),
        maxEntries: 100_000,
        maxBytes: 64 * 1024 * 1024,
        concurrency: config.parallelNumberType === 'User Defined' ? config.parallelNumber : SYSTEM_DEFAULT,
        timeoutMs: config.timeoutMs,
        retries: config.enableRetry ? config.retryAttempts : 0,
      };
    },
    hasEffects: ({ method }) => method !== 'Get',
    open: (config) => {
      const table = of.table(config.inputOutput, ({ inputPoint }) => of.referenceOf(inputPoint));
      const make = requestMaker(config);
      const signer = config.accessKey === '' ? undefined : enosSigner(config.url, config.accessKey, config.secretKey);
      // What changes something is done for each record, unless whoever set it up wants answers to be kept.
      const isShared = config.method === 'Get' || config.enableCacheFields;
      return {
        needs: (record: StreamRecord) => {
          if (table.rowsFor(record).length === 0) return [];
          const request = make(record);
          return [{ key: isShared ? keyOf(request) : undefined, question: request }];
        },
        ask: async (request, services, signal) => {
          const signed = signer === undefined ? request : await signer.sign(request, services, signal);
          const answer = await services.http(signed, signal);
          if (signer !== undefined && saysTokenExpired(answer.status, answer.body)) {
            signer.forget(signed);
            throw refused(answer, true);
          }
          if (answer.status === 404) return undefined;
          if (answer.status >= 200 && answer.status < 300) return answer.body === '' ? undefined : answer.body;
          throw refused(answer, answer.status === 429 || answer.status >= 500);
        },
        sizeOf: (body) => body.length * 2,
      };
    },
  });

const keyOf = ({ url, headers, body = '' }: HttpRequest): string => JSON.stringify([url, headers, body]);

const refused = ({ status, headers }: HttpAnswer, retryable: boolean): AppError => {
  const retryAfterMs = retryAfter(headers['retry-after']);
  return new AppError('HTTP_STATUS_REFUSED', `The service answered with status ${status}.`, {
    domain: 'external',
    retryable,
    params: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
};

/** Seconds, as services that limit a rate say it; a date would have to be compared to a clock that is not ours. */
const retryAfter = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) * 1000 : undefined;
