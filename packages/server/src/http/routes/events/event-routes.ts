import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Caller } from '../../../auth/caller.ts';
import { GatewayError } from '../../../auth/gateway-error.ts';
import { CHANGE_KINDS, CHANGE_WORDS, type ChangeKind, type ChangeWord } from '../../../changes/change.ts';
import type { ChangeFeed } from '../../../changes/change-feed.ts';
import { RESET_REASONS } from '../../../changes/change-reader.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { callerByNow, callerOf, requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, nullable, responses, text, time } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { type StreamScope, streamFrames } from './event-stream.ts';
import { StreamPlaces } from './stream-places.ts';

export interface EventRouteDeps extends UseCaseDeps {
  readonly feed: ChangeFeed;
  /** Streams that one caller may have open. */
  readonly streams: number;
  /** Time between signs of life, ms. */
  readonly beatMs?: number;
}

const BEAT_MS = 15_000;

const changeSchema = nameSchema(
  'Change',
  Type.Object({
    at: time('When, by the clock of the database'),
    orgId: nullable(text('Null: of the whole installation.')),
    kind: Type.Unsafe<ChangeKind>({ type: 'string', enum: Object.keys(CHANGE_KINDS), description: 'What it is of.' }),
    pipelineId: nullable(Type.String()),
    subject: text('Id of the pipeline, run, event, key or user; number of the version; name of the grant.'),
    what: Type.Unsafe<ChangeWord>({ type: 'string', enum: [...CHANGE_WORDS] }),
    facts: Type.Unsafe<Record<string, unknown>>({ type: 'object', description: 'How it is now, in short.' }),
  }),
);

/** What changes, as it changes. */
export const registerEventRoutes = (app: ApiInstance, deps: EventRouteDeps): void => {
  const places = new StreamPlaces(deps.streams);
  void app.get(
    '/events',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        tags: ['Operation'],
        security: bearer,
        summary: 'What changes, as server-sent events: in order, nothing missing, nothing twice',
        description:
          'Begins with an event `ready`. Each `change` has an id; sent as `Last-Event-ID` (or `after`), to whichever ' +
          'instance, the stream goes on behind it. Where that is not possible it begins with `reset` and a reason ' +
          `(${RESET_REASONS.join(', ')}): read everything anew. A stream ends with the session or token it was opened with.`,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ maxLength: 200, description: 'Id of the last event received.' }),
          ),
        }),
        querystring: Type.Object({
          orgId: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Only of this organisation.' })),
          pipelineId: Type.Optional(
            Type.String({ minLength: 1, maxLength: 64, description: 'Only of this pipeline.' }),
          ),
          after: Type.Optional(Type.String({ maxLength: 200, description: 'As Last-Event-ID, which goes before.' })),
        }),
        response: {
          ...responses({}, 429),
          200: {
            description: 'Events; the data of a `change` is as described.',
            content: { 'text/event-stream': { schema: changeSchema } },
          },
        },
      },
    },
    async (request, reply) => {
      const { orgId, pipelineId, after } = request.query;
      const caller = callerOf(request);
      if (orgId !== undefined) requireOrganizationAccess(request, orgId);
      const target = pipelineId === undefined ? undefined : await targetOf(deps, request, pipelineId);
      const scope: StreamScope = {
        ...(orgId === undefined ? {} : { orgId }),
        ...(target === undefined ? {} : { pipelineId: target.pipelineId }),
      };
      const leave = places.take(caller);
      // Whoever is gone before the first word has taken a place all the same.
      reply.raw.once('close', leave);
      try {
        const { reader, reset } = await deps.feed.open(request.headers['last-event-id'] ?? after);
        reply.raw.once('close', () => reader.close());
        if (reply.raw.destroyed) reader.close();
        const frames = streamFrames({
          reader,
          scope,
          caller,
          callerByNow: () => callerIfAny(request),
          beatMs: deps.beatMs ?? BEAT_MS,
          giveUp: () => reply.raw.destroy(),
          ...(reset === undefined ? {} : { reset }),
        });
        return sendFrames(reply, frames);
      } catch (error) {
        leave();
        throw error;
      }
    },
  );
};

/** Undefined where the credentials are good no more. */
const callerIfAny = async (request: FastifyRequest): Promise<Caller | undefined> => {
  try {
    return await callerByNow(request);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
};

const sendFrames = (reply: FastifyReply, frames: AsyncIterable<string>): FastifyReply =>
  reply
    .headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect answers before they pass them on would keep events back.
      'x-accel-buffering': 'no',
    })
    .send(Readable.from(frames, { objectMode: false, highWaterMark: 64 * 1024 }));
