import { type Heartbeat, isOfSource, TOPIC_SEPARATOR } from '@penstock/model';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { runReports, samples } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';

/** One sample: sums over the partitions of the topics of all sources. */
export interface OffsetSample {
  readonly lag: number;
  readonly offset: number;
  /** Unix ms. */
  readonly ts: number;
}

/** Where a topic stands, by the last heartbeat: sums over its partitions. */
export interface TopicStanding {
  readonly topicName: string;
  readonly lag: number;
  readonly offset: number;
}

export interface OffsetLag {
  /** Of several sources their topics, separated by commas. */
  readonly topicName: string;
  readonly samples: readonly OffsetSample[];
  /** Topic by topic, where there are several; empty where nobody has spoken of them. */
  readonly topics: readonly TopicStanding[] | undefined;
}

/** Most samples in one answer; older ones are in `/api/v1`. */
const MAX_SAMPLES = 1000;
const WINDOW_MS = 3600_000;

/**
 * Offset and lag over the last hour the pipeline was sampled (contract A.12), oldest first. The contract wants it
 * RUNNING; what was sampled before it stopped is given as well. Errors: `PIPELINE_UNKNOWN`.
 */
export const getOffsetLag = async (
  deps: UseCaseDeps,
  target: { readonly orgId: string; readonly pipelineId: string },
): Promise<OffsetLag> => {
  const { pipelineId, currentRunId } = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const [last] = await deps.store.db
    .select()
    .from(samples)
    .where(eq(samples.pipelineId, pipelineId))
    .orderBy(desc(samples.at))
    .limit(1);
  // A pipeline that reads no topic is sampled for its counts alone.
  if (last === undefined || last.topic === '') return { topicName: '', samples: [], topics: undefined };
  const rows = await deps.store.db
    .select()
    .from(samples)
    .where(and(eq(samples.pipelineId, pipelineId), eq(samples.topic, last.topic), gt(samples.at, last.at - WINDOW_MS)))
    .orderBy(asc(samples.at), asc(samples.id));
  return {
    topicName: last.topic,
    samples: rows.slice(-MAX_SAMPLES).map(({ lag, offset, at }) => ({ lag, offset, ts: at })),
    topics: last.topic.includes(TOPIC_SEPARATOR) ? await standingsOf(deps, currentRunId) : undefined,
  };
};

const standingsOf = async ({ store }: UseCaseDeps, runId: string | null): Promise<TopicStanding[]> => {
  if (runId === null) return [];
  const [report] = await store.db
    .select({ heartbeat: runReports.heartbeat })
    .from(runReports)
    .where(eq(runReports.runId, runId))
    .limit(1);
  const standings = new Map<string, { topicName: string; lag: number; offset: number }>();
  const { tasks } = report === undefined ? { tasks: [] } : (JSON.parse(report.heartbeat) as Pick<Heartbeat, 'tasks'>);
  for (const task of tasks) {
    if (task.topic === '' || !isOfSource(task)) continue;
    const standing = standings.get(task.topic) ?? { topicName: task.topic, lag: 0, offset: 0 };
    standing.lag += Math.max(0, task.lag);
    standing.offset += Math.max(0, task.committedOffset);
    standings.set(task.topic, standing);
  }
  return [...standings.values()];
};
