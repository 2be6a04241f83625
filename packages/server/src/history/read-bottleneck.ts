import { type Heartbeat, WorkerPhase } from '@penstock/model';
import { and, desc, eq, lte } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, runReports, runs, stageSamples } from '../store/schema.ts';
import { type Bottleneck, BottleneckCode, bottleneckOf, LEAST_WINDOW_MS, unknown } from './bottleneck.ts';
import { decodeStageCounters, type StageSample, stageCountersOf } from './stage-sample.ts';

/** A worker that has been silent for this long says nothing of now. */
const SILENT_MS = 30_000;

/** What holds the current run of a pipeline back, by the last word of its worker and a sample from before. */
export const readBottleneck = async (
  db: Database,
  pipelineId: string,
  now: number,
): Promise<Bottleneck & { readonly at: number | null }> => {
  const [run] = await db
    .select({
      endedAt: runs.endedAt,
      kafkaRate: runs.kafkaRate,
      heartbeat: runReports.heartbeat,
      heartbeatAt: runReports.heartbeatAt,
    })
    .from(pipelines)
    .innerJoin(runs, eq(runs.runId, pipelines.currentRunId))
    .innerJoin(runReports, eq(runReports.runId, runs.runId))
    .where(eq(pipelines.pipelineId, pipelineId));
  const at = run?.heartbeatAt ?? null;
  if (run === undefined || at === null || run.endedAt !== null || now - at > SILENT_MS)
    return { ...unknown(BottleneckCode.NotRunning), at };
  const heartbeat = JSON.parse(run.heartbeat) as Heartbeat;
  if (heartbeat.phase !== WorkerPhase.Running) return { ...unknown(BottleneckCode.NotRunning), at };
  if (heartbeat.waiting !== undefined) return { ...unknown(BottleneckCode.Waits, { for: heartbeat.waiting.code }), at };
  const { workerId } = heartbeat;
  const current: StageSample = { at, workerId, countedSince: null, ...stageCountersOf(heartbeat) };
  if (current.parts === undefined) return { ...unknown(BottleneckCode.NotMeasured), at };
  const [row] = await db
    .select()
    .from(stageSamples)
    .where(
      and(
        eq(stageSamples.pipelineId, pipelineId),
        eq(stageSamples.workerId, workerId),
        lte(stageSamples.at, at - LEAST_WINDOW_MS),
      ),
    )
    .orderBy(desc(stageSamples.at), desc(stageSamples.id))
    .limit(1);
  const counters = row === undefined ? undefined : decodeStageCounters(row.counters);
  if (row === undefined || counters === undefined) return { ...unknown(BottleneckCode.TooEarly), at };
  const before: StageSample = { at: row.at, workerId, countedSince: null, ...counters };
  return { ...bottleneckOf(before, current, run.kafkaRate), at };
};
