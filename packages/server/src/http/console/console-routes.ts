import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { routesOf } from '../plugins/route-list.ts';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';

/** Nothing inline and nothing from elsewhere: a text that comes to be markup still runs nothing. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** Names of assets contain a digest of what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for again each time, and answered in a word while it is the same. */
const ASK_AGAIN = 'no-cache';

/** Serves the console's page at `/` and its assets. */
export const registerConsole = (app: ApiInstance, { page, assets }: ConsoleFiles): void => {
  for (const asset of assets) route(app, asset.path, asset, FOR_EVER);
  route(app, '/', page, ASK_AGAIN);
};

const route = (app: ApiInstance, url: string, file: ConsoleFile, caching: string): void => {
  const etag = etagOf(file);
  void app.get(
    url,
    { config: { permission: 'public' }, logLevel: 'warn', schema: { hide: true } },
    async (request, reply) => send(request, reply, { file, etag, caching }),
  );
};

const etagOf = ({ plain }: ConsoleFile): string =>
  `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;

const send = (
  request: FastifyRequest,
  reply: FastifyReply,
  { file, etag, caching }: { readonly file: ConsoleFile; readonly etag: string; readonly caching: string },
): FastifyReply => {
  void reply.headers({ 'content-security-policy': POLICY, 'cache-control': caching, etag, vary: 'accept-encoding' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const { encoding, body } = encoded(file, request.headers['accept-encoding']);
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  return reply.type(file.type).send(body);
};

const encoded = (file: ConsoleFile, accepted: string | string[] | undefined): { encoding?: string; body: Buffer } => {
  const accepts = (name: string): boolean =>
    String(accepted ?? '')
      .split(',')
      .some((part) => part.trim().split(';')[0] === name && !/;\s*q=0(\.0*)?\s*$/.test(part));
  if (file.brotli !== undefined && accepts('br')) return { encoding: 'br', body: file.brotli };
  if (file.gzip !== undefined && accepts('gzip')) return { encoding: 'gzip', body: file.gzip };
  return { body: file.plain };
};

/**
 * Answers addresses of the console's own pages (`/organizations/…`) with its page, which knows them; undefined for
 * everything else. What a route of the service begins with is never one of them, so that a wrong address of an API is
 * told as one: the list is that of the routes themselves.
 */
export const consolePages = (app: ApiInstance, { page }: ConsoleFiles) => {
  const etag = etagOf(page);
  let taken: ReadonlySet<string> | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    taken ??= new Set(routesOf(app as never).map(({ url }) => firstPart(url)));
    const path = request.url.split('?')[0] ?? '';
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && wantsPage(request.headers.accept);
    if (!isPage || taken.has(firstPart(path))) return undefined;
    return send(request, reply, { file: page, etag, caching: ASK_AGAIN });
  };
};

const firstPart = (path: string): string => path.split('/')[1] ?? '';

/** Browsers that go somewhere ask for HTML; scripts and programs ask for anything. */
const wantsPage = (accept: string | undefined): boolean => accept?.includes('text/html') === true;
