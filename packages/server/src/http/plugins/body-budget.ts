import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './error-handler.ts';

/** Bodies in the memory of one instance at most, all requests together. */
export const BODY_BUDGET_BYTES = 48 * 1024 * 1024;

/**
 * Bounds what bodies may take in memory, all requests together: a body has its bytes reserved before the first of them
 * is read, and gives them back when it is answered. Beyond the budget a request is refused, with a word to try again.
 */
export const limitBodies = (app: FastifyInstance, budgetBytes: number = BODY_BUDGET_BYTES): void => {
  let reserved = 0;
  const held = new WeakMap<FastifyRequest, number>();
  const release = (request: FastifyRequest): void => {
    reserved -= held.get(request) ?? 0;
    held.delete(request);
  };
  app.addHook('preParsing', async (request) => {
    const limit = request.routeOptions.bodyLimit ?? 0;
    const wanted = expectedBytes(request, limit);
    // A declared length over the limit is refused by the parser, which reads nothing of it.
    if (wanted === 0 || wanted > limit) return;
    if (reserved > 0 && reserved + wanted > budgetBytes)
      throw new ApiError(
        429,
        'BODIES_TOO_MANY',
        'The service is busy with other large requests. Try again in a second.',
      );
    reserved += wanted;
    held.set(request, wanted);
  });
  app.addHook('onResponse', async (request) => release(request));
  app.addHook('onRequestAbort', async (request) => release(request));
};

/** Bytes of the body as far as the request says; for one that does not say, as many as the route takes. */
const expectedBytes = (request: FastifyRequest, limit: number): number => {
  const { headers } = request;
  if (headers['content-length'] !== undefined) return Number(headers['content-length']) || 0;
  return headers['transfer-encoding'] === undefined ? 0 : limit;
};
