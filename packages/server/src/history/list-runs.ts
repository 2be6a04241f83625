import { and, count, desc, eq, lt, or } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { runEvents, runLeases, runReports, runs } from '../store/schema.ts';
import { isPlausibleId } from '../store/storable-text.ts';

/** Where a page of runs ended. */
export interface RunPosition {
  readonly createdAt: number;
  readonly runId: string;
}

/** Runs of a pipeline, the last one first, from behind `after`; and how many there are. */
export const listRuns = async (
  db: Database,
  pipelineId: string,
  page: { readonly limit: number; readonly after: RunPosition | undefined },
) => {
  const { after } = page;
  const behind =
    after === undefined
      ? undefined
      : or(lt(runs.createdAt, after.createdAt), and(eq(runs.createdAt, after.createdAt), lt(runs.runId, after.runId)));
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.pipelineId, pipelineId), behind))
    .orderBy(desc(runs.createdAt), desc(runs.runId))
    .limit(page.limit);
  const [all] = await db.select({ total: count() }).from(runs).where(eq(runs.pipelineId, pipelineId));
  return { rows, total: all?.total ?? 0 };
};

/** One run with the last word of its worker and its lease, where those are kept; undefined: the pipeline has no such run. */
export const findRun = async (db: Database, pipelineId: string, runId: string) => {
  if (!isPlausibleId(runId)) return undefined;
  const [found] = await db
    .select({
      run: runs,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
      leaseOwner: runLeases.owner,
      leaseUntil: runLeases.until,
    })
    .from(runs)
    .leftJoin(runReports, eq(runReports.runId, runs.runId))
    .leftJoin(runLeases, eq(runLeases.runId, runs.runId))
    .where(and(eq(runs.pipelineId, pipelineId), eq(runs.runId, runId)));
  return found;
};

/** Events of one run, newest first. */
export const listRunEvents = (db: Database, pipelineId: string, runId: string, limit: number) =>
  db
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.pipelineId, pipelineId), eq(runEvents.runId, runId)))
    .orderBy(desc(runEvents.id))
    .limit(limit);
