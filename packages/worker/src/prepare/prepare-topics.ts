import { type Plan, partOfCut, statefulStages } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, deadLetterTopicConfig, type TaskTopics } from '@penstock/model';
import { cutTopicConfig, LARGE_MESSAGES } from '../plan/run-topics.ts';

/** What preparing topics needs of Kafka. */
export type TopicPort = Pick<TopicAdmin, 'ensureTopic' | 'partitionCount' | 'describeTopic' | 'addPartitions'>;

/** What a part of the plan reads. */
export interface PreparedInput {
  readonly part: number;
  /** Null for a source that is no topic. */
  readonly topic: string | null;
  /** Kafka's id of the topic; empty where there is none. */
  readonly topicId: string;
  readonly partitions: number;
}

export interface PreparedTopics {
  /** By part index. */
  readonly inputs: readonly PreparedInput[];
  /** Topics that were not there. */
  readonly made: readonly string[];
  /** Null where nothing keeps state. */
  readonly stateTopicId: string | null;
}

export interface TopicNeeds {
  readonly plan: Plan;
  readonly topics: TaskTopics;
  /** Of each source. */
  readonly sourcePartitions: readonly number[];
  /** Of a cut that has no topic yet. */
  cutPartitions(cut: number): number;
}

/**
 * Makes the topics a plan needs and checks those it finds. The state topic is made larger where it has too few
 * partitions. Errors: `KAFKA_TOPIC_UNKNOWN` for a target that does not exist.
 */
export const prepareTopics = async (
  { plan, topics, sourcePartitions, cutPartitions }: TopicNeeds,
  kafka: TopicPort,
): Promise<PreparedTopics> => {
  await checkTargets(plan, kafka);
  const letters = await kafka.ensureTopic(topics.deadLetters, { partitions: 1, config: deadLetterTopicConfig });
  const inputs: PreparedInput[] = [];
  for (const [part, { spec }] of plan.sources.entries()) {
    const partitions = sourcePartitions[part] ?? 1;
    inputs.push(
      spec.kind === 'topic'
        ? { ...(await inputOf(kafka, part, spec.topic)), partitions }
        : { part, topic: null, topicId: '', partitions },
    );
  }
  const made = letters.created ? [topics.deadLetters] : [];
  for (const [cut, topic] of topics.cuts.entries()) {
    const { created } = await kafka.ensureTopic(topic, { partitions: cutPartitions(cut), config: cutTopicConfig });
    if (created) made.push(topic);
    inputs.push(await inputOf(kafka, partOfCut(plan, cut), topic));
  }
  return { inputs, made, stateTopicId: await prepareState(plan, topics.state, inputs, kafka) };
};

/** Errors: `KAFKA_TOPIC_UNKNOWN`, naming the stage. */
export const checkTargets = async (plan: Plan, kafka: TopicPort): Promise<void> => {
  const written = plan.parts
    .flatMap(({ stages }) => stages)
    .flatMap(({ target, instanceName: stage }) => (target?.topics ?? []).map(({ topic }) => ({ topic, stage })));
  for (const { topic, stage } of written)
    if ((await kafka.partitionCount(topic)) === undefined)
      throw new AppError(
        'KAFKA_TOPIC_UNKNOWN',
        `Topic "${topic}", which stage "${stage}" writes to, does not exist. Create it and start the pipeline again.`,
        { domain: 'user', params: { topic, stage } },
      );
};

/** A partition of state for each task that keeps some. */
const prepareState = async (
  plan: Plan,
  topic: string,
  inputs: readonly PreparedInput[],
  kafka: TopicPort,
): Promise<string | null> => {
  const parts = new Set(statefulStages(plan).map(({ part }) => part));
  for (const { index, input } of plan.parts) if (input.kind === 'inline') parts.add(index);
  if (parts.size === 0) return null;
  const wanted = Math.max(...inputs.filter(({ part }) => parts.has(part)).map(({ partitions }) => partitions));
  const config = {
    ...LARGE_MESSAGES,
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.1',
    'segment.ms': '3600000',
  };
  const { partitions } = await kafka.ensureTopic(topic, { partitions: wanted, config });
  if (partitions < wanted) await kafka.addPartitions(topic, wanted);
  return (await inputOf(kafka, 0, topic)).topicId;
};

const inputOf = async (kafka: TopicPort, part: number, topic: string): Promise<PreparedInput> => {
  const found = await kafka.describeTopic(topic);
  if (found === undefined)
    throw new AppError('KAFKA_TOPIC_UNKNOWN', `Topic "${topic}" does not exist any more.`, {
      domain: 'external',
      retryable: true,
      params: { topic },
    });
  return { part, topic, topicId: found.id, partitions: found.partitions };
};
