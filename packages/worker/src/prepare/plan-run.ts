import type { Plan, SourceFacts, SourceSpec, StateManifest } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, type RunLayout, type RunSpec } from '@penstock/model';
import { compileRun, type RunDocument } from '../plan/compile-run.ts';
import { topicsOf } from '../plan/run-topics.ts';
import { isRefuted, optionsOf } from '../plan/source-partitioning.ts';
import { keptCutsOf, movedStages, type Renames, renamesOf } from './compare-manifest.ts';
import { stageNeedsOf, storesOf } from './plan-stores.ts';

export interface PlannedRun {
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly renames: Renames;
}

/**
 * The plan of the document, with the cuts that kept state lies behind and those that a changed source makes necessary.
 * `sourcePartitions`: of each source.
 */
export const planRun = async (
  spec: RunDocument,
  sourcePartitions: readonly number[],
  kept: StateManifest | undefined,
  admin: TopicAdmin,
): Promise<PlannedRun> => {
  const known = sourcePartitions.map((partitions): SourceFacts => ({ sourcePartitions: partitions }));
  const inputsOf = (plan: Plan) =>
    plan.parts.map(({ index }) => ({ topic: null, partitions: sourcePartitions[index] ?? 0 }));
  const bare = compileRun(spec, optionsOf(known));
  const bareStores = storesOf(bare, inputsOf(bare));
  const renames: Renames = kept === undefined ? new Map() : renamesOf(kept.stores, bareStores);
  const keptCuts = kept === undefined ? [] : keptCutsOf(kept, stageNeedsOf(bare), renames);
  const believedOptions = optionsOf(known, keptCuts);
  const believed = compileRun(spec, believedOptions);
  const judged: SourceFacts[] = [];
  for (const [source, facts] of known.entries()) {
    const isPartitioningRefuted = await isRefuted(spec, believed, believedOptions, admin, source);
    judged.push({ ...facts, isPartitioningRefuted });
  }
  const isAnyRefuted = judged.some(({ isPartitioningRefuted }) => isPartitioningRefuted);
  const cut = isAnyRefuted ? compileRun(spec, optionsOf(judged, keptCuts)) : believed;
  const moved = kept === undefined ? [] : movedStages(kept, storesOf(cut, inputsOf(cut)), renames);
  const isMoved = (source: number): boolean =>
    cut.parts[source]?.stages.some(({ instanceName }) => moved.includes(instanceName)) === true;
  const settled = judged.map((facts, source) => ({ ...facts, isSourceMoved: isMoved(source) }));
  const plan = moved.length > 0 ? compileRun(spec, optionsOf(settled, keptCuts)) : cut;
  const topics = topicsOf(plan, keptCuts);
  const cuts = plan.cuts.map(({ before, partitionedBy }, index) => ({
    before,
    partitionedBy,
    topic: topics.cuts[index] ?? '',
  }));
  const [first = 1, ...otherSources] = sourcePartitions;
  const others = otherSources.length === 0 ? {} : { otherSources };
  return { plan, layout: { sourcePartitions: first, ...others, cuts, topics }, renames };
};

/**
 * How many tasks each clock had, by what they have kept: as many as the run had threads. Undefined for sources that are
 * none.
 */
export const clockTasksOf = (spec: RunDocument, kept: StateManifest | undefined): readonly (number | undefined)[] => {
  const plan = compileRun(spec);
  return plan.sources.map(({ spec: source }, index) => {
    if (source.kind !== 'clock') return undefined;
    const stages = new Set(plan.parts[index]?.stages.map(({ instanceName }) => instanceName));
    const isOwn = (stage: string): boolean => plan.sources.length === 1 || stages.has(stage);
    const places = (kept?.stores ?? []).flatMap(({ stage, place }) =>
      place.cut === null && isOwn(stage) ? [place.partitions] : [],
    );
    return Math.max(1, ...places);
  });
};

/** Threads that run tasks, over all workers. */
export const threadsOf = (spec: Pick<RunSpec, 'threads' | 'cluster'>): number =>
  spec.threads * (spec.cluster?.executors ?? 1);

/**
 * How many partitions each source of a document has. What a clock makes is shared out over all threads; of what runs no
 * threads, one. Errors: `KAFKA_TOPIC_UNKNOWN`.
 */
export const sourcePartitionsOf = async (
  spec: RunDocument & Partial<Pick<RunSpec, 'threads' | 'cluster'>>,
  admin: TopicAdmin,
): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const { spec: source } of compileRun(spec).sources) found.push(await partitionsOf(source, spec, admin));
  return found;
};

const partitionsOf = async (
  source: SourceSpec,
  spec: Partial<Pick<RunSpec, 'threads' | 'cluster'>>,
  admin: TopicAdmin,
): Promise<number> => {
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
