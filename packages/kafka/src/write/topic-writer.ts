import type { RecordHeader, TopicAppender } from '@penstock/engine';
import { kafkaError } from '../errors.ts';
import { NO_HEADERS, type RecordData } from '../wire/batch-builder.ts';
import { partitionForKey } from '../wire/murmur2.ts';
import { PartitionQueue, type QueueContext } from './partition-queue.ts';

/** Of a batch with one record: its header, and the record's lengths, times and attributes. */
const RECORD_OVERHEAD = 128;

/** What of a topic stays fixed while a task log writes to it. */
export interface TopicFacts {
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
  readonly maxMessageBytes: number;
  readonly needsKey: boolean;
}

/**
 * Fills the buffers of one topic. The partition count is the one seen when the task log was opened, even if the topic
 * grows: records of one key must not change partitions while state and order rest on it.
 */
export class TopicWriter implements TopicAppender {
  readonly topic: string;
  readonly partitions: number;
  readonly maxRecordBytes: number;
  readonly #facts: TopicFacts;
  readonly #context: QueueContext;
  readonly #queues: PartitionQueue[] = [];

  constructor(context: QueueContext, facts: TopicFacts) {
    this.topic = facts.name;
    this.partitions = facts.partitions;
    this.maxRecordBytes = Math.max(0, facts.maxMessageBytes - RECORD_OVERHEAD);
    this.#facts = facts;
    this.#context = context;
  }

  partitionFor(partitionKey: string): number {
    return partitionForKey(partitionKey, this.partitions);
  }

  append(
    partition: number,
    key: RecordData,
    value: RecordData,
    timestamp: number,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): void {
    this.#queue(partition).append(key, value, timestamp, headers);
  }

  appendBytes(
    partition: number,
    key: string | null,
    source: Buffer,
    start: number,
    end: number,
    timestamp: number,
  ): void {
    this.#queue(partition).appendBytes(key, source, start, end, timestamp);
  }

  /** Partitions to which something is waiting to be sent. */
  pending(): readonly PartitionQueue[] {
    return this.#queues.filter((queue) => queue.hasPending); // filter skips the holes
  }

  #queue(partition: number): PartitionQueue {
    return this.#queues[partition] ?? this.#addQueue(partition);
  }

  #addQueue(partition: number): PartitionQueue {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions) {
      const message = `The topic "${this.topic}" has no partition ${partition}; it has ${this.partitions}.`;
      throw kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic: this.topic, partition } });
    }
    const queue = new PartitionQueue(this.#context, this.#facts, partition);
    this.#queues[partition] = queue;
    return queue;
  }
}
