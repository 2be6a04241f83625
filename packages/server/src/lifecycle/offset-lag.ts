import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { samples } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';

/** One sample: sums over the partitions of the source topic. */
export interface OffsetSample {
  readonly lag: number;
  readonly offset: number;
  /** Unix ms. */
  readonly ts: number;
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
): Promise<{ readonly topicName: string; readonly samples: readonly OffsetSample[] }> => {
  const { pipelineId } = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  const [last] = await deps.store.db
    .select()
    .from(samples)
    .where(eq(samples.pipelineId, pipelineId))
    .orderBy(desc(samples.at))
    .limit(1);
  // A pipeline that reads no topic is sampled for its counts alone.
  if (last === undefined || last.topic === '') return { topicName: '', samples: [] };
  const rows = await deps.store.db
    .select()
    .from(samples)
    .where(and(eq(samples.pipelineId, pipelineId), eq(samples.topic, last.topic), gt(samples.at, last.at - WINDOW_MS)))
    .orderBy(asc(samples.at), asc(samples.id));
  return {
    topicName: last.topic,
    samples: rows.slice(-MAX_SAMPLES).map(({ lag, offset, at }) => ({ lag, offset, ts: at })),
  };
};
