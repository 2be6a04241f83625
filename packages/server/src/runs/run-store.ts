import {
  type DesiredRun,
  type Heartbeat,
  isPipelineState,
  type PipelineState,
  type ResourceConfig,
} from '@penstock/model';
import { parseSupervision, type Supervision, type Traces } from '@penstock/modes';
import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions, runEvents, runs } from '../store/schema.ts';

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
 * Takes and renews leases in one statement, so that two instances never hold the same run: those of this instance,
 * those that have run out, and those of owners that are certainly gone. Returns the runs now held.
 */
export const takeLeases = async (
  db: Database,
  owner: { readonly instanceId: string; readonly gone: readonly string[] },
  now: number,
  until: number,
): Promise<{ readonly runId: string; readonly state: string }[]> => {
  const free = [isNull(runs.leaseOwner), eq(runs.leaseOwner, owner.instanceId), lt(runs.leaseUntil, now)];
  if (owner.gone.length > 0) free.push(inArray(runs.leaseOwner, [...owner.gone]));
  return db
    .update(runs)
    .set({ leaseOwner: owner.instanceId, leaseUntil: until })
    .from(pipelines)
    .where(and(isNull(runs.endedAt), eq(pipelines.pipelineId, runs.pipelineId), or(...free)))
    .returning({ runId: runs.runId, state: pipelines.status });
};

/** Other instances that hold leases of open runs. */
export const otherOwners = async (db: Database, instanceId: string): Promise<string[]> => {
  const rows = await db
    .selectDistinct({ owner: runs.leaseOwner })
    .from(runs)
    .where(and(isNull(runs.endedAt), isNotNull(runs.leaseOwner), ne(runs.leaseOwner, instanceId)));
  return rows.flatMap(({ owner }) => (owner === null ? [] : [owner]));
};

export const releaseLeases = async (db: Database, instanceId: string): Promise<void> => {
  await db.update(runs).set({ leaseOwner: null, leaseUntil: null }).where(eq(runs.leaseOwner, instanceId));
};

/** The run, if it is open and this instance holds its lease. */
export const readHeldRun = async (db: Database, runId: string, instanceId: string): Promise<OpenRun | undefined> => {
  const [row] = await db
    .select({ run: runs, status: pipelines.status, sourcePartitions: pipelines.sourcePartitions })
    .from(runs)
    .innerJoin(pipelines, eq(pipelines.pipelineId, runs.pipelineId))
    .where(and(eq(runs.runId, runId), isNull(runs.endedAt), eq(runs.leaseOwner, instanceId)));
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
    ...heardOf(run.heartbeat, run.heartbeatAt),
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
    .where(and(eq(runs.runId, runId), eq(runs.leaseOwner, instanceId), isNull(runs.endedAt)))
    .returning({ runId: runs.runId });
  return saved.length === 1;
};

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

/** The released document a run runs, as it was received. */
export const readRunDocument = async (
  db: Database,
  pipelineId: string,
  number: number,
): Promise<{ readonly document: string; readonly messageChannel: 0 | 1 }> => {
  const [version] = await db
    .select({ document: pipelineVersions.document, messageChannel: pipelineVersions.messageChannel })
    .from(pipelineVersions)
    .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, number)));
  if (version === undefined) throw new Error(`Version ${number} of pipeline ${pipelineId} is gone`);
  return { document: version.document, messageChannel: version.messageChannel === 1 ? 1 : 0 };
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
