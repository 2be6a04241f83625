import { AppError, type ErrorDomain } from '@penstock/model';

interface CatalogueEntry {
  readonly domain: ErrorDomain;
  /** Whether trying again later can help without anybody changing anything. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code this package throws, with what it means and what to do about it. Codes are never renamed or reused. */
export const KAFKA_ERRORS = {
  KAFKA_UNREACHABLE: {
    domain: 'external',
    retryable: true,
    meaning: 'No broker answered within the time allowed.',
    remedy: 'Check the bootstrap servers, the network and whether the brokers run.',
  },
  KAFKA_TIMEOUT: {
    domain: 'external',
    retryable: true,
    meaning: 'The cluster could not do what was asked within the time allowed.',
    remedy: 'Look at the health of the brokers: leaders, in-sync replicas, coordinators.',
  },
  KAFKA_AUTHENTICATION_FAILED: {
    domain: 'user',
    retryable: false,
    meaning: 'The broker refused the credentials or the TLS connection.',
    remedy: 'Check the SASL mechanism, user name, password and certificates.',
  },
  KAFKA_NOT_AUTHORIZED: {
    domain: 'user',
    retryable: false,
    meaning: 'The Kafka user has no right to the topic, group, transactional id or cluster.',
    remedy: 'Grant the missing right in Kafka.',
  },
  KAFKA_TOPIC_UNKNOWN: {
    domain: 'user',
    retryable: false,
    meaning: 'The topic or partition does not exist, or was deleted and created again.',
    remedy: 'Create the topic, correct its name, or start again after clearing offsets.',
  },
  KAFKA_TOPIC_INVALID: {
    domain: 'user',
    retryable: false,
    meaning: 'The broker refused the name, partition count, replication factor or settings of a topic.',
    remedy: 'Correct what the message names.',
  },
  KAFKA_OFFSET_OUT_OF_RANGE: {
    domain: 'user',
    retryable: false,
    meaning: 'The offset to read from is not in the partition any more, or not yet.',
    remedy: 'Choose a new offset: records in between were removed by retention or the topic was created anew.',
  },
  KAFKA_BATCH_CORRUPT: {
    domain: 'external',
    retryable: false,
    meaning: 'A record batch read from Kafka is damaged: wrong checksum or impossible lengths.',
    remedy: 'Check the disks and the network of the brokers; skip the batch by committing a later offset.',
  },
  KAFKA_BATCH_FORMAT_UNSUPPORTED: {
    domain: 'user',
    retryable: false,
    meaning: 'The partition holds batches in the message format of Kafka before 0.11 (magic 0 or 1).',
    remedy: 'Copy the topic with a current producer, or start behind the old batches.',
  },
  KAFKA_FENCED: {
    domain: 'external',
    retryable: false,
    meaning: 'A newer owner has taken the task over, or the transaction timed out.',
    remedy: 'Nothing: the newer owner goes on from the committed offset.',
  },
  KAFKA_RECORD_TOO_LARGE: {
    domain: 'user',
    retryable: false,
    meaning: 'A single record is larger than max.message.bytes of the topic.',
    remedy: 'Make the record smaller or raise max.message.bytes of the topic.',
  },
  KAFKA_RECORD_REFUSED: {
    domain: 'user',
    retryable: false,
    meaning: 'The broker refused records of a batch, for example records without a key in a compacted topic.',
    remedy: 'Nothing: the record is found and becomes an error of the stage that wrote it, with the reason.',
  },
  KAFKA_BATCH_REFUSED: {
    domain: 'external',
    retryable: true,
    meaning: 'A batch is larger than the topic takes: its limit was lowered while the task ran, or cannot be read.',
    remedy: 'Nothing: the task starts again with the new limit and smaller batches.',
  },
  KAFKA_SEQUENCE_LOST: {
    domain: 'external',
    retryable: true,
    meaning: 'The broker and the idempotent producer disagree about what was written.',
    remedy: 'Nothing: the task starts again from its committed offset.',
  },
  KAFKA_TRANSACTION_INVALID: {
    domain: 'external',
    retryable: true,
    meaning: 'The transaction coordinator refused a step of the transaction.',
    remedy: 'Nothing: the task starts again from its committed offset.',
  },
  KAFKA_CHANGELOG_INVALID: {
    domain: 'user',
    retryable: false,
    meaning: 'A changelog topic holds a record without a key: something else writes to it.',
    remedy: 'Stop the other writer, and delete the state of the pipeline.',
  },
  KAFKA_COMMIT_UNKNOWN: {
    domain: 'external',
    retryable: true,
    meaning: 'It could not be found out in time whether a transaction was committed.',
    remedy: 'Nothing: the next owner of the task settles it before it reads the committed offset.',
  },
  KAFKA_BROKER_UNSUPPORTED: {
    domain: 'user',
    retryable: false,
    meaning: 'The broker does not speak the protocol versions that are needed.',
    remedy: 'Use Kafka 3.1 or newer.',
  },
  KAFKA_SETTING_INVALID: {
    domain: 'user',
    retryable: false,
    meaning: 'A Kafka client setting has a value that cannot be used.',
    remedy: 'Correct the setting that the message names.',
  },
  KAFKA_REQUEST_FAILED: {
    domain: 'external',
    retryable: false,
    meaning: 'The broker answered with an error that has no code of its own here.',
    remedy: 'See the name of the Kafka error in the message.',
  },
  KAFKA_CLOSED: {
    domain: 'internal',
    retryable: false,
    meaning: 'A reader, writer or connection was used after it was closed.',
    remedy: 'Report it: this is a defect.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type KafkaErrorCode = keyof typeof KAFKA_ERRORS;

/** An AppError of this package's catalogue. */
export const kafkaError = (
  code: KafkaErrorCode,
  message: string,
  options: { readonly params?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
): AppError =>
  new AppError(code, message, {
    domain: KAFKA_ERRORS[code].domain,
    retryable: KAFKA_ERRORS[code].retryable,
    ...options,
  });

export const isKafkaError = (error: unknown, code: KafkaErrorCode): error is AppError =>
  error instanceof AppError && error.code === code;
