import type { Position, TaskLog, TopicAppender } from '@penstock/engine';
import { byTopic, commitGroupOffsets } from '../admin/group-offsets.ts';
import { kafkaError } from '../errors.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { toAppError } from '../link/protocol-errors.ts';
import { appendPosition } from '../positions/position-records.ts';
import type { ProducerIdentity } from '../wire/batch-builder.ts';
import { BufferPool } from '../wire/buffer-pool.ts';
import type { QueueContext } from './partition-queue.ts';
import { type Lane, ProduceSender } from './produce-sender.ts';
import type { ProducerSettings } from './producer-settings.ts';
import { type TopicFacts, TopicWriter } from './topic-writer.ts';
import type { Transactions } from './transaction.ts';

export interface KafkaTaskLogParts {
  readonly client: KafkaClient;
  readonly groupId: string;
  readonly producer: ProducerIdentity;
  readonly settings: ProducerSettings;
  readonly maxBatchBytes: number;
  readonly topics: ReadonlyMap<string, TopicFacts>;
  /** Undefined: at least once. */
  readonly transactions: Transactions | undefined;
  readonly transactionalId: string | null;
  /** Topic that positions are also written to, in the same transactions; see `position-records.ts`. */
  readonly positionsTopic: string | undefined;
}

const POOL_BYTES = 4 << 20;
/** How old metadata may be when something is written; a topic that was made anew is noticed within this time. */
const METADATA_MAX_AGE_MS = 60_000;

/**
 * The output of one task. What is appended after `commit` was called belongs to the next transaction, so a task may go
 * on while a commit is under way. Steps run one after the other; the first failure is the answer to all later calls.
 */
export class KafkaTaskLog implements TaskLog {
  readonly producerEpoch: number;
  readonly #parts: KafkaTaskLogParts;
  readonly #context: QueueContext;
  readonly #sender: ProduceSender;
  readonly #writers = new Map<string, TopicWriter>();
  #pendingBytes = 0;
  #pendingRecords = 0;
  #tail: Promise<void> = Promise.resolve();
  #failure: unknown;
  #closed: Promise<void> | undefined;

  constructor(parts: KafkaTaskLogParts) {
    const { client, settings, producer, transactionalId, topics, maxBatchBytes } = parts;
    this.#parts = parts;
    this.producerEpoch = producer.producerEpoch;
    const pool = new BufferPool(POOL_BYTES);
    const onAppend = (bytes: number): void => {
      this.#pendingBytes += bytes;
      this.#pendingRecords += 1;
    };
    this.#context = { producer, compression: settings.compression, pool, maxBatchBytes, onAppend };
    const topicIds = new Map([...topics.values()].map(({ name, id }) => [name, id]));
    this.#sender = new ProduceSender({ client, settings, transactionalId, pool, topicIds });
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isOpen(): boolean {
    return this.#parts.transactions?.isOpen ?? false;
  }

  get pendingRecords(): number {
    return this.#pendingRecords;
  }

  /** Throws `KAFKA_TOPIC_UNKNOWN` for a topic that was not there when the log was opened. */
  appender(topic: string): TopicAppender {
    this.#mustBeUsable();
    const known = this.#writers.get(topic);
    if (known !== undefined) return known;
    const facts = this.#parts.topics.get(topic);
    if (facts === undefined) {
      const message = `The topic "${topic}" does not exist, or may not be seen by this Kafka user.`;
      throw kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic } });
    }
    const writer = new TopicWriter(this.#context, facts);
    this.#writers.set(topic, writer);
    return writer;
  }

  flush(): Promise<void> {
    const lanes = this.#takeLanes();
    return this.#enqueue(() => this.#send(lanes));
  }

  commit(position: Position | undefined): Promise<void> {
    return this.commitAll(position === undefined ? [] : [position]);
  }

  /** Like `commit`, for several positions at once: they stand or fall together. */
  commitAll(positions: readonly Position[]): Promise<void> {
    this.#recordPositions(positions);
    const lanes = this.#takeLanes();
    this.#pendingRecords = 0;
    return this.#enqueue(async () => {
      await this.#send(lanes);
      const { transactions, client, groupId } = this.#parts;
      if (transactions === undefined) {
        for (const [topic, offsets] of byTopic(positions)) await commitGroupOffsets(client, groupId, topic, offsets);
        return;
      }
      if (positions.length > 0) await transactions.addPositions(positions);
      if (transactions.isOpen) await transactions.end('commit');
    });
  }

  /** The group's offsets are dropped by the broker some time after the last commit; these records are kept. */
  #recordPositions(positions: readonly Position[]): void {
    const { positionsTopic } = this.#parts;
    if (positionsTopic === undefined || positions.length === 0) return;
    const appender = this.appender(positionsTopic);
    for (const position of positions) appendPosition(appender, position, Date.now());
  }

  close(): Promise<void> {
    this.#closed ??= this.#tail.then(() => this.#abort());
    return this.#closed;
  }

  /** Sequential: a step begins when the one before it has succeeded. */
  #enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(async () => {
      this.#mustBeUsable();
      try {
        await step();
      } catch (error) {
        this.#failure = error;
        throw error;
      }
    });
    this.#tail = done.catch(() => {}); // the caller has `done`, and `#failure` answers everything after it
    return done;
  }

  #takeLanes(): Lane[] {
    const lanes: Lane[] = [];
    for (const writer of this.#writers.values()) {
      for (const queue of writer.pending()) lanes.push({ queue, batches: queue.takeBatches() });
    }
    return lanes;
  }

  async #send(lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    const { transactions, settings } = this.#parts;
    await this.#checkTopics(lanes);
    await transactions?.addPartitions(lanes.map(({ queue }) => queue));
    const deliveryDeadline = performance.now() + settings.deliveryTimeoutMs;
    const deadline = transactions === undefined ? deliveryDeadline : Math.min(deliveryDeadline, transactions.deadline);
    await this.#sender.send(lanes, { deadline }, ({ recordBytes }) => {
      this.#pendingBytes -= recordBytes;
    });
  }

  /** Notices, without asking often, that a topic has grown or was made anew. */
  async #checkTopics(lanes: readonly Lane[]): Promise<void> {
    const { client, topics } = this.#parts;
    for (const name of new Set(lanes.map(({ queue }) => queue.topic))) {
      const facts = topics.get(name);
      const seen = await client.topic(name, performance.now() - METADATA_MAX_AGE_MS).catch((error: unknown) => {
        client.reportTrouble(`Looking at the topic "${name}"`, error); // the sender will find out what it needs
        return undefined;
      });
      if (seen === undefined || facts === undefined || seen.partitions.length === facts.partitions) continue;
      const message = `The topic "${name}" has ${seen.partitions.length} partitions now; tasks that run go on with ${facts.partitions} until they start again.`;
      client.report('KAFKA_PARTITIONS_CHANGED', message, name);
    }
  }

  async #abort(): Promise<void> {
    const { transactions, client } = this.#parts;
    const isOurs = this.#failure === undefined;
    this.#failure ??= kafkaError('KAFKA_CLOSED', 'The task log was closed.');
    if (!isOurs || transactions === undefined || !transactions.isOpen || client.closed.aborted) return;
    try {
      await transactions.end('abort');
    } catch (error) {
      // Not needed for correctness: the next owner, or the transaction time-out, aborts it all the same.
      client.reportTrouble('Aborting a transaction', error);
    }
  }

  #mustBeUsable(): void {
    if (this.#failure !== undefined) throw toAppError(this.#failure, 'Writing records');
    if (this.#closed !== undefined) throw kafkaError('KAFKA_CLOSED', 'The task log was closed.');
  }
}
