import { randomUUID } from 'node:crypto';
import { isSameProcess, placeOf, processStartOf } from '@penstock/modes';

/**
 * Names one service process for good: `host/place/pid/start/random`. It owns leases; another instance in the same place
 * can tell from it that the owner is gone, and need not wait for the lease to run out.
 */
export const createInstanceId = (host: string): string =>
  [host, placeOf(host), process.pid, processStartOf(process.pid) ?? '', randomUUID().slice(0, 8)]
    .map((part) => encodeURIComponent(part))
    .join('/');

/**
 * True where the owner certainly runs no more: it was in this place, and its process is not there. Of any other place,
 * and of owners named by the first edition, which knew host names only, nothing is certain.
 */
export const isCertainlyGone = (instanceId: string, place: string): boolean => {
  const parts = instanceId.split('/').map(decodeURIComponent);
  const [, ownerPlace, pid, startedAt] = parts;
  if (parts.length !== 5 || ownerPlace !== place) return false;
  if (pid === undefined || startedAt === undefined || startedAt === '') return false;
  return !isSameProcess(Number(pid), startedAt);
};
