import type { Modes } from '@penstock/modes';
import { and, count, desc, eq, getTableColumns, gte, lt, lte, type SQL } from 'drizzle-orm';
import type { Static } from 'typebox';
import { lagOf } from '../../../observability/metrics.ts';
import {
  countStates,
  type PipelinePosition,
  type PipelineSearch,
  type PipelineSort,
  searchCondition,
  searchOrder,
} from '../../../pipelines/search-pipelines.ts';
import { droppedOf, errorsOf } from '../../../runs/heartbeat/receive-heartbeat.ts';
import { heldBackOf, standstillOf } from '../../../runs/stalled-partitions.ts';
import type { Database } from '../../../store/open-store.ts';
import { pipelines, pipelineVersions, runEvents, runLeases, runReports, runs, samples } from '../../../store/schema.ts';
import { pipelineUnknown, type UseCaseDeps } from '../../../use-case/use-case.ts';
import type { pipelineDetailSchema, pipelineSummarySchema } from './pipeline-schemas.ts';
import { evidenceOf, heartbeatOf, noticeOf, runOf } from './run-view.ts';

type PipelineSummary = Static<typeof pipelineSummarySchema>;
type PipelineDetail = Static<typeof pipelineDetailSchema>;
/** What a view of a pipeline is made from. */
export type ViewDeps = Pick<UseCaseDeps, 'store' | 'clock' | 'modes'>;
type Row = Awaited<ReturnType<typeof selectPipelines>>[number];

const selectPipelines = async (db: Database, where: SQL | undefined, order: readonly SQL[], limit: number) => {
  const rows = await selectRows(db, where, order, limit);
  return rows.map(({ run, heartbeat, heartbeatAt, leaseUntil, ...row }) => ({
    ...row,
    run: run === null ? null : { ...run, heartbeat, heartbeatAt, leaseUntil },
  }));
};

/** No list needs documents, which are large and lie apart. */
const { document: _document, searchText: _searchText, ...listed } = getTableColumns(pipelines);

const selectRows = (db: Database, where: SQL | undefined, order: readonly SQL[], limit: number) =>
  db
    .select({
      pipeline: listed,
      run: runs,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
      leaseUntil: runLeases.until,
      releasedAt: pipelineVersions.releasedAt,
    })
    .from(pipelines)
    .leftJoin(runs, eq(runs.runId, pipelines.currentRunId))
    .leftJoin(runReports, eq(runReports.runId, runs.runId))
    .leftJoin(runLeases, eq(runLeases.runId, runs.runId))
    .leftJoin(
      pipelineVersions,
      and(eq(pipelineVersions.pipelineId, pipelines.pipelineId), eq(pipelineVersions.number, pipelines.releasedNumber)),
    )
    .where(where)
    .orderBy(...order)
    .limit(limit);

/** A page of the pipelines looked for, how many there are, and how many in each state. */
export const listSummaries = async (
  deps: ViewDeps,
  search: PipelineSearch,
  page: { readonly sort: PipelineSort; readonly limit: number; readonly after: PipelinePosition | undefined },
) => {
  const { db } = deps.store;
  const { sort, limit } = page;
  const counts = await countStates(db, search);
  // One more than asked for says whether there is another page.
  const rows = await selectPipelines(db, searchCondition(search, page.after), searchOrder(sort), limit + 1);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1)?.pipeline : undefined;
  const wanted = search.states ?? Object.keys(counts);
  return {
    total: wanted.reduce((sum, state) => sum + (counts[state] ?? 0), 0),
    counts,
    items: shown.map((row) => summaryOf(deps, row)),
    next:
      last === undefined
        ? undefined
        : { sort, value: sort === 'name' ? last.name : last.updatedAt, pipelineId: last.pipelineId },
  };
};

/** Everything known of one pipeline but its documents. Errors: `PIPELINE_UNKNOWN`. */
export const getDetail = async (deps: ViewDeps, orgId: string, pipelineId: string): Promise<PipelineDetail> => {
  const { db } = deps.store;
  const [row] = await selectPipelines(db, and(eq(pipelines.pipelineId, pipelineId), eq(pipelines.orgId, orgId)), [], 1);
  if (row === undefined) throw pipelineUnknown(pipelineId);
  const [kept] = await db
    .select({ versions: count() })
    .from(pipelineVersions)
    .where(eq(pipelineVersions.pipelineId, pipelineId));
  const document = `/api/v1/pipelines/${pipelineId}/document`;
  return {
    ...summaryOf(deps, row),
    run: row.run === null ? null : runOf(deps.modes, row.run),
    versions: kept?.versions ?? 0,
    documents: {
      design: document,
      released: row.pipeline.releasedNumber === null ? null : `${document}?released=true`,
    },
  };
};

const summaryOf = (deps: ViewDeps, { pipeline, run, releasedAt }: Row): PipelineSummary => {
  const heartbeat = heartbeatOf(run);
  const isLive = run !== null && run.endedAt === null;
  return {
    pipelineId: pipeline.pipelineId,
    orgId: pipeline.orgId,
    name: pipeline.name,
    description: pipeline.description,
    templateType: pipeline.templateType,
    messageChannel: pipeline.messageChannel,
    released: pipeline.releasedNumber !== null,
    releasedAt,
    updatedAt: pipeline.updatedAt,
    updatedBy: pipeline.updatedBy,
    revision: pipeline.revision,
    version: pipeline.releasedNumber,
    group: pipeline.groupName,
    labels: [...pipeline.labels],
    executionMode: pipeline.executionMode,
    kafkaRate: pipeline.kafkaRate,
    desired: desiredOf(pipeline.desired),
    status: pipeline.status,
    observed: observedOf(deps, { pipeline, run }),
    resource: resourceOf(deps.modes, run),
    throughput: {
      recordsInPerSecond: isLive ? (heartbeat?.rates?.inPerSecond ?? 0) : 0,
      recordsOutPerSecond: isLive ? (heartbeat?.rates?.outPerSecond ?? 0) : 0,
    },
    lag: isLive && heartbeat !== undefined ? lagOf(heartbeat) : null,
    droppedTotal: heartbeat === undefined ? 0 : droppedOf(heartbeat),
    errorsTotal: heartbeat === undefined ? 0 : errorsOf(heartbeat),
  };
};

const desiredOf = (value: string | null): PipelineSummary['desired'] =>
  value === 'run' || value === 'pause' || value === 'stop' ? value : null;

const observedOf = (deps: ViewDeps, { pipeline, run }: Pick<Row, 'pipeline' | 'run'>): PipelineSummary['observed'] => {
  // While a worker is being replaced or a clearing tried again, the run knows why; once it runs that is history.
  const isStruggling = run?.endedAt === null && pipeline.status !== 'RUNNING';
  const notice = run === null ? undefined : (noticeOf(run) ?? standstill(run, pipeline.status, deps.clock.now()));
  const code = notice?.code ?? pipeline.reasonCode ?? (isStruggling ? run.reasonCode : null);
  const message = notice?.message ?? pipeline.reasonMessage ?? run?.reasonMessage ?? '';
  return {
    state: pipeline.status,
    since: pipeline.statusSince,
    ...evidenceOf(deps.modes, pipeline.statusSince, run, deps.clock.now()),
    reason: code === null || code === undefined ? null : { code, message },
    attempts: run?.attempts ?? 0,
  };
};

/** A run that is up and does not get on has a reason too. */
const standstill = (run: NonNullable<Row['run']>, status: string, now: number) => {
  const heartbeat = heartbeatOf(run);
  if (status !== 'RUNNING' || heartbeat === undefined || run.heartbeatAt === null) return undefined;
  const ageMs = Math.max(0, now - run.heartbeatAt);
  return standstillOf(heartbeat, run.kafkaRate, ageMs) ?? heldBackOf(heartbeat, ageMs);
};

/** CUs by the grants that the run's mode takes from. */
const resourceOf = (modes: Modes, run: Row['run']): PipelineSummary['resource'] => {
  if (run === null || run.endedAt !== null) return {};
  const taken = {
    standalone: { standaloneCu: run.standaloneMilli / 1000 },
    'cluster-server': { serverCu: run.serverMilli / 1000 },
    'cluster-yarn': { yarnCu: run.yarnMilli / 1000 },
  };
  return Object.assign({}, ...modes.of(run.executionMode).grants.map((grant) => taken[grant]));
};

/** Events of a pipeline, newest first, from before event number `before`. */
export const listEvents = async (
  db: Database,
  pipelineId: string,
  query: { limit: number; before: number | undefined },
) => {
  const older = query.before === undefined ? [] : [lt(runEvents.id, query.before)];
  const [matched] = await db.select({ total: count() }).from(runEvents).where(eq(runEvents.pipelineId, pipelineId));
  const rows = await db
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.pipelineId, pipelineId), ...older))
    .orderBy(desc(runEvents.id))
    .limit(query.limit);
  return { total: matched?.total ?? 0, rows };
};

/** Samples between two times, oldest first; at most `limit`, the newest of them. */
export const listSamples = async (
  db: Database,
  pipelineId: string,
  query: { readonly from: number; readonly to: number; readonly limit: number },
) => {
  const rows = await db
    .select()
    .from(samples)
    .where(and(eq(samples.pipelineId, pipelineId), gte(samples.at, query.from), lte(samples.at, query.to)))
    .orderBy(desc(samples.at), desc(samples.id))
    .limit(query.limit);
  return rows.reverse();
};

/** The organisation a pipeline belongs to, for callers who may act for all. */
export const organizationOfPipeline = async (db: Database, pipelineId: string): Promise<string | undefined> => {
  const [row] = await db.select({ orgId: pipelines.orgId }).from(pipelines).where(eq(pipelines.pipelineId, pipelineId));
  return row?.orgId;
};
