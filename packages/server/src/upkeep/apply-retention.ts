import { sweepRunFolders } from '@penstock/modes';
import { isNull } from 'drizzle-orm';
import { removeChanges } from '../changes/remove-changes.ts';
import { dropSpentSignIns } from '../people/oidc/admit.ts';
import { dropEndedSessions } from '../people/sessions.ts';
import { dropOldLinks } from '../people/sign-in-links.ts';
import { forgetInstances } from '../presence/instances.ts';
import { dropExpiredSnapshots } from '../runs/snapshot-requests.ts';
import type { Settings } from '../settings/settings.ts';
import { runs } from '../store/schema.ts';
import type { Database } from '../store/store.ts';
import { removeOld } from './remove-old.ts';
import { thinSamples, thinStageSamples } from './thin-samples.ts';

const KEEP_FOLDERS_MS = 14 * 24 * 3600_000;

/**
 * Throws away what is beyond the settings' bounds: events, versions, ended runs, audit entries, samples, snapshots,
 * logs of runs that are over. Any instance, any time. `since`: when this was last done (Unix ms), 0 for never.
 */
export const applyRetention = async (
  db: Database,
  { dataDir, keep, sessions }: Pick<Settings, 'dataDir' | 'keep' | 'sessions'>,
  now: number,
  since: number,
): Promise<ReadonlyMap<string, number>> => {
  await thinSamples(db, { days: keep.samples.days, since, now });
  await thinStageSamples(db, { since, now });
  const removed = new Map(await removeOld(db, keep, now));
  const changes = await removeChanges(db, keep.changes, now);
  if (changes > 0) removed.set('changes', changes);
  await dropExpiredSnapshots(db, now);
  await dropEndedSessions(db, now, sessions.idleMs);
  await dropOldLinks(db, now);
  await dropSpentSignIns(db, now);
  await forgetInstances(db, now);
  const open = await db.select({ runId: runs.runId }).from(runs).where(isNull(runs.endedAt));
  sweepRunFolders(dataDir, new Set(open.map(({ runId }) => runId)), KEEP_FOLDERS_MS, now);
  return removed;
};
