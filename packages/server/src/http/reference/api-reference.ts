import swagger from '@fastify/swagger';
import { VERSION } from '../../version.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { type ReferencePage, renderReference } from './render-reference.ts';

/** The OpenAPI document and the page to browse it, which is served from here to the last byte. */
export const registerReference = async (app: ApiInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Penstock',
        version: VERSION,
        description: 'Stream processing on Kafka: the EnOS Stream Processing API v2.0, and the API beside it.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'The admin token, or an access token of the token service.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-penstock',
            description: 'Who signed in (POST /api/v1/session). What is no GET needs the header x-csrf-token as well.',
          },
          signedCall: {
            type: 'apiKey',
            in: 'header',
            name: 'apim-accesstoken',
            description:
              'With apim-signature and apim-timestamp: SHA-256 over token, query, body, timestamp and secret key.',
          },
        },
      },
    },
    // Schemas keep the names they were given, so that generated clients have readable types.
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `Schema${index}`) },
  });
  const findPage = rememberPage();
  const unlisted = { config: { permission: 'public' as const }, logLevel: 'warn' as const, schema: { hide: true } };
  void app.get('/docs', unlisted, async (_request, reply) => reply.redirect('/docs/', 301));
  void app.get('/docs/', unlisted, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send((await findPage()).html),
  );
  void app.get('/docs/js/scalar.js', unlisted, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send((await findPage()).script),
  );
};

/** Made when it is first asked for, once for all who ask; anew where that failed. */
const rememberPage = (): (() => Promise<ReferencePage>) => {
  let page: Promise<ReferencePage> | undefined;
  return () => {
    page ??= renderReference().catch((error: unknown) => {
      page = undefined;
      throw error;
    });
    return page;
  };
};
