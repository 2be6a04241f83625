import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { ApiInstance } from './api-instance.ts';

const VERSION = '0.1.0';

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
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      pageTitle: 'Penstock API',
      url: '/api/v1/openapi.json',
      // Nothing from outside: no fonts, no proxy, no assistants, no links to a hosted client.
      withDefaultFonts: false,
      proxyUrl: '',
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
};
