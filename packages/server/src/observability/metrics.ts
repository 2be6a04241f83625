import { type Heartbeat, isOfSource } from '@penstock/model';
import { count, eq, isNull } from 'drizzle-orm';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isHeldBack, standsStill } from '../runs/stalled-partitions.ts';
import type { Store } from '../store/open-store.ts';
import { pipelines, runReports, runs } from '../store/schema.ts';
import { readLatestUsage } from './latest-usage.ts';
import { createServiceMetrics, type ServiceFacts } from './service-metrics.ts';

/** Runs shown at most: the number of series stays bounded whatever people create. */
const MAX_RUNS = 500;
const MAX_STAGES = 200;

const RESOURCE = ['org', 'resource'] as const;
const RUN = ['org', 'pipeline'] as const;
const STAGE = ['org', 'pipeline', 'stage'] as const;
const CODE = ['org', 'pipeline', 'stage', 'code'] as const;

/**
 * `/metrics` in Prometheus' text format. What is told of runs comes from the last heartbeats in the database, so every
 * instance tells the same of all of them; counters start again with each worker, as Prometheus expects.
 */
export const createMetrics = (store: Store, now: () => number, facts: ServiceFacts) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter<T>({ name, help, labelNames, registers });

  const httpDuration = new Histogram({
    name: 'penstock_http_request_duration_seconds',
    help: 'Time to answer, by route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const states = gauge('penstock_pipelines', 'Pipelines by status.', ['status']);
  const resourceSeries = {
    granted: gauge('penstock_resource_granted_cu', 'What an organisation may use of a resource, in CU.', RESOURCE),
    used: gauge('penstock_resource_used_cu', 'What it uses, in CU.', RESOURCE),
  };
  const runSeries = {
    up: gauge('penstock_run_up', '1 while the worker says it is running, else 0.', RUN),
    age: gauge('penstock_run_heartbeat_age_seconds', 'Age of the last heartbeat.', RUN),
    launches: counter('penstock_run_launches_total', 'Workers launched for the current run.', RUN),
    rate: gauge('penstock_run_rate_limit_records_per_second', 'Allowed read rate.', RUN),
    lag: gauge('penstock_run_lag_records', 'Records of the topics of all sources not yet committed.', RUN),
    heldBack: gauge(
      'penstock_run_records_held_back',
      "Records behind a producer's transaction that is open for long.",
      RUN,
    ),
    still: gauge('penstock_run_partitions_standing_still', 'Partitions that have lag and do not move.', RUN),
    commitAge: gauge(
      'penstock_run_oldest_commit_age_seconds',
      'Age of the oldest last commit among partitions that have lag.',
      RUN,
    ),
    read: counter('penstock_run_records_read_total', 'Records read since the worker started.', RUN),
    bytes: counter('penstock_run_bytes_read_total', 'Bytes read since the worker started.', RUN),
    written: counter('penstock_run_records_written_total', 'Records written since the worker started.', RUN),
    rss: gauge('penstock_run_resident_memory_bytes', 'Resident memory of the worker.', RUN),
    cpu: counter('penstock_run_cpu_seconds_total', 'CPU time of the worker.', RUN),
  };
  const stageSeries = {
    input: counter('penstock_stage_records_in_total', 'Records given to the stage.', STAGE),
    output: counter('penstock_stage_records_out_total', 'Records the stage sent on.', STAGE),
    errors: counter('penstock_stage_records_failed_total', 'Error records of the stage, by code.', CODE),
    dropped: counter('penstock_stage_records_dropped_total', 'Records the stage dropped, by reason.', CODE),
  };

  const service = createServiceMetrics(registry, store, now, facts);

  const showRun = (run: ShownRun): void => {
    const labels = { org: run.orgId, pipeline: run.pipelineId };
    runSeries.launches.inc(labels, run.attempts);
    runSeries.rate.set(labels, run.kafkaRate);
    runSeries.up.set(labels, run.phase === 'running' ? 1 : 0);
    if (run.heartbeat === null || run.heartbeatAt === null) return;
    const heartbeat = JSON.parse(run.heartbeat) as Heartbeat;
    runSeries.age.set(labels, Math.max(0, now() - run.heartbeatAt) / 1000);
    runSeries.lag.set(labels, lagOf(heartbeat));
    const ageMs = Math.max(0, now() - run.heartbeatAt);
    const waiting = heartbeat.tasks.filter(({ lag }) => lag > 0);
    runSeries.still.set(labels, run.kafkaRate === 0 ? 0 : waiting.filter((task) => standsStill(task, ageMs)).length);
    runSeries.heldBack.set(
      labels,
      heartbeat.tasks.reduce((sum, task) => sum + (isHeldBack(task, ageMs) ? (task.heldBack?.records ?? 0) : 0), 0),
    );
    runSeries.commitAge.set(
      labels,
      Math.max(
        0,
        ...waiting.map(({ lastCommitAgeMs }) => (lastCommitAgeMs === undefined ? 0 : lastCommitAgeMs + ageMs)),
      ) / 1000,
    );
    runSeries.read.inc(labels, heartbeat.recordsRead);
    runSeries.bytes.inc(labels, heartbeat.bytesRead);
    runSeries.written.inc(labels, heartbeat.recordsWritten);
    runSeries.rss.set(labels, heartbeat.rssMb * 1_048_576);
    runSeries.cpu.inc(labels, heartbeat.cpuMs / 1000);
    for (const [stage, counters] of Object.entries(heartbeat.stages).slice(0, MAX_STAGES)) {
      stageSeries.input.inc({ ...labels, stage }, counters.input);
      stageSeries.output.inc({ ...labels, stage }, counters.output);
      for (const [code, value] of Object.entries(counters.errors))
        stageSeries.errors.inc({ ...labels, stage, code }, value);
      for (const [code, value] of Object.entries(counters.dropped))
        stageSeries.dropped.inc({ ...labels, stage, code }, value);
    }
  };

  const all = [states, ...Object.values(resourceSeries), ...Object.values(runSeries), ...Object.values(stageSeries)];
  const clear = (): void => {
    for (const series of all) series.reset();
  };

  const refresh = async (): Promise<void> => {
    const counts = await store.db
      .select({ status: pipelines.status, value: count() })
      .from(pipelines)
      .groupBy(pipelines.status);
    const open = await selectOpenRuns(store);
    const used = await readLatestUsage(store.db);
    const showService = await service.ask();
    // From here on nothing waits, so that two scrapes at once do not add up.
    clear();
    showService();
    for (const { status, value } of counts) states.set({ status }, value);
    for (const { orgId, resource, grantedMilli, usedMilli } of used) {
      const labels = { org: orgId, resource };
      if (grantedMilli !== null) resourceSeries.granted.set(labels, grantedMilli / 1000);
      resourceSeries.used.set(labels, usedMilli / 1000);
    }
    for (const run of open) showRun(run);
  };

  /** Whoever watches wants to hear of a database that does not answer: what it knows is left out then. */
  const refreshIfUp = async (): Promise<void> => {
    let isUp = service.isDatabaseUp();
    try {
      if (isUp) await refresh();
    } catch {
      isUp = false; // told by penstock_database_up; the service's log says why
    }
    if (!isUp) clear();
    service.showWithout(isUp);
  };

  return {
    httpDuration,
    heard: service.heard,
    text: async (): Promise<string> => {
      await refreshIfUp();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
};
export type Metrics = ReturnType<typeof createMetrics>;

type ShownRun = Awaited<ReturnType<typeof selectOpenRuns>>[number];

const selectOpenRuns = (store: Store) =>
  store.db
    .select({
      orgId: runs.orgId,
      pipelineId: runs.pipelineId,
      attempts: runs.attempts,
      kafkaRate: runs.kafkaRate,
      phase: runs.phase,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
    })
    .from(runs)
    .innerJoin(pipelines, eq(pipelines.currentRunId, runs.runId))
    .leftJoin(runReports, eq(runReports.runId, runs.runId))
    .where(isNull(runs.endedAt))
    .limit(MAX_RUNS);

/** Records of the topics of all sources that are not committed yet, as far as the tasks know. */
export const lagOf = (heartbeat: Heartbeat): number =>
  heartbeat.tasks.reduce((sum, task) => sum + (isOfSource(task) ? Math.max(0, task.lag) : 0), 0);
