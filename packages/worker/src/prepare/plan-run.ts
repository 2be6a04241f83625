import type { Plan, StateManifest } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, type RunLayout, type RunSpec } from '@penstock/model';
import { compileRun, type PlanOptions, type RunDocument } from '../plan/compile-run.ts';
import { topicsOf } from '../plan/run-topics.ts';
import { isRefuted } from '../plan/source-partitioning.ts';
import { isSourceMoved, keptCutsOf, type Renames, renamesOf } from './compare-manifest.ts';
import { stageNeedsOf, storesOf } from './plan-stores.ts';

export interface PlannedRun {
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly renames: Renames;
}

/** The plan of the document, with the cuts that kept state lies behind and those that a changed source makes necessary. */
export const planRun = async (
  spec: RunDocument,
  sourcePartitions: number,
  kept: StateManifest | undefined,
  admin: TopicAdmin,
): Promise<PlannedRun> => {
  const compile = (options: PlanOptions): Plan => compileRun(spec, { sourcePartitions, ...options });
  const inputsOf = (plan: Plan) =>
    plan.parts.map((part) => ({ topic: null, partitions: part.index === 0 ? sourcePartitions : 0 }));
  const bare = compile({});
  const bareStores = storesOf(bare, inputsOf(bare));
  const renames: Renames = kept === undefined ? new Map() : renamesOf(kept.stores, bareStores);
  const keptCuts = kept === undefined ? [] : keptCutsOf(kept, stageNeedsOf(bare), renames);
  const believed = compile({ keptCuts });
  const isPartitioningRefuted = await isRefuted(spec, believed, { sourcePartitions, keptCuts }, admin);
  const cut = isPartitioningRefuted ? compile({ keptCuts, isPartitioningRefuted }) : believed;
  const isMoved = kept !== undefined && isSourceMoved(kept, storesOf(cut, inputsOf(cut)), renames);
  const plan = isMoved ? compile({ keptCuts, isPartitioningRefuted, isSourceMoved: true }) : cut;
  const topics = topicsOf(plan, keptCuts);
  const cuts = plan.cuts.map(({ before, partitionedBy }, index) => ({
    before,
    partitionedBy,
    topic: topics.cuts[index] ?? '',
  }));
  return { plan, layout: { sourcePartitions, cuts, topics }, renames };
};

/** How many tasks a clock had, by what they have kept: as many as the run had threads. Undefined: the source is none. */
export const clockTasksOf = (spec: RunDocument, kept: StateManifest | undefined): number | undefined => {
  if (compileRun(spec).source.spec.kind !== 'clock') return undefined;
  const places = (kept?.stores ?? []).flatMap(({ place }) => (place.cut === null ? [place.partitions] : []));
  return Math.max(1, ...places);
};

/** Threads that run tasks, over all workers. */
export const threadsOf = (spec: Pick<RunSpec, 'threads' | 'cluster'>): number =>
  spec.threads * (spec.cluster?.executors ?? 1);

/**
 * How many partitions the source of a document has. What a clock makes is shared out over all threads; of what runs no
 * threads, one. Errors: `KAFKA_TOPIC_UNKNOWN`.
 */
export const sourcePartitionsOf = async (
  spec: RunDocument & Partial<Pick<RunSpec, 'threads' | 'cluster'>>,
  admin: TopicAdmin,
): Promise<number> => {
  const source = compileRun(spec).source.spec;
  if (source.kind === 'clock') return threadsOf({ ...spec, threads: spec.threads ?? 1 });
  if (source.kind === 'inline') return 1;
  const partitions = await admin.partitionCount(source.topic);
  if (partitions !== undefined) return partitions;
  throw new AppError(
    'KAFKA_TOPIC_UNKNOWN',
    `The source topic "${source.topic}" does not exist. Create it and start the pipeline again.`,
    { domain: 'user', params: { topic: source.topic } },
  );
};
