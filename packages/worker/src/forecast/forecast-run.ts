import { inputTopicOf, type PlanPart, type StateManifest } from '@penstock/engine';
import { createTopicAdmin, type KafkaClient, readManifest, type TopicAdmin } from '@penstock/kafka';
import { manifestTopicOf, type ReleaseForecast } from '@penstock/model';
import { checkDrained, checkState } from '../prepare/check-kept.ts';
import { compareStores, cutPartitionsOf, type StateChanges } from '../prepare/compare-manifest.ts';
import { describeFirstEdition } from '../prepare/first-edition.ts';
import { clockTasksOf, type PlannedRun, planRun, sourcePartitionsOf } from '../prepare/plan-run.ts';
import { storeDefinitionsOf, storesOf } from '../prepare/plan-stores.ts';
import { checkTargets, type PreparedInput } from '../prepare/prepare-topics.ts';
import { forecastPositions } from './forecast-positions.ts';
import type { ForecastSpec } from './forecast-spec.ts';
import { type Draft, Refusals } from './refusals.ts';
import { stateFatesOf } from './state-fates.ts';

/**
 * What the preparation of a run would make of what the pipeline keeps in Kafka, if its document were this one: by the
 * same comparisons, and without writing, making or fencing anything. Whether a stage has any entries is not looked at,
 * for that may take reading all of them: what is said of its state is of no matter where it has none. Errors: Kafka's,
 * where it cannot be asked.
 */
export const forecastRun = async (spec: ForecastSpec, client: KafkaClient): Promise<ReleaseForecast> => {
  const admin = createTopicAdmin(client);
  const refusals = new Refusals();
  const forecast: Draft<ReleaseForecast> = {
    isKept: false,
    states: [],
    cuts: [],
    positions: [],
    refusals: refusals.found,
  };
  const partitions = await refusals.of(() => sourcePartitionsOf(spec, admin));
  if (partitions === undefined) return forecast;
  const read = await refusals.of(() => readKept(spec, partitions, client, admin));
  if (read === undefined) return forecast;
  const { kept } = read;
  // With how many threads it will be started is not known: as with those it had.
  const clocks = clockTasksOf(spec, kept);
  const sourcePartitions = partitions.map((count, source) => clocks[source] ?? count);
  forecast.isKept = kept !== undefined;
  const planned = await refusals.of(() => planRun(spec, sourcePartitions, kept, admin));
  if (planned === undefined) return forecast;

  await refusals.of(() => checkTargets(planned.plan, admin));
  if (kept !== undefined) await refusals.of(() => checkState(kept, planned.layout, admin));
  forecast.cuts = await cutFates(spec, planned, kept, admin, refusals);
  const inputs = await inputsOf(planned, kept, sourcePartitions, admin);
  const stores = storesOf(planned.plan, inputs);
  const changes =
    kept === undefined ? NOTHING : compareStores(kept, stores, planned.renames, storeDefinitionsOf(planned.plan));
  forecast.states = stateFatesOf(kept?.stores ?? [], stores, changes);
  for (const problem of changes.unusable.values()) refusals.note(problem);
  forecast.positions = await forecastPositions({ spec, kept, inputs, plan: planned.plan, client, admin }, refusals);
  return forecast;
};

const NOTHING: StateChanges = {
  cleared: [],
  renames: new Map(),
  moved: new Map(),
  migrated: new Map(),
  unusable: new Map(),
};

/** In an object, since nothing kept is an answer. Errors: those of a manifest that cannot be believed. */
const readKept = async (
  spec: ForecastSpec,
  sourcePartitions: readonly number[],
  client: KafkaClient,
  admin: TopicAdmin,
): Promise<{ readonly kept: StateManifest | undefined }> => {
  const hasManifest = (await admin.describeTopic(manifestTopicOf(spec.pipelineId))) !== undefined;
  const manifest = hasManifest ? await readManifest(client, spec.pipelineId) : undefined;
  return { kept: manifest ?? (await describeFirstEdition(spec, admin, sourcePartitions[0] ?? 1)) };
};

const cutFates = async (
  { pipelineId }: ForecastSpec,
  { layout }: PlannedRun,
  kept: StateManifest | undefined,
  admin: TopicAdmin,
  refusals: Refusals,
): Promise<ReleaseForecast['cuts'][number][]> => {
  const before = kept?.cuts ?? [];
  const fates: ReleaseForecast['cuts'][number][] = layout.cuts.map(({ before: stage, topic }) => ({
    stage,
    fate: before.some((cut) => cut.topic === topic) ? 'kept' : 'made',
  }));
  for (const cut of before.filter(({ topic }) => !layout.topics.cuts.includes(topic))) {
    const isDrained = await refusals.of(async () => {
      await checkDrained(cut, pipelineId, admin);
      return true;
    });
    fates.push({ stage: cut.before, fate: isDrained === true ? 'drained' : 'refused' });
  }
  return fates;
};

/** What the parts would read: topics that there are, and those that would be made. */
const inputsOf = async (
  { plan, layout, renames }: PlannedRun,
  kept: StateManifest | undefined,
  sourcePartitions: readonly number[],
  admin: TopicAdmin,
): Promise<PreparedInput[]> => {
  const inputs: PreparedInput[] = [];
  for (const { index: part, input } of plan.parts) {
    const topic = inputTopicOf(plan, plan.parts[part] as PlanPart, layout.topics.cuts);
    const found = topic === null ? undefined : await admin.describeTopic(topic);
    const most = Math.max(...sourcePartitions);
    const wanted =
      input.kind === 'cut'
        ? (cutPartitionsOf(plan, input.cut, kept, renames) ?? most)
        : (sourcePartitions[input.source] ?? 1);
    inputs.push({ part, topic, topicId: found?.id ?? '', partitions: found?.partitions ?? wanted });
  }
  return inputs;
};
