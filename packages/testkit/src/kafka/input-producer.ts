import { setTimeout as delay } from 'node:timers/promises';
import { createTopicAdmin, type KafkaClient, openTaskLog, readPositionRecords } from '@penstock/kafka';
import { messageOf } from '@penstock/model';
import { until } from '../until.ts';

const TICK_MS = 200;
const RECOVER_MS = 120_000;
/**
 * The number is read from records of its own: a group coordinator that loads its partition twice at once answers with
 * older numbers than were committed.
 */
const POSITIONS = 'chaos-input-positions';

/** One message of a counted input. */
export interface CountedMessage {
  /** Decides the partition. */
  readonly assetId: string;
  readonly key: string;
  readonly text: string;
}

/**
 * Writes counted input at a steady rate and survives the broker's death without a duplicate: each batch goes in one
 * transaction together with the number of records written so far, and after any failure that number decides whether
 * the batch under way is sent again.
 */
export class InputProducer {
  readonly #client: KafkaClient;
  readonly #topic: string;
  readonly #next: () => CountedMessage;
  readonly #perTick: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #failure: Error | undefined;
  /** Records written and committed. */
  written = 0;

  constructor(options: {
    readonly client: KafkaClient;
    readonly topic: string;
    readonly next: () => CountedMessage;
    readonly recordsPerSecond: number;
  }) {
    this.#client = options.client;
    this.#topic = options.topic;
    this.#next = options.next;
    this.#perTick = Math.max(1, Math.round((options.recordsPerSecond * TICK_MS) / 1000));
  }

  /** Throws what made the producer give up, if anything did. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = new Error(`the input producer gave up: ${messageOf(error)}`, { cause: error });
    });
  }

  /** Finishes the batch under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.check();
  }

  async #run(): Promise<void> {
    const admin = createTopicAdmin(this.#client);
    await admin.ensureTopic(POSITIONS, { partitions: 2, config: { 'cleanup.policy': 'compact' } });
    let log = await this.#open();
    let batch: CountedMessage[] = [];
    while (!this.#stopping.signal.aborted || batch.length > 0) {
      if (batch.length === 0) batch = Array.from({ length: this.#perTick }, this.#next);
      try {
        const appender = log.appender(this.#topic);
        for (const { assetId, key, text } of batch) {
          appender.append(appender.partitionFor(assetId), key, text, Date.now());
        }
        await log.commit({ topic: this.#topic, partition: 0, offset: this.written + batch.length });
        this.written += batch.length;
        batch = [];
        await delay(TICK_MS);
      } catch {
        // The broker was killed: whether the transaction was committed is known once a new one has fenced the old.
        await log.close();
        log = await until('reopening the input producer', RECOVER_MS, () => this.#open());
        const committed = await until('reading the input position', RECOVER_MS, () => this.#committed());
        if (committed === this.written + batch.length) {
          this.written = committed;
          batch = [];
        } else if (committed !== this.written) {
          throw new Error(`position ${committed} is neither ${this.written} nor ${this.written + batch.length}`);
        }
      }
    }
    await log.close();
  }

  #open() {
    // Each topic has a producer of its own.
    const name = `chaos-input-${this.#topic}`;
    return openTaskLog(this.#client, {
      transactionalId: name,
      groupId: name,
      guarantee: 'EXACTLY_ONCE',
      positionsTopic: POSITIONS,
    });
  }

  async #committed(): Promise<number> {
    const recorded = await readPositionRecords(this.#client, POSITIONS);
    return recorded.get(this.#topic)?.get(0) ?? 0;
  }
}
