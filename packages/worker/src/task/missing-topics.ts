import { isKafkaError, type TopicAdmin } from '@penstock/kafka';
import type { TaskTopics } from '@penstock/model';
import { AppError, deadLetterTopicConfig, type RunEvent } from '@penstock/model';

export interface MissingTopicsDeps {
  readonly topics: TaskTopics;
  /** The topic the task reads; undefined: none. */
  readonly input: string | undefined;
  /** All topics the task writes. */
  readonly written: readonly string[];
  readonly admin: Pick<TopicAdmin, 'describeTopic' | 'ensureTopic'>;
  tell(event: Omit<RunEvent, 'at'>): void;
}

/**
 * What to do about a topic that was deleted under a running task; Kafka's answers do not always name it. Dead letters
 * are made anew, and that is told. True where the task can simply begin anew. Errors: `STATE_LOST`, and
 * `KAFKA_TOPIC_UNKNOWN` naming the topics, where somebody has to decide.
 */
export const mendMissingTopics = async (error: unknown, deps: MissingTopicsDeps): Promise<boolean> => {
  if (!isKafkaError(error, 'KAFKA_TOPIC_UNKNOWN')) return false;
  const { topics, admin, tell } = deps;
  const missing: string[] = [];
  for (const topic of new Set([...(deps.input === undefined ? [] : [deps.input]), ...deps.written]))
    if ((await admin.describeTopic(topic)) === undefined) missing.push(topic);
  const lost = missing.filter((topic) => topic !== topics.deadLetters);
  if (lost.includes(topics.state))
    throw new AppError(
      'STATE_LOST',
      `Topic "${topics.state}", which holds the state of the pipeline, was deleted while it ran. It does not go on with empty state unasked. Reset its state to go on from its position with none, or stop it to begin anew.`,
      { domain: 'user', cause: error, params: { topic: topics.state } },
    );
  if (lost.length > 0) {
    const names = lost.map((topic) => `"${topic}"`).join(', ');
    throw new AppError(
      'KAFKA_TOPIC_UNKNOWN',
      `${lost.length === 1 ? 'Topic' : 'Topics'} ${names} ${lost.length === 1 ? 'does' : 'do'} not exist any more. Create ${lost.length === 1 ? 'it' : 'them'} and start the pipeline again.`,
      { domain: 'user', cause: error, params: { topics: lost } },
    );
  }
  // Offsets of the old one mean nothing in it: where to begin is settled when the run is prepared.
  if (deps.input !== undefined && error.params.topic === deps.input)
    throw new AppError('PLAN_CHANGED', `Topic "${deps.input}" was made anew; the run begins anew with that.`, {
      domain: 'external',
      retryable: true,
      cause: error,
    });
  if (missing.includes(topics.deadLetters)) {
    await admin.ensureTopic(topics.deadLetters, { partitions: 1, config: deadLetterTopicConfig });
    tell({
      code: 'TOPIC_MADE_ANEW',
      severity: 'warning',
      message: `Topic "${topics.deadLetters}" was deleted while the pipeline ran and was made anew; the dead letters it held are gone.`,
    });
  }
  // Nothing is missing (any more): a topic was made anew by somebody else, and the task has to look at it again.
  return true;
};
