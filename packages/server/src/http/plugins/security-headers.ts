import type { FastifyInstance } from 'fastify';

/**
 * What browsers may do with answers: nothing, since they are data. The reference page needs more, and the console says
 * for itself what it needs.
 */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'";

export const addSecurityHeaders = (app: FastifyInstance): void => {
  void app.addHook('onSend', async (request, reply) => {
    const isPage = request.url === '/docs' || request.url.startsWith('/docs/');
    reply.headers({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      ...(reply.hasHeader('content-security-policy')
        ? {}
        : { 'content-security-policy': isPage ? PAGE_POLICY : API_POLICY }),
      ...(isPage || reply.hasHeader('cache-control') ? {} : { 'cache-control': 'no-store' }),
    });
  });
};
