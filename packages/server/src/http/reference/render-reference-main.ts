import { parentPort } from 'node:worker_threads';
import scalar from '@scalar/fastify-api-reference';
import Fastify from 'fastify';

/** A thread's program: asks the reference's own plugin for its page and script, and tells them. */
const app = Fastify();
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

const bodyOf = async (url: string): Promise<Buffer> => {
  const answer = await app.inject(url);
  if (answer.statusCode !== 200) throw new Error(`${url} of the API reference was answered by ${answer.statusCode}`);
  return answer.rawPayload;
};

const html = (await bodyOf('/docs/')).toString('utf8');
parentPort?.postMessage({ html, script: await bodyOf('/docs/js/scalar.js') });
