import { type CutEntry, type InputEntry, manifestFormatOf, type Position, type StateManifest } from '@penstock/engine';
import { createTopicAdmin, ensureManifestTopic, type KafkaClient, readManifest } from '@penstock/kafka';
import { AppError, type RunEvent, type RunLayout, type RunSpec, type TaskPlace } from '@penstock/model';
import type { Assignment } from '../plan/assignment.ts';
import { checkDrained, checkState } from './check-kept.ts';
import { compareStores, cutPartitionsOf, isUnchanged } from './compare-manifest.ts';
import { describeFirstEdition } from './first-edition.ts';
import { planRun, sourcePartitionsOf, threadsOf } from './plan-run.ts';
import { cutsOf, storeDefinitionsOf, storesOf } from './plan-stores.ts';
import { type PreparedInput, prepareTopics } from './prepare-topics.ts';
import { isSameLayout } from './run-layout.ts';
import { positionPort, settleInput } from './settle-input.ts';
import { endAbandoned, fenceKept, writePreparation as write } from './write-preparation.ts';

export interface PrepareOptions {
  readonly client: KafkaClient;
  /** The layout tasks run by already: what would change it is not done. */
  readonly current?: RunLayout;
  /** Called for everything that is read of kept state where that has to be moved. */
  onProgress?(): void;
  onEvent(event: RunEvent): void;
}

/**
 * Compiles the document with what Kafka knows of its topics, compares it with what the pipeline has kept there, makes
 * the topics it needs, settles where tasks begin that have no position yet, and says what tasks there are. What changes
 * is written in one transaction; nothing is where nothing has changed. Errors: `KAFKA_TOPIC_UNKNOWN`; `PLAN_CHANGED`,
 * retryable, where tasks are running that would have to be distributed differently; and what somebody has to decide:
 * `POSITION_LOST`, `STATE_LOST`, `CUT_NOT_DRAINED`, `STATE_KEY_CHANGED` and the like.
 */
export const prepareRun = async (spec: RunSpec, options: PrepareOptions): Promise<Assignment> => {
  const { client, current, onProgress = () => undefined } = options;
  const { pipelineId } = spec;
  const admin = createTopicAdmin(client);
  const tell = (event: Omit<RunEvent, 'at'>): void => options.onEvent({ at: Date.now(), ...event });
  const sourcePartitions = await sourcePartitionsOf(spec, admin);
  await ensureManifestTopic(admin, pipelineId);
  // Tasks that are running commit for themselves; what nobody has any more would hold up every look at what is kept.
  if (current === undefined) await endAbandoned(client, pipelineId);
  const kept =
    (await readManifest(client, pipelineId)) ?? (await describeFirstEdition(spec, admin, sourcePartitions[0] ?? 1));
  const { plan, layout, renames } = await planRun(spec, sourcePartitions, kept, admin);
  if (current !== undefined && !isSameLayout(layout, current)) throw planChanged();
  const dropped = (kept?.cuts ?? []).filter(({ topic }) => !layout.topics.cuts.includes(topic));
  for (const cut of dropped) await checkDrained(cut, pipelineId, admin);
  if (kept !== undefined) await checkState(kept, layout, admin);

  const { inputs, made, stateTopicId } = await prepareTopics(
    {
      plan,
      topics: layout.topics,
      sourcePartitions,
      cutPartitions: (cut) =>
        cutPartitionsOf(plan, cut, kept, renames) ?? Math.max(...sourcePartitions, threadsOf(spec)),
    },
    admin,
  );
  const stores = storesOf(plan, inputs);
  const changes = kept === undefined ? undefined : compareStores(kept, stores, renames, storeDefinitionsOf(plan));
  const hasChanges = changes !== undefined && !isUnchanged(changes);
  if (current !== undefined && hasChanges) throw planChanged();
  const kafka = positionPort(client, admin, pipelineId);
  const positions: Position[] = [];
  for (const { topic, ...input } of inputs) {
    if (topic === null) continue;
    positions.push(...(await settleInput({ ...input, topic }, { spec, plan, kept, made, kafka, admin, tell })));
  }
  const manifest: StateManifest = {
    format: manifestFormatOf(stores),
    inputs: inputEntries(inputs, kept, dropped),
    cuts: cutsOf(plan, layout.topics.cuts),
    stores,
    stateTopicId,
    ...(plan.sources.length === 1 ? {} : { sources: plan.sources.length }),
  };
  if (positions.length > 0 || hasChanges || JSON.stringify(manifest) !== JSON.stringify(kept)) {
    if (hasChanges || hasOtherParts(kept, manifest)) await fenceKept(client, pipelineId, kept);
    await write({
      client,
      admin,
      pipelineId,
      manifest,
      positions,
      changes: hasChanges ? changes : undefined,
      tell,
      onProgress,
    });
  }
  if (kept !== undefined && made.includes(layout.topics.deadLetters)) tell(madeAnew(layout.topics.deadLetters));
  await admin.deleteTopics(dropped.map(({ topic }) => topic));
  return { layout, places: placesOf(inputs) };
};

/** Whether tasks have other places than they had: what a late one of before would commit nobody would fence. */
const hasOtherParts = (kept: StateManifest | undefined, now: StateManifest): boolean =>
  kept !== undefined &&
  ((kept.sources ?? 1) !== (now.sources ?? 1) ||
    kept.cuts.some(({ topic }, index) => now.cuts[index]?.topic !== topic));

const madeAnew = (topic: string): Omit<RunEvent, 'at'> => ({
  code: 'TOPIC_MADE_ANEW',
  severity: 'warning',
  message: `Topic "${topic}" was missing and was made anew; what it held is gone.`,
});

/** Ends what runs, so that the next attempt begins by the new layout, with nobody working by the old one. */
const planChanged = (): AppError =>
  new AppError(
    'PLAN_CHANGED',
    'The topics of the pipeline have changed so that its records have to be distributed differently; the run begins anew with that.',
    { domain: 'external', retryable: true },
  );

/** Topics of other versions of the document stay in it: their positions are still there, too. */
const inputEntries = (
  inputs: readonly PreparedInput[],
  kept: StateManifest | undefined,
  dropped: readonly CutEntry[],
): InputEntry[] => {
  const read = inputs.flatMap(({ topic, topicId, partitions }): InputEntry[] =>
    topic === null ? [] : [{ topic, topicId, partitions }],
  );
  const gone = new Set([...read, ...dropped].map(({ topic }) => topic));
  return [...read, ...(kept?.inputs ?? []).filter(({ topic }) => !gone.has(topic))];
};

const placesOf = (inputs: readonly PreparedInput[]): TaskPlace[] =>
  inputs.flatMap(({ part, partitions }) => Array.from({ length: partitions }, (_, partition) => ({ part, partition })));
