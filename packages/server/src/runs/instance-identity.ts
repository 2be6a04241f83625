import { randomUUID } from 'node:crypto';
import { isSameProcess, processStartOf } from '@penstock/modes';

/**
 * Names one service process for good: `host/pid/start/random`. It owns leases; another instance on the same host can
 * tell from it that the owner is gone, and need not wait for the lease to run out.
 */
export const createInstanceId = (host: string): string =>
  [host, process.pid, processStartOf(process.pid) ?? '', randomUUID().slice(0, 8)]
    .map((part) => encodeURIComponent(part))
    .join('/');

/** True where the owner certainly runs no more: it was on this host, and its process is not there. */
export const isCertainlyGone = (instanceId: string, host: string): boolean => {
  const [ownerHost, pid, startedAt] = instanceId.split('/').map(decodeURIComponent);
  if (ownerHost !== host || pid === undefined || startedAt === undefined || startedAt === '') return false;
  return !isSameProcess(Number(pid), startedAt);
};
