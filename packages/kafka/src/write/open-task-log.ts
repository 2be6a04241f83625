import type { Position, TaskLog } from '@penstock/engine';
import { AppError, DeliveryGuarantee } from '@penstock/model';
import { DEFAULT_MAX_MESSAGE_BYTES, readTopicLimits } from '../admin/topic-limits.ts';
import type { KafkaClient, RetryLimits } from '../link/kafka-client.ts';
import type { ProducerIdentity } from '../wire/batch-builder.ts';
import { HEADER_BYTES } from '../wire/record-format.ts';
import { takeProducerId, takeTransactionalId } from './producer-id.ts';
import { parseProducerSettings } from './producer-settings.ts';
import { KafkaTaskLog } from './task-log.ts';
import type { TopicFacts } from './topic-writer.ts';
import { Transactions } from './transaction.ts';

export interface TaskLogOptions {
  /** Name of the task: a newer owner of the same id fences this one. Not used at least once. */
  readonly transactionalId: string;
  /** Consumer group that the position is committed to. */
  readonly groupId: string;
  readonly guarantee: DeliveryGuarantee;
  /** The topics that will be written; default: every topic that can be seen. Naming them spares the brokers work. */
  readonly topics?: readonly string[];
  /** A topic that positions are also written to, in the same transactions: see `position-records.ts`. */
  readonly positionsTopic?: string;
  /** After this time without an end the broker aborts a transaction; default 60,000. Less where the broker allows less. */
  readonly transactionTimeoutMs?: number;
  /** Batches are split at this size before compression; default 1 MB. */
  readonly maxBatchBytes?: number;
  /** Kafka producer settings by their Kafka names; those without a meaning here are ignored. */
  readonly clientSettings?: Readonly<Record<string, string>>;
}

/** A task log that can also commit several positions at once: what prepares a run has no place of its own. */
export interface OpenedTaskLog extends TaskLog {
  readonly producerEpoch: number;
  commitAll(positions: readonly Position[]): Promise<void>;
}

const DEFAULT_TRANSACTION_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BATCH_BYTES = 1_000_000;
/** Of topics whose settings the user may not read: what does not keep to them is found when the broker refuses it. */
const UNKNOWN_LIMITS = { maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES, needsKey: false };

/**
 * Takes a task over and opens its output. When it resolves, an older owner of the same task can commit nothing any
 * more and its last transaction is settled, so the committed offset may be read.
 */
export const openTaskLog = async (client: KafkaClient, options: TaskLogOptions): Promise<OpenedTaskLog> => {
  const settings = parseProducerSettings(options.clientSettings ?? {});
  const wantedMs = options.transactionTimeoutMs ?? DEFAULT_TRANSACTION_TIMEOUT_MS;
  const isExactlyOnce = options.guarantee === DeliveryGuarantee.ExactlyOnce;
  const { transactionalId, groupId } = options;
  const limits = {
    what: `Taking over the task "${transactionalId}"`,
    deadline: performance.now() + Math.max(wantedMs, settings.deliveryTimeoutMs),
  };
  const { producer, timeoutMs } = isExactlyOnce
    ? await takeWithTimeout(client, transactionalId, wantedMs, limits)
    : { producer: await takeProducerId(client, limits), timeoutMs: wantedMs };
  return new KafkaTaskLog({
    client,
    groupId,
    producer,
    settings,
    maxBatchBytes: Math.max(options.maxBatchBytes ?? DEFAULT_MAX_BATCH_BYTES, HEADER_BYTES),
    topics: await readTopicFacts(client, namesOf(options)),
    positionsTopic: options.positionsTopic,
    transactions: isExactlyOnce
      ? new Transactions({ client, transactionalId, groupId, producer, timeoutMs })
      : undefined,
    transactionalId: isExactlyOnce ? transactionalId : null,
  });
};

const namesOf = ({ topics, positionsTopic }: TaskLogOptions): readonly string[] | undefined =>
  topics === undefined || positionsTopic === undefined ? topics : [...topics, positionsTopic];

/** A broker whose transaction.max.timeout.ms is less than what is wanted gets the default. */
const takeWithTimeout = async (
  client: KafkaClient,
  transactionalId: string,
  timeoutMs: number,
  limits: RetryLimits,
): Promise<{ readonly producer: ProducerIdentity; readonly timeoutMs: number }> => {
  try {
    return { producer: await takeTransactionalId(client, transactionalId, timeoutMs, limits), timeoutMs };
  } catch (error) {
    const isTooLong = error instanceof AppError && error.params.kafkaError === 'INVALID_TRANSACTION_TIMEOUT';
    if (!isTooLong || timeoutMs <= DEFAULT_TRANSACTION_TIMEOUT_MS) throw error;
    return takeWithTimeout(client, transactionalId, DEFAULT_TRANSACTION_TIMEOUT_MS, limits);
  }
};

/** Topics that do not exist are left out: only who asks for an appender of one needs to be told. */
const readTopicFacts = async (
  client: KafkaClient,
  names: readonly string[] | undefined,
): Promise<ReadonlyMap<string, TopicFacts>> => {
  const limits = { what: 'Reading topics', deadline: performance.now() + 30_000 };
  const { topics } = await client.retrying(limits, () => client.snapshot(names === undefined ? null : [...names]));
  const seen = [...topics.values()].filter(
    (topic) => topic !== undefined && (names !== undefined || !topic.isInternal),
  );
  const limitsOf = await readTopicLimits(
    client,
    seen.flatMap((topic) => (topic === undefined ? [] : [topic.name])),
  );
  return new Map(
    seen.flatMap((topic) => {
      if (topic === undefined) return [];
      const { name, id, partitions } = topic;
      const { maxMessageBytes, needsKey } = limitsOf.get(name) ?? UNKNOWN_LIMITS;
      return [[name, { name, id, partitions: partitions.length, maxMessageBytes, needsKey }] as const];
    }),
  );
};
