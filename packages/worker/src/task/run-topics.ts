import { type Plan, statefulStages, type TaskTopics } from '@penstock/engine';
import { AppError, deadLetterTopicConfig, deadLetterTopicOf, repartitionTopicOf, stateTopicOf } from '@penstock/model';

/** What preparing topics needs of Kafka. */
export interface TopicPort {
  ensureTopic(
    topic: string,
    options: { partitions: number; config?: Readonly<Record<string, string>> },
  ): Promise<{ created: boolean; partitions: number }>;
  partitionCount(topic: string): Promise<number | undefined>;
}

/** Room for a whole message of the usual largest size together with what is put around it. */
const LARGE_MESSAGES = { 'max.message.bytes': String(16 * 1024 * 1024) };

/** Of the topics of cuts. Nothing goes by age or size: the worker deletes what has been processed. */
export const cutTopicConfig: Readonly<Record<string, string>> = {
  ...LARGE_MESSAGES,
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'segment.bytes': '67108864',
};

export interface PreparedTopics {
  readonly topics: TaskTopics;
  /** Partitions of each part's input, by part index. */
  readonly partitions: readonly number[];
}

export const topicsOf = (plan: Plan): TaskTopics => ({
  deadLetters: deadLetterTopicOf(plan.facts.orgId),
  state: stateTopicOf(plan.facts.pipelineId),
  cuts: plan.cuts.map((cut) => repartitionTopicOf(plan.facts.pipelineId, cut.index)),
});

/**
 * Makes the topics a plan needs and checks those it finds. Errors: `KAFKA_TOPIC_UNKNOWN` for a target that does not
 * exist; `STATE_PARTITIONS_CHANGED` when the kept state was made for another number of partitions, for then keys have
 * moved to other partitions and their state would not be found.
 */
export const prepareTopics = async (
  plan: Plan,
  kafka: TopicPort,
  sourcePartitions: number,
  threads: number,
): Promise<PreparedTopics> => {
  const topics = topicsOf(plan);
  for (const part of plan.parts)
    for (const { target, instanceName } of part.stages) {
      if (target?.kind === 'topic' && (await kafka.partitionCount(target.topic)) === undefined)
        throw new AppError(
          'KAFKA_TOPIC_UNKNOWN',
          `Topic "${target.topic}", which stage "${instanceName}" writes to, does not exist. Create it and start the pipeline again.`,
          {
            domain: 'user',
            params: { topic: target.topic, stage: instanceName },
          },
        );
    }

  await kafka.ensureTopic(topics.deadLetters, { partitions: 1, config: deadLetterTopicConfig });
  const partitions = [sourcePartitions];
  for (const topic of topics.cuts) {
    const wanted = Math.max(sourcePartitions, threads);
    partitions.push(
      (
        await kafka.ensureTopic(topic, {
          partitions: wanted,
          config: cutTopicConfig,
        })
      ).partitions,
    );
  }
  if (statefulStages(plan).length > 0 || plan.source.spec.kind === 'inline') {
    const wanted = Math.max(...partitions);
    const state = await kafka.ensureTopic(topics.state, {
      partitions: wanted,
      config: {
        ...LARGE_MESSAGES,
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0.1',
        'segment.ms': '3600000',
      },
    });
    if (state.partitions !== wanted)
      throw new AppError(
        'STATE_PARTITIONS_CHANGED',
        `The kept state of this pipeline was made for ${state.partitions} partitions and its input now has ${wanted}. Stop the pipeline, which clears its state, and start it again.`,
        { domain: 'user', params: { state: state.partitions, input: wanted } },
      );
  }
  return { topics, partitions };
};
