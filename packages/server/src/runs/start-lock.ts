import { and, eq, exists, gt, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { runs, startLocks } from '../store/schema.ts';

/**
 * One start at a time per organisation (contract A.9, 61121), over all service instances: a row with an owner and a
 * lease. Whoever supervises the starting run renews it; when its owner dies the lease runs out and the next start
 * takes the lock over. It ends when the run is under way (`Mode.isUnderWay`), and in any case after `START_LOCK_MS`:
 * what a start waits for then (a cluster that does not answer, Kafka) is no reason to keep the others waiting too.
 */
export const START_LEASE_MS = 30_000;
export const START_LOCK_MS = 120_000;

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

/**
 * Keeps the lock of a run that is still starting; the new owner may be another instance. No effect once it is free, nor
 * on that of a run that was created longer ago than a lock lasts: it runs out.
 */
export const renewStartLock = async (db: Database, runId: string, owner: string, now: number): Promise<void> => {
  const isYoung = exists(
    db
      .select({ one: sql`1` })
      .from(runs)
      .where(and(eq(runs.runId, startLocks.runId), gt(runs.createdAt, now - START_LOCK_MS))),
  );
  await db
    .update(startLocks)
    .set({ owner, leaseUntil: now + START_LEASE_MS })
    .where(and(eq(startLocks.runId, runId), isYoung));
};

export const releaseStartLock = async (db: Database, runId: string): Promise<void> => {
  await db.delete(startLocks).where(eq(startLocks.runId, runId));
};
