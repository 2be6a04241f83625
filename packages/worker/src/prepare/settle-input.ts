import type { Plan, Position, StateManifest } from '@penstock/engine';
import { isKafkaError, type KafkaClient, readPositionRecords, type TopicAdmin } from '@penstock/kafka';
import { consumerGroupOf, manifestTopicOf, type RunEvent, type RunSpec } from '@penstock/model';
import type { PreparedInput } from './prepare-topics.ts';
import { type PositionPort, settlePositions } from './settle-positions.ts';

export interface SettleFacts {
  readonly spec: Pick<RunSpec, 'pipelineId' | 'isContinued'>;
  readonly plan: Plan;
  readonly kept: StateManifest | undefined;
  readonly made: readonly string[];
  readonly kafka: PositionPort;
  readonly admin: TopicAdmin;
  tell(event: Omit<RunEvent, 'at'>): void;
}

/** Where the tasks of an input begin that have no position yet. Errors: `POSITION_LOST`. */
export const settleInput = async (
  input: PreparedInput & { topic: string },
  facts: SettleFacts,
): Promise<Position[]> => {
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
  const source = plan.sources[part]?.spec;
  const isSource = source?.kind === 'topic';
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

/** What settling asks, asked of Kafka. */
export const positionPort = (client: KafkaClient, admin: TopicAdmin, pipelineId: string): PositionPort => ({
  committed: async (topic, partitions) => {
    try {
      return await admin.committedOffsets(consumerGroupOf(pipelineId), topic, partitions);
    } catch (error) {
      // A coordinator can wait for ever for a transaction that is over. The tasks find their positions without it.
      if (!isKafkaError(error, 'KAFKA_TIMEOUT')) throw error;
      const recorded = (await readPositionRecords(client, manifestTopicOf(pipelineId))).get(topic);
      if (recorded === undefined || !partitions.every((partition) => recorded.has(partition))) throw error;
      return recorded;
    }
  },
  recorded: async (topic) =>
    (await readPositionRecords(client, manifestTopicOf(pipelineId))).get(topic) ?? new Map<number, number>(),
  earliest: (topic, partitions) => admin.earliestOffsets(topic, partitions),
  latest: (topic, partitions) => admin.latestOffsets(topic, 'read-committed', partitions),
});
