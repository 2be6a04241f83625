import { sweepRunFolders } from '@penstock/modes';
import { isNull, lt } from 'drizzle-orm';
import { dropExpiredSnapshots } from '../runs/snapshot-requests.ts';
import type { Database } from '../store/open-store.ts';
import { runEvents, runs, samples } from '../store/schema.ts';

const DAY_MS = 24 * 3600_000;
const KEEP_SAMPLES_MS = 7 * DAY_MS;
const KEEP_EVENTS_MS = 90 * DAY_MS;
const KEEP_FOLDERS_MS = 14 * DAY_MS;

/** Throws away what is too old to be asked for: samples, events, snapshots, logs of runs that are over. Any instance, any time. */
export const tidyUp = async (db: Database, dataDir: string, now: number): Promise<void> => {
  await db.delete(samples).where(lt(samples.at, now - KEEP_SAMPLES_MS));
  await db.delete(runEvents).where(lt(runEvents.at, now - KEEP_EVENTS_MS));
  await dropExpiredSnapshots(db, now);
  const open = await db.select({ runId: runs.runId }).from(runs).where(isNull(runs.endedAt));
  sweepRunFolders(dataDir, new Set(open.map(({ runId }) => runId)), KEEP_FOLDERS_MS, now);
};
