import { type Heartbeat, isPipelineState, type PipelineState } from '@penstock/model';
import { and, eq, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { pipelines, runLeases, runReports, runs } from '../../store/schema.ts';
import { alarms } from '../../store/schema-alarms.ts';
import type { PipelineFacts } from '../rules/conditions.ts';

/** A pipeline whose alarms are looked at. */
export interface WatchedPipeline {
  readonly pipelineId: string;
  readonly orgId: string;
  readonly name: string;
  readonly alarmConfig: string | null;
  readonly facts: PipelineFacts;
}

export interface Watcher {
  readonly instanceId: string;
  /** Since when this instance has been looking and listening without a break (Unix ms). */
  readonly since: number;
}

/**
 * Pipelines that have alarms, or had, and are for this instance to look at: those whose run's lease it holds, and those
 * without an open run. `only`: this one, whoever holds the lease.
 */
export const readWatched = async (
  db: Database,
  watcher: Watcher,
  now: number,
  only?: string,
): Promise<readonly WatchedPipeline[]> => {
  const hasAlarms = or(
    and(isNotNull(pipelines.alarmConfig), notInArray(pipelines.alarmConfig, ['', '{}'])),
    sql`exists (select 1 from ${alarms} where ${alarms.pipelineId} = ${pipelines.pipelineId})`,
  );
  const isOurs = or(
    isNull(runs.runId),
    isNotNull(runs.endedAt),
    isNull(runLeases.runId),
    eq(runLeases.owner, watcher.instanceId),
    lt(runLeases.until, now),
  );
  const rows = await db
    .select({
      pipelineId: pipelines.pipelineId,
      orgId: pipelines.orgId,
      name: pipelines.name,
      alarmConfig: pipelines.alarmConfig,
      status: pipelines.status,
      statusSince: pipelines.statusSince,
      reasonCode: pipelines.reasonCode,
      runId: runs.runId,
      kafkaRate: runs.kafkaRate,
      desired: runs.desired,
      runSince: runs.createdAt,
      endedAt: runs.endedAt,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
    })
    .from(pipelines)
    .leftJoin(runs, eq(runs.runId, pipelines.currentRunId))
    .leftJoin(runLeases, eq(runLeases.runId, runs.runId))
    .leftJoin(runReports, eq(runReports.runId, runs.runId))
    .where(and(hasAlarms, only === undefined ? isOurs : eq(pipelines.pipelineId, only)));
  return rows.map(({ pipelineId, orgId, name, alarmConfig, status, statusSince, reasonCode, ...run }) => ({
    pipelineId,
    orgId,
    name,
    alarmConfig,
    facts: { status: stateOf(status, pipelineId), statusSince, reasonCode, ...runOf(run, watcher) },
  }));
};

const stateOf = (status: string, pipelineId: string): PipelineState => {
  if (isPipelineState(status)) return status;
  throw new Error(`Pipeline ${pipelineId} has the unknown status "${status}"`);
};

interface RunColumns {
  readonly runId: string | null;
  readonly kafkaRate: number | null;
  readonly desired: string | null;
  readonly runSince: number | null;
  readonly endedAt: number | null;
  readonly heartbeat: string | null;
  readonly heartbeatAt: number | null;
}

const runOf = (row: RunColumns, { since }: Watcher): Pick<PipelineFacts, 'run'> => {
  const { runId, kafkaRate, runSince, heartbeat, heartbeatAt } = row;
  if (runId === null || kafkaRate === null || runSince === null) return {};
  if (row.endedAt !== null || row.desired !== 'run') return {};
  const heard =
    heartbeat === null || heartbeatAt === null
      ? {}
      : { heard: { at: heartbeatAt, heartbeat: JSON.parse(heartbeat) as Heartbeat } };
  return { run: { runId, kafkaRate, expectedSince: Math.max(runSince, since), ...heard } };
};

export type AlarmRow = typeof alarms.$inferSelect;

/** The alarms of some pipelines that are kept, by pipeline. */
export const readAlarmRows = async (
  db: Database,
  pipelineIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AlarmRow[]>> => {
  if (pipelineIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(alarms)
    .where(inArray(alarms.pipelineId, [...pipelineIds]));
  return Map.groupBy(rows, ({ pipelineId }) => pipelineId);
};
