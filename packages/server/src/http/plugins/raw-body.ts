import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTooDense, nestingOf } from '../../pipelines/json-text.ts';
import { ApiError } from './error-handler.ts';

const MAX_NESTING = 200;
const EMPTY = Buffer.alloc(0);
const bodies = new WeakMap<FastifyRequest, Buffer>();

/** The body's bytes exactly as sent: signatures are made over them (contract B.3). */
export const rawBodyOf = (request: FastifyRequest): Buffer => bodies.get(request) ?? EMPTY;

/** Reads JSON bodies within `app`, and keeps their bytes. No body is no body, whatever its Content-Type says. */
export const acceptJsonBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = body as Buffer;
    bodies.set(request, raw);
    if (raw.length === 0) return done(null, undefined);
    const text = raw.toString('utf8');
    if (isTooDense(text)) {
      return done(new ApiError(413, 'BODY_TOO_LARGE', 'The body holds too many values for its size.'));
    }
    if (nestingOf(text) > MAX_NESTING) {
      return done(new ApiError(400, 'BODY_INVALID', `The body is nested deeper than ${MAX_NESTING} levels.`));
    }
    try {
      return done(null, JSON.parse(text));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return done(new ApiError(400, 'BODY_INVALID', `The body is not JSON: ${detail}`));
    }
  });
};

/** Reads CSV bodies within `app` as text, and keeps their bytes likewise. */
export const acceptCsvBodies = (app: Pick<FastifyInstance, 'addContentTypeParser'>): void => {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (request, body, done) => {
    const raw = body as Buffer;
    bodies.set(request, raw);
    try {
      done(null, new TextDecoder('utf-8', { fatal: true }).decode(raw));
    } catch {
      done(new ApiError(400, 'BODY_INVALID', 'The body is not UTF-8: save the file as "CSV UTF-8".'));
    }
  });
};
