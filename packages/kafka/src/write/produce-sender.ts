import { kafkaError } from '../errors.ts';
import { Backoff, pause } from '../link/backoff.ts';
import type { ConnectionUse } from '../link/connections.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import {
  diagnose,
  LEADER_NOT_AVAILABLE,
  ProtocolFailure,
  protocolErrorName,
  toAppError,
} from '../link/protocol-errors.ts';
import type { SealedBatch } from '../wire/batch-builder.ts';
import type { BufferPool } from '../wire/buffer-pool.ts';
import { createProduceApi, type ProduceAnswer, type ProduceApi } from '../wire/produce-v9-v11.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { ProducerSettings } from './producer-settings.ts';

/** Batches of one partition, in order; one is in flight at a time, which keeps the order whatever fails. */
export interface Lane {
  readonly queue: PartitionQueue;
  readonly batches: SealedBatch[];
}

export interface SendLimits {
  /** `performance.now()` after which sending is given up. */
  readonly deadline: number;
}

/** Of one produce request, unless a single batch is larger. */
const MAX_REQUEST_BYTES = 8 << 20;
const UNKNOWN_TOPIC_MS = 10_000;
const DUPLICATE_SEQUENCE_NUMBER = 46;
/** MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE: the whole batch. */
const BATCH_TOO_LARGE: readonly number[] = [10, 18];
/** INVALID_TIMESTAMP, INVALID_RECORD: some record of the batch. */
const RECORD_REFUSED: readonly number[] = [32, 87];

/**
 * Sends finished batches and waits for all acknowledgements. A batch is sent again, byte for byte, after anything that
 * leaves its fate open: the broker drops what it has already (same producer, epoch and sequence).
 */
export class ProduceSender {
  readonly #client: KafkaClient;
  readonly #api: ProduceApi;
  readonly #use: ConnectionUse;
  readonly #settings: ProducerSettings;
  readonly #transactionalId: string | null;
  readonly #pool: BufferPool;
  readonly #topicIds: ReadonlyMap<string, string>;

  constructor(options: {
    readonly client: KafkaClient;
    readonly settings: ProducerSettings;
    readonly transactionalId: string | null;
    readonly pool: BufferPool;
    readonly topicIds: ReadonlyMap<string, string>;
  }) {
    this.#client = options.client;
    this.#settings = options.settings;
    this.#transactionalId = options.transactionalId;
    this.#pool = options.pool;
    this.#topicIds = options.topicIds;
    this.#api = createProduceApi(options.client.versions.produce);
    this.#use = { purpose: 'produce', requestTimeoutMs: options.settings.requestTimeoutMs };
  }

  /** Rejects with an AppError; then nothing may be sent any more. `onSent` is told the size of each batch. */
  async send(lanes: readonly Lane[], limits: SendLimits, onSent: (batch: SealedBatch) => void): Promise<void> {
    let open = lanes;
    const backoff = new Backoff(this.#settings.retryBackoffMs, 1000);
    const unknownSince = new Map<string, number>();
    let refreshFrom = 0;
    for (; open.length > 0; open = open.filter(hasBatches)) {
      let failure: unknown;
      for (const { lane, error } of await this.#round(open, refreshFrom)) {
        if (error === undefined) {
          const sent = lane.batches.shift();
          if (sent === undefined) continue;
          this.#pool.give(sent.storage);
          onSent(sent);
        } else {
          this.#mayRetry(lane, error, unknownSince);
          failure = error;
        }
      }
      if (failure === undefined) {
        backoff.reset();
        continue;
      }
      refreshFrom = performance.now();
      const waitMs = backoff.next();
      const isOver = performance.now() + waitMs > limits.deadline || backoff.failures > this.#settings.retries;
      if (isOver || this.#client.closed.aborted) throw toAppError(failure, 'Writing records');
      this.#client.reportTrouble('Writing records', failure);
      await pause(waitMs, this.#client.closed);
    }
  }

  /** One produce request per leader, with the first batch of each lane; all answers, in no order. */
  async #round(lanes: readonly Lane[], refreshFrom: number): Promise<readonly { lane: Lane; error: unknown }[]> {
    const byLeader = new Map<number, Lane[]>();
    const outcomes: { lane: Lane; error: unknown }[] = [];
    for (const lane of lanes) {
      try {
        const leader = await this.#leaderOf(lane.queue, refreshFrom);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), lane]);
      } catch (error) {
        outcomes.push({ lane, error });
      }
    }
    const requests = [...byLeader].map(([node, group]) => this.#request(node, cutToSize(group)));
    return [...outcomes, ...(await Promise.all(requests)).flat()];
  }

  async #leaderOf({ topic, partition }: PartitionQueue, refreshFrom: number): Promise<number> {
    const info = await this.#client.topic(topic, refreshFrom);
    if (info === undefined) throw new ProtocolFailure(3, `the topic "${topic}" does not exist`);
    if (info.id !== this.#topicIds.get(topic)) {
      const message = `Writing records: the topic "${topic}" was deleted and created again.`;
      throw kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic } });
    }
    const leader = info.partitions[partition]?.leader ?? -1;
    if (leader < 0) throw new ProtocolFailure(LEADER_NOT_AVAILABLE);
    return leader;
  }

  async #request(node: number, lanes: readonly Lane[]): Promise<readonly { lane: Lane; error: unknown }[]> {
    try {
      const items = lanes.map(({ queue, batches }) => ({
        topic: queue.topic,
        partition: queue.partition,
        bytes: batches[0]?.bytes ?? Buffer.alloc(0),
      }));
      const timeoutMs = this.#settings.requestTimeoutMs;
      const answers = await this.#client.send(node, this.#use, this.#api, this.#transactionalId, timeoutMs, items);
      return lanes.map((lane) => ({ lane, error: errorOf(lane.queue, answers) }));
    } catch (error) {
      return lanes.map((lane) => ({ lane, error }));
    }
  }

  /** Throws unless another attempt can help. */
  #mayRetry({ queue }: Lane, error: unknown, unknownSince: Map<string, number>): void {
    const { retry, code } = diagnose(error);
    const what = `Writing to "${queue.topic}" partition ${queue.partition}`;
    if (!retry) throw toAppError(error, what);
    if (code !== 'KAFKA_TOPIC_UNKNOWN') {
      unknownSince.delete(queue.topic);
      return;
    }
    const since = unknownSince.get(queue.topic) ?? performance.now();
    unknownSince.set(queue.topic, since);
    if (performance.now() - since > UNKNOWN_TOPIC_MS) throw toAppError(error, what);
  }
}

const hasBatches = ({ batches }: Lane): boolean => batches.length > 0;

const cutToSize = (lanes: readonly Lane[]): readonly Lane[] => {
  let size = 0;
  const fitting = lanes.filter(({ batches }) => {
    size += batches[0]?.bytes.length ?? 0;
    return size <= MAX_REQUEST_BYTES;
  });
  return fitting.length > 0 ? fitting : lanes.slice(0, 1);
};

const errorOf = (queue: PartitionQueue, answers: readonly ProduceAnswer[]): unknown => {
  const answer = answers.find(({ topic, partition }) => topic === queue.topic && partition === queue.partition);
  if (answer === undefined) return new ProtocolFailure(13, 'the broker left the partition out of its answer');
  if (answer.errorCode === 0 || answer.errorCode === DUPLICATE_SEQUENCE_NUMBER) return undefined;
  if (RECORD_REFUSED.includes(answer.errorCode)) {
    const why = answer.message ?? protocolErrorName(answer.errorCode);
    return kafkaError('KAFKA_RECORD_REFUSED', `The topic "${queue.topic}" refuses a record: ${why}`, {
      params: { topic: queue.topic, partition: queue.partition },
    });
  }
  if (BATCH_TOO_LARGE.includes(answer.errorCode)) {
    // Records were measured against the limit when they were appended: the limit has been lowered since.
    const message = `The topic "${queue.topic}" takes smaller batches now than when the task began; it has to begin anew.`;
    return kafkaError('KAFKA_BATCH_REFUSED', message, { params: { topic: queue.topic, partition: queue.partition } });
  }
  return new ProtocolFailure(answer.errorCode, answer.message ?? undefined);
};
