import type { Position } from '@penstock/engine';
import { type API, addOffsetsToTxnV3, addPartitionsToTxnV3, endTxnV3, txnOffsetCommitV3 } from '@platformatic/kafka';
import { byTopic, COMMITTED_WITH_OUTPUT } from '../admin/group-offsets.ts';
import { isKafkaError, kafkaError } from '../errors.ts';
import { CONTROL, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import type { ProducerIdentity } from '../wire/batch-builder.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { TRANSACTION } from './producer-id.ts';

/** Steps of transactions of one owner of a transactional id (KIP-98, transactions version 1), one transaction at a time. */
export class Transactions {
  readonly #client: KafkaClient;
  readonly #transactionalId: string;
  readonly #groupId: string;
  readonly #producer: ProducerIdentity;
  readonly #timeoutMs: number;
  readonly #partitions = new Set<PartitionQueue>();
  #openedAt: number | undefined;

  constructor(options: {
    readonly client: KafkaClient;
    readonly transactionalId: string;
    readonly groupId: string;
    readonly producer: ProducerIdentity;
    readonly timeoutMs: number;
  }) {
    this.#client = options.client;
    this.#transactionalId = options.transactionalId;
    this.#groupId = options.groupId;
    this.#producer = options.producer;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Something was added: there is a transaction to end. */
  get isOpen(): boolean {
    return this.#openedAt !== undefined;
  }

  /** Before this moment the coordinator has not given the transaction up yet. */
  get deadline(): number {
    return (this.#openedAt ?? performance.now()) + this.#timeoutMs * 0.9;
  }

  /** Partitions have to be known to the coordinator before anything is written to them. */
  async addPartitions(queues: readonly PartitionQueue[]): Promise<void> {
    const added = queues.filter((queue) => !this.#partitions.has(queue));
    if (added.length === 0) return;
    const topics = new Map<string, number[]>();
    for (const { topic, partition } of added) topics.set(topic, [...(topics.get(topic) ?? []), partition]);
    const { producerId, producerEpoch } = this.#ids();
    this.#openedAt ??= performance.now();
    await this.#step('Adding partitions to the transaction', addPartitionsToTxnV3.api, [
      {
        transactionalId: this.#transactionalId,
        producerId,
        producerEpoch,
        verifyOnly: false,
        topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
      },
    ]);
    for (const queue of added) this.#partitions.add(queue);
  }

  /** Makes positions part of the transaction, without being a member of the group. */
  async addPositions(positions: readonly Position[]): Promise<void> {
    const { producerId, producerEpoch } = this.#ids();
    this.#openedAt ??= performance.now();
    const id = this.#transactionalId;
    const group = this.#groupId;
    await this.#step('Adding offsets to the transaction', addOffsetsToTxnV3.api, id, producerId, producerEpoch, group);
    await this.#client.sendToCoordinator(
      this.#limits('Committing offsets in the transaction'),
      { kind: 'group', key: group, use: CONTROL },
      txnOffsetCommitV3.api,
      id,
      group,
      producerId,
      producerEpoch,
      -1,
      '',
      null,
      [...byTopic(positions)].map(([name, offsets]) => ({ name, partitions: partitionsOf(offsets) })),
    );
  }

  /**
   * Ends the transaction. After a lost connection it is asked again until the outcome is known: a coordinator that has
   * committed already says so, one that gave the transaction up answers as to a fenced producer.
   */
  async end(outcome: 'commit' | 'abort'): Promise<void> {
    const { producerId, producerEpoch } = this.#ids();
    const isCommit = outcome === 'commit';
    const limits = { ...this.#limits('Ending the transaction'), deadline: performance.now() + this.#timeoutMs };
    const coordinator = { kind: 'transaction', key: this.#transactionalId, use: TRANSACTION } as const;
    try {
      const id = this.#transactionalId;
      await this.#client.sendToCoordinator(limits, coordinator, endTxnV3.api, id, producerId, producerEpoch, isCommit);
    } catch (error) {
      const isUnknown = isKafkaError(error, 'KAFKA_UNREACHABLE') || isKafkaError(error, 'KAFKA_TIMEOUT');
      if (!isUnknown || !isCommit) throw error;
      const message = `It is not known whether a transaction of "${this.#transactionalId}" was committed: ${error.message}`;
      throw kafkaError('KAFKA_COMMIT_UNKNOWN', message, { cause: error });
    }
    this.#partitions.clear();
    this.#openedAt = undefined;
  }

  #step<A extends unknown[], R>(what: string, api: API<A, R>, ...args: A): Promise<R> {
    const coordinator = { kind: 'transaction', key: this.#transactionalId, use: TRANSACTION } as const;
    return this.#client.sendToCoordinator(this.#limits(what), coordinator, api, ...args);
  }

  #ids(): { producerId: bigint; producerEpoch: number } {
    return { producerId: BigInt(this.#producer.producerId), producerEpoch: this.#producer.producerEpoch };
  }

  /** The markers of the transaction before take some milliseconds: CONCURRENT_TRANSACTIONS is asked again soon. */
  #limits(what: string): RetryLimits {
    return { what: `${what} of "${this.#transactionalId}"`, deadline: this.deadline, firstDelayMs: 4, maxDelayMs: 250 };
  }
}

const partitionsOf = (offsets: ReadonlyMap<number, number>) =>
  [...offsets].map(([partitionIndex, offset]) => ({
    partitionIndex,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: -1,
    committedMetadata: COMMITTED_WITH_OUTPUT,
  }));
