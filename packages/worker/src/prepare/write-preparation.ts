import type { Position, StateManifest } from '@penstock/engine';
import {
  appendManifest,
  endOpenTransactions,
  fenceTransactionalIds,
  type KafkaClient,
  openPreparation,
  partitionForKey,
  type TopicAdmin,
} from '@penstock/kafka';
import { isTransactionalIdOf, preparationIdOf, type RunEvent, stateTopicOf, transactionalIdOf } from '@penstock/model';
import type { StateChanges } from './compare-manifest.ts';
import { appendStateChanges, findStateChanges, type MoveReport } from './move-state.ts';

export interface Preparation {
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
  readonly pipelineId: string;
  readonly manifest: StateManifest;
  readonly positions: readonly Position[];
  /** Undefined: kept state stays as it is. */
  readonly changes: StateChanges | undefined;
  tell(event: Omit<RunEvent, 'at'>): void;
  /** Called for each entry of kept state that is read. */
  onProgress(): void;
}

/** Writes the manifest, positions and moved state in one transaction. Errors: those of `findStateChanges`. */
export const writePreparation = async (preparation: Preparation): Promise<void> => {
  const { client, pipelineId, manifest, positions, changes, tell } = preparation;
  const topic = stateTopicOf(pipelineId);
  // Read before anything is written: the reading would wait for our own open transaction.
  const found = changes === undefined ? [] : await find(preparation, changes);
  const log = await openPreparation(client, pipelineId, found.length > 0 ? [topic] : []);
  try {
    const report = found.length > 0 ? await appendStateChanges(log, topic, found, Date.now()) : undefined;
    appendManifest(log, pipelineId, manifest, Date.now());
    await log.commitAll(positions);
    if (report !== undefined) tellMoves(report, changes, tell);
  } finally {
    await log.close();
  }
};

/**
 * Ends what a preparation or a worker that died has left open: its transaction would keep everybody waiting who reads
 * what it wrote or committed, until it times out. Who is still preparing is fenced, with a transaction or without.
 */
export const endAbandoned = async (client: KafkaClient, pipelineId: string): Promise<void> => {
  await fenceTransactionalIds(client, [preparationIdOf(pipelineId)]);
  await endOpenTransactions(client, (id) => isTransactionalIdOf(pipelineId, id));
};

const find = async ({ client, admin, pipelineId, onProgress }: Preparation, changes: StateChanges) => {
  const topic = stateTopicOf(pipelineId);
  const partitions = (await admin.partitionCount(topic)) ?? 0;
  return findStateChanges(client, { topic, partitions, onProgress }, changes, partitionForKey);
};

const tellMoves = (
  { cleared, moved }: MoveReport,
  changes: StateChanges | undefined,
  tell: Preparation['tell'],
): void => {
  for (const [stage, entries] of cleared)
    tell({
      code: 'STATE_CLEARED',
      severity: 'warning',
      message: `Stage "${stage}" is not in the document any more, or is another operator: ${entries} entries of its state were deleted.`,
    });
  for (const [stage, entries] of moved)
    tell({
      code: 'STATE_MOVED',
      severity: 'info',
      message: `${entries} entries of the state of stage "${changes?.renames.get(stage) ?? stage}" were brought to where and how the released document keeps them.`,
    });
};

/** Takes the tasks of the plan before from whoever may still have them: nobody writes state while it is moved. */
export const fenceKept = async (
  client: KafkaClient,
  pipelineId: string,
  kept: StateManifest | undefined,
): Promise<void> => {
  const cuts = new Set(kept?.cuts.map(({ topic }) => topic));
  // Which of the topics was read by which part of a source is not kept: each counts as wide as the widest.
  const sources: number[] = Array.from({ length: kept?.sources ?? 1 }, () =>
    Math.max(
      0,
      ...(kept?.inputs ?? []).filter(({ topic }) => !cuts.has(topic)).map(({ partitions }) => partitions),
      // A source that is no topic has no input: how many tasks it had is known from what they kept.
      ...(kept?.stores ?? []).filter(({ place }) => place.cut === null).map(({ place }) => place.partitions),
    ),
  );
  const widths = [
    ...sources,
    ...[...cuts].map((topic) => kept?.inputs.find((input) => input.topic === topic)?.partitions ?? 0),
  ];
  const ids = widths.flatMap((partitions, part) =>
    Array.from({ length: partitions }, (_, partition) => transactionalIdOf(pipelineId, part, partition)),
  );
  await fenceTransactionalIds(client, ids);
};
