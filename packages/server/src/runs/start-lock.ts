import { and, eq, gt } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { startLocks } from '../store/schema.ts';

/**
 * One start at a time per organisation (contract A.9, 61121), over all service instances: a row with an owner and a
 * lease. Whoever supervises the starting run renews it; when its owner dies the lease runs out and the next start
 * takes the lock over.
 */
export const START_LEASE_MS = 30_000;

export interface StartLock {
  readonly orgId: string;
  readonly runId: string;
  readonly owner: string;
}

/** The start under way in an organisation, if any. Runs in the transaction that holds the organisation's row. */
export const findStartLock = async (db: Database, orgId: string, now: number): Promise<StartLock | undefined> => {
  const [lock] = await db
    .select()
    .from(startLocks)
    .where(and(eq(startLocks.orgId, orgId), gt(startLocks.leaseUntil, now)));
  return lock;
};

/** Takes the lock, over one that has run out. Only after `findStartLock` said it is free, in the same transaction. */
export const takeStartLock = async (db: Database, lock: StartLock, now: number): Promise<void> => {
  const lease = { runId: lock.runId, owner: lock.owner, leaseUntil: now + START_LEASE_MS };
  await db
    .insert(startLocks)
    .values({ orgId: lock.orgId, ...lease })
    .onConflictDoUpdate({ target: startLocks.orgId, set: lease });
};

/** Keeps the lock of a run that is still starting; the new owner may be another instance. No effect once it is free. */
export const renewStartLock = async (db: Database, runId: string, owner: string, leaseUntil: number): Promise<void> => {
  await db.update(startLocks).set({ owner, leaseUntil }).where(eq(startLocks.runId, runId));
};

export const releaseStartLock = async (db: Database, runId: string): Promise<void> => {
  await db.delete(startLocks).where(eq(startLocks.runId, runId));
};
