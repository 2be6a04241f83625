import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token by which workers of a run show who they are: derived from the installation's secret, so that any instance
 * can hand it to the next worker of the run without it being stored anywhere. The database has its hash.
 */
export const runTokenOf = (secret: Buffer, runId: string): string =>
  createHmac('sha256', secret).update(`penstock run token ${runId}`).digest('base64url');

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Compares in constant time. */
export const isTokenOf = (token: string, hash: string): boolean => {
  const given = Buffer.from(hashToken(token), 'hex');
  const known = Buffer.from(hash, 'hex');
  return given.length === known.length && timingSafeEqual(given, known);
};
