import type { Heartbeat, SnapshotRecord, SnapshotRequest, SnapshotResult } from '@penstock/model';
import { and, eq, lte } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { runs, snapshots } from '../store/schema.ts';

/** A snapshot somebody waits for. It lives in the database: any instance may hear the heartbeat that answers it. */
export interface WantedSnapshot {
  readonly pipelineId: string;
  readonly runId: string;
  readonly request: SnapshotRequest;
  /** Records of a complete answer. */
  readonly wanted: number;
  readonly expiresAt: number;
}

/** What has come of a snapshot so far. */
export interface SnapshotProgress {
  readonly records: readonly SnapshotRecord[];
  readonly isComplete: boolean;
  /** Nothing more can come: the run is over. */
  readonly isRunOver: boolean;
}

/** Asks for it. False where somebody already waits for one of this pipeline. */
export const askForSnapshot = async (db: Database, snapshot: WantedSnapshot, now: number): Promise<boolean> => {
  await dropExpiredSnapshots(db, now);
  const { request, ...facts } = snapshot;
  const taken = await db
    .insert(snapshots)
    .values({ ...facts, snapshotId: request.id, request: JSON.stringify(request) })
    .onConflictDoNothing()
    .returning({ snapshotId: snapshots.snapshotId });
  return taken.length > 0;
};

/** Undefined when it is gone: expired, or the pipeline was deleted. */
export const readSnapshot = async (db: Database, snapshotId: string): Promise<SnapshotProgress | undefined> => {
  const [row] = await db
    .select({
      result: snapshots.result,
      records: snapshots.records,
      wanted: snapshots.wanted,
      endedAt: runs.endedAt,
    })
    .from(snapshots)
    .leftJoin(runs, eq(runs.runId, snapshots.runId))
    .where(eq(snapshots.snapshotId, snapshotId));
  if (row === undefined) return undefined;
  return {
    records: row.result === null ? [] : (JSON.parse(row.result) as SnapshotRecord[]),
    isComplete: row.records >= row.wanted,
    isRunOver: row.endedAt !== null,
  };
};

export const removeSnapshot = async (db: Database, snapshotId: string): Promise<void> => {
  await db.delete(snapshots).where(eq(snapshots.snapshotId, snapshotId));
};

/** Those nobody waits for any more: their instance went away. They hold people's data. */
export const dropExpiredSnapshots = async (db: Database, now: number): Promise<void> => {
  await db.delete(snapshots).where(lte(snapshots.expiresAt, now));
};

/**
 * The part of a heartbeat that is about snapshots: keeps what it brings, and says what is still wanted. Runs in the
 * heartbeat's transaction, under the lock of the run.
 */
export const exchangeSnapshot = async (
  db: Database,
  run: { readonly runId: string; readonly pipelineId: string },
  heartbeat: Heartbeat,
  now: number,
): Promise<SnapshotRequest | undefined> => {
  const [row] = await db.select().from(snapshots).where(eq(snapshots.pipelineId, run.pipelineId));
  if (row === undefined || row.runId !== run.runId) return undefined;
  const own = and(eq(snapshots.pipelineId, run.pipelineId), eq(snapshots.snapshotId, row.snapshotId));
  if (row.expiresAt <= now) {
    await db.delete(snapshots).where(own);
    return undefined;
  }
  const request = JSON.parse(row.request) as SnapshotRequest;
  const caught = heartbeat.snapshot === undefined ? [] : wantedOf(heartbeat.snapshot, request);
  // A worker that replaces another begins anew: what was caught before it is no worse.
  const isMore = caught.length > row.records;
  if (isMore)
    await db
      .update(snapshots)
      .set({ result: JSON.stringify(caught), records: caught.length })
      .where(own);
  return Math.max(caught.length, row.records) >= row.wanted ? undefined : request;
};

/** Not more than was asked for, whatever a worker sends. */
const wantedOf = (result: SnapshotResult, request: SnapshotRequest): SnapshotRecord[] => {
  if (result.id !== request.id) return [];
  const counts = new Map<string, number>();
  return result.records.filter(({ stage, direction }) => {
    if (request.stage !== undefined && stage !== request.stage) return false;
    const key = `${direction} ${stage}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= request.records;
  });
};
