import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { isLoopbackName } from '../../settings/networks.ts';
import { ApiError } from './error-handler.ts';

/**
 * Refuses requests for names that are not this service's. A page of another site can have its own name point here (DNS
 * rebinding) and so be taken for a page of ours by the browser; its requests still say that name. Addresses are taken,
 * since there is no name to point elsewhere; calls with a token or a signature too, since browsers add neither.
 * Errors: `HOST_UNKNOWN`.
 */
export const checkHosts = (scope: FastifyInstance, hosts: readonly string[]): void => {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  scope.addHook('onRequest', async ({ headers, hostname }) => {
    if (headers.authorization !== undefined || headers['apim-accesstoken'] !== undefined) return;
    const name = hostname.toLowerCase().replace(/\.$/, '');
    if (isLoopbackName(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || known.has(name)) return;
    throw new ApiError(
      421,
      'HOST_UNKNOWN',
      'This service does not go by the name it was called. If it should, add the name to PENSTOCK_HOSTS.',
    );
  });
};
