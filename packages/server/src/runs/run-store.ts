import {
  type DesiredRun,
  type Heartbeat,
  isPipelineState,
  type PipelineState,
  type ResourceConfig,
} from '@penstock/model';
import { parseSupervision, type Supervision, type Traces } from '@penstock/modes';
import { and, desc, eq, gt, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions, runEvents, runLeases, runReports, runs } from '../store/schema.ts';
import { runningText } from '../use-case/find-pipeline.ts';

/** An open run with what the supervisor needs of its pipeline. */
export interface OpenRun {
  readonly runId: string;
  readonly pipelineId: string;
  readonly orgId: string;
  readonly versionNumber: number;
  readonly executionMode: number;
  readonly resources: ResourceConfig;
  readonly kafkaRate: number;
  readonly desired: DesiredRun;
  readonly desiredAt: number;
  readonly hasRun: boolean;
  readonly state: PipelineState;
  /** Partitions of the source topic as of the start, where it was known. */
  readonly sourcePartitions: number | undefined;
  readonly supervision: Supervision;
  readonly heard?: { readonly at: number; readonly heartbeat: Heartbeat };
}

/**
 * Takes and renews leases in one statement, so that two instances never hold the same run: those of this instance that
 * have less than half their time left, those that have run out, and those of owners that are certainly gone. Returns
 * the runs now held.
 */
export const takeLeases = async (
  db: Database,
  owner: { readonly instanceId: string; readonly gone: readonly string[] },
  now: number,
  until: number,
): Promise<{ readonly runId: string; readonly state: string }[]> => {
  const { instanceId } = owner;
  const renewBefore = now + (until - now) / 2;
  const gone = owner.gone.length === 0 ? sql`` : sql` or lease.owner in ${[...owner.gone]}`;
  const isFree = sql`(lease.until < ${now} or (lease.owner = ${instanceId} and lease.until < ${renewBefore})${gone})`;
  await db.execute(sql`
    insert into ${runLeases} as lease (run_id, owner, until)
    select run.run_id, ${instanceId}::text, ${until}::bigint
    from ${runs} run left join ${runLeases} lease on lease.run_id = run.run_id
    where run.ended_at is null and (lease.run_id is null or ${isFree})
    on conflict (run_id) do update set owner = excluded.owner, until = excluded.until where ${isFree}`);
  return db
    .select({ runId: runLeases.runId, state: pipelines.status })
    .from(runLeases)
    .innerJoin(runs, eq(runs.runId, runLeases.runId))
    .innerJoin(pipelines, eq(pipelines.pipelineId, runs.pipelineId))
    .where(and(eq(runLeases.owner, instanceId), gt(runLeases.until, now), isNull(runs.endedAt)));
};

/** Other instances that hold leases of open runs. */
export const otherOwners = async (db: Database, instanceId: string): Promise<string[]> => {
  const rows = await db
    .selectDistinct({ owner: runLeases.owner })
    .from(runLeases)
    .where(ne(runLeases.owner, instanceId));
  return rows.map(({ owner }) => owner);
};

export const releaseLeases = async (db: Database, instanceId: string): Promise<void> => {
  await db.delete(runLeases).where(eq(runLeases.owner, instanceId));
};

/** The run, if it is open and this instance holds its lease. */
export const readHeldRun = async (db: Database, runId: string, instanceId: string): Promise<OpenRun | undefined> => {
  const [row] = await db
    .select({
      run: runs,
      status: pipelines.status,
      sourcePartitions: pipelines.sourcePartitions,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
    })
    .from(runs)
    .innerJoin(pipelines, eq(pipelines.pipelineId, runs.pipelineId))
    .innerJoin(runLeases, and(eq(runLeases.runId, runs.runId), eq(runLeases.owner, instanceId)))
    .leftJoin(runReports, eq(runReports.runId, runs.runId))
    .where(and(eq(runs.runId, runId), isNull(runs.endedAt)));
  if (row === undefined) return undefined;
  const { run, status, sourcePartitions } = row;
  const resources = JSON.parse(run.resourceConfig) as ResourceConfig;
  if (!isPipelineState(status)) throw new Error(`Pipeline ${run.pipelineId} has the unknown status "${status}"`);
  return {
    runId: run.runId,
    pipelineId: run.pipelineId,
    orgId: run.orgId,
    versionNumber: run.versionNumber,
    executionMode: run.executionMode,
    resources,
    kafkaRate: run.kafkaRate,
    desired: parseDesired(run.desired),
    desiredAt: run.desiredAt,
    hasRun: run.runningAt !== null,
    state: status,
    sourcePartitions: sourcePartitions ?? undefined,
    supervision: parseSupervision(run.launcherState),
    ...heardOf(row.heartbeat, row.heartbeatAt),
  };
};

const heardOf = (text: string | null, at: number | null): Pick<OpenRun, 'heard'> =>
  text === null || at === null ? {} : { heard: { at, heartbeat: JSON.parse(text) as Heartbeat } };

export const parseDesired = (value: string): DesiredRun => {
  if (value === 'run' || value === 'pause' || value === 'stop') return value;
  throw new Error(`"${value}" is not a desired state`);
};

/**
 * Stores what the supervisor remembers, with the columns people see. False when the lease is no longer this
 * instance's, or the run is over: then nothing more may be done for it here.
 */
export const saveSupervision = async (
  db: Database,
  { runId, instanceId }: { readonly runId: string; readonly instanceId: string },
  supervision: Supervision,
  traces: Traces,
  tokenHash?: string,
): Promise<boolean> => {
  const { launch, lastFailure } = supervision;
  const saved = await db
    .update(runs)
    .set({
      launcherState: JSON.stringify(supervision),
      attempts: supervision.launches,
      nextAttemptAt: launch === undefined && supervision.notBefore > 0 ? supervision.notBefore : null,
      ...traces,
      ...(lastFailure === undefined ? {} : { reasonCode: lastFailure.code, reasonMessage: lastFailure.message }),
      ...(tokenHash === undefined ? {} : { tokenHash }),
    })
    .where(and(eq(runs.runId, runId), isNull(runs.endedAt), holdsLease(runId, instanceId)))
    .returning({ runId: runs.runId });
  return saved.length === 1;
};

/** The lease stays this instance's for as long as the statement takes. */
const holdsLease = (runId: string, instanceId: string) =>
  sql`exists (select 1 from ${runLeases} where ${runLeases.runId} = ${runId} and ${runLeases.owner} = ${instanceId} for share)`;

/** Tags of the launches of all open runs, whichever instance looks after them. */
export const readOpenTags = async (db: Database): Promise<ReadonlySet<string>> => {
  const rows = await db.select({ tag: runs.launchTag }).from(runs).where(isNull(runs.endedAt));
  return new Set(rows.flatMap(({ tag }) => (tag === null ? [] : [tag])));
};

/** What a run was granted. */
export const readResources = async (db: Database, runId: string): Promise<ResourceConfig> => {
  const [run] = await db.select({ resourceConfig: runs.resourceConfig }).from(runs).where(eq(runs.runId, runId));
  if (run === undefined) throw new Error(`There is no run ${runId}`);
  return JSON.parse(run.resourceConfig) as ResourceConfig;
};

/** The document of stages a run runs: as it was received, or what the form of a template stands for. */
export const readRunDocument = async (
  db: Database,
  pipelineId: string,
  number: number,
): Promise<{ readonly document: string; readonly messageChannel: 0 | 1 }> => {
  const [version] = await db
    .select({
      document: pipelineVersions.document,
      compiled: pipelineVersions.compiled,
      messageChannel: pipelineVersions.messageChannel,
    })
    .from(pipelineVersions)
    .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, number)));
  if (version === undefined) throw new Error(`Version ${number} of pipeline ${pipelineId} is gone`);
  return { document: runningText(version), messageChannel: version.messageChannel === 1 ? 1 : 0 };
};

/** The version that was seen running last since the pipeline's state was cleared; undefined: none since then. */
export const readLastVersionThatRan = async (db: Database, pipelineId: string): Promise<number | undefined> => {
  const [cleared] = await db
    .select({ at: runs.createdAt })
    .from(runs)
    .where(and(eq(runs.pipelineId, pipelineId), eq(runs.desired, 'stop'), isNotNull(runs.endedAt)))
    .orderBy(desc(runs.createdAt))
    .limit(1);
  const [last] = await db
    .select({ version: runs.versionNumber })
    .from(runs)
    .where(and(eq(runs.pipelineId, pipelineId), isNotNull(runs.runningAt), gt(runs.createdAt, cleared?.at ?? -1)))
    .orderBy(desc(runs.createdAt))
    .limit(1);
  return last?.version;
};

export const hasEvent = async (db: Database, pipelineId: string, runId: string, code: string): Promise<boolean> => {
  const found = await db
    .select({ one: sql`1` })
    .from(runEvents)
    .where(and(eq(runEvents.pipelineId, pipelineId), eq(runEvents.runId, runId), eq(runEvents.code, code)))
    .limit(1);
  return found.length > 0;
};
