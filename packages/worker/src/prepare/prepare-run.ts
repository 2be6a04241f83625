import {
  type CutEntry,
  type InputEntry,
  manifestFormatOf,
  type Plan,
  type Position,
  type StateManifest,
} from '@penstock/engine';
import {
  createTopicAdmin,
  ensureManifestTopic,
  type KafkaClient,
  readManifest,
  readPositionRecords,
  type TopicAdmin,
} from '@penstock/kafka';
import {
  AppError,
  consumerGroupOf,
  manifestTopicOf,
  type RunEvent,
  type RunLayout,
  type RunSpec,
  type TaskPlace,
} from '@penstock/model';
import type { Assignment } from '../plan/assignment.ts';
import { compileRun, type PlanOptions } from '../plan/compile-run.ts';
import { topicsOf } from '../plan/run-topics.ts';
import { isRefuted } from '../plan/source-partitioning.ts';
import { wait } from '../task/wait.ts';
import type { WaitingState } from '../task/waiting-state.ts';
import { checkDrained, checkState } from './check-kept.ts';
import {
  compareStores,
  cutPartitionsOf,
  isSourceMoved,
  isUnchanged,
  keptCutsOf,
  type Renames,
  renamesOf,
} from './compare-manifest.ts';
import { describeFirstEdition } from './first-edition.ts';
import { cutsOf, stageNeedsOf, storeDefinitionsOf, storesOf } from './plan-stores.ts';
import { type PreparedInput, prepareTopics } from './prepare-topics.ts';
import { isSameLayout } from './run-layout.ts';
import { type PositionPort, settlePositions } from './settle-positions.ts';
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
  const kept = (await readManifest(client, pipelineId)) ?? (await describeFirstEdition(spec, admin, sourcePartitions));
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
      cutPartitions: (cut) => cutPartitionsOf(plan, cut, kept, renames) ?? Math.max(sourcePartitions, threadsOf(spec)),
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
  };
  if (positions.length > 0 || hasChanges || JSON.stringify(manifest) !== JSON.stringify(kept)) {
    if (hasChanges) await fenceKept(client, pipelineId, kept);
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

interface PlannedRun {
  readonly plan: Plan;
  readonly layout: RunLayout;
  readonly renames: Renames;
}

/** The plan of the document, with the cuts that kept state lies behind and those that a changed source makes necessary. */
const planRun = async (
  spec: RunSpec,
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

const threadsOf = (spec: RunSpec): number => spec.threads * (spec.cluster?.executors ?? 1);

const madeAnew = (topic: string): Omit<RunEvent, 'at'> => ({
  code: 'TOPIC_MADE_ANEW',
  severity: 'warning',
  message: `Topic "${topic}" was missing and was made anew; what it held is gone.`,
});

const sourcePartitionsOf = async (spec: RunSpec, admin: TopicAdmin): Promise<number> => {
  const source = compileRun(spec).source.spec;
  if (source.kind !== 'topic') return 1;
  const partitions = await admin.partitionCount(source.topic);
  if (partitions !== undefined) return partitions;
  throw new AppError(
    'KAFKA_TOPIC_UNKNOWN',
    `The source topic "${source.topic}" does not exist. Create it and start the pipeline again.`,
    { domain: 'user', params: { topic: source.topic } },
  );
};

/** Ends what runs, so that the next attempt begins by the new layout, with nobody working by the old one. */
const planChanged = (): AppError =>
  new AppError(
    'PLAN_CHANGED',
    'The topics of the pipeline have changed so that its records have to be distributed differently; the run begins anew with that.',
    { domain: 'external', retryable: true },
  );

interface SettleFacts {
  readonly spec: RunSpec;
  readonly plan: Plan;
  readonly kept: StateManifest | undefined;
  readonly made: readonly string[];
  readonly kafka: PositionPort;
  readonly admin: TopicAdmin;
  tell(event: Omit<RunEvent, 'at'>): void;
}

const settleInput = async (input: PreparedInput & { topic: string }, facts: SettleFacts): Promise<Position[]> => {
  const { topic, topicId, partitions, part } = input;
  const { spec, plan, kept, made, kafka, tell } = facts;
  const known = kept?.inputs.find((entry) => entry.topic === topic);
  // A cut that is new, or was drained and taken away before.
  if (known === undefined && made.includes(topic)) {
    const beginnings = await kafka.earliest(
      topic,
      Array.from({ length: partitions }, (_, partition) => partition),
    );
    return [...beginnings].map(([partition, offset]) => ({ topic, partition, offset }));
  }
  const source = plan.source.spec;
  const isSource = part === 0 && source.kind === 'topic';
  return settlePositions(
    {
      topic,
      partitions,
      firstStart: isSource ? source.offsetReset : 'earliest',
      known,
      isReplaced: (known?.topicId ?? '') === '' ? await isBeyondEnd(facts, topic) : known?.topicId !== topicId,
      // Of a topic that is new to a pipeline with a manifest it is known that it is.
      isContinued: isSource && kept === undefined && spec.isContinued === true,
    },
    kafka,
    tell,
  );
};

/** Offsets of a group that lie behind the end of a topic are those of an older topic of that name. */
const isBeyondEnd = async ({ admin, spec }: SettleFacts, topic: string): Promise<boolean> => {
  const committed = await admin.committedOffsets(consumerGroupOf(spec.pipelineId), topic);
  if (committed.size === 0) return false;
  const ends = await admin.latestOffsets(topic, 'read-uncommitted', [...committed.keys()]);
  return [...committed].some(([partition, offset]) => offset > (ends.get(partition) ?? Number.POSITIVE_INFINITY));
};

const positionPort = (client: KafkaClient, admin: TopicAdmin, pipelineId: string): PositionPort => ({
  committed: (topic, partitions) => admin.committedOffsets(consumerGroupOf(pipelineId), topic, partitions),
  recorded: async (topic) =>
    (await readPositionRecords(client, manifestTopicOf(pipelineId))).get(topic) ?? new Map<number, number>(),
  earliest: (topic, partitions) => admin.earliestOffsets(topic, partitions),
  latest: (topic, partitions) => admin.latestOffsets(topic, 'read-committed', partitions),
});

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

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

export interface Patience {
  readonly signal: AbortSignal;
  /** Learns whether Kafka is waited for. */
  readonly waiting: WaitingState;
  onEvent(event: RunEvent): void;
}

/** Kafka may be away for as long as it likes: tries until it works, and says so. Undefined once the signal has come. */
export const whenReachable = async <T>(
  work: () => Promise<T>,
  { signal, waiting, onEvent }: Patience,
): Promise<T | undefined> => {
  for (let pause = FIRST_WAIT_MS; !signal.aborted; pause = Math.min(pause * 2, MAX_WAIT_MS)) {
    try {
      const result = await work();
      waiting.worked();
      return result;
    } catch (error) {
      waiting.failed(error);
      if (!(error instanceof AppError) || !error.retryable) throw error;
      const message = `Not started yet, the next attempt is in ${pause} ms: ${error.message}`;
      onEvent({ at: Date.now(), code: error.code, severity: 'warning', message });
      await wait(pause, signal);
    }
  }
  return undefined;
};
