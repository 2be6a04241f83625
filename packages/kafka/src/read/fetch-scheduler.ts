import { readEndOffsets } from '../admin/topic-offsets.ts';
import { isKafkaError, kafkaError } from '../errors.ts';
import type { ConnectionUse } from '../link/connections.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import type { PartitionInfo, TopicInfo } from '../link/metadata.ts';
import { diagnose, LEADER_NOT_AVAILABLE, ProtocolFailure, toAppError } from '../link/protocol-errors.ts';
import { type FetchAsk, type FetchedAnswer, type FetchLimits, fetchApi } from '../wire/fetch-v13.ts';
import { FetchedFeed, type Isolation, type PartitionFeed } from './partition-feed.ts';

export interface FeedOptions {
  readonly isolation: Isolation;
  /** Default 1 MiB. A single batch that is bigger still arrives. */
  readonly maxBytesPerPartition?: number;
  /** How long a broker may hold a request while there is nothing to read; default 200. */
  readonly maxWaitMs?: number;
}

export interface PartitionFeeds {
  /** Begins to read a partition at an offset, in the background. */
  open(topic: string, partition: number, offset: number): PartitionFeed;
  /** Closes all feeds and their connections. Idempotent. */
  close(): Promise<void>;
}

/** A topic is given up after it was missing from fresh metadata for this long. */
const UNKNOWN_TOPIC_MS = 10_000;
const MAX_RESPONSE_BYTES = 50 << 20;
/** Longest wait before a failed or fruitless request is repeated when the broker did not wait itself. */
const EMPTY_RETRY_MS = 100;
const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_TOPIC = 3;

/**
 * Two lanes per broker, each with a connection and at most one request under way: `behind` for feeds that have records
 * waiting (the broker answers at once), `waiting` for feeds that have seen everything (the broker holds the request).
 * With one lane an idle partition would hold up a busy one, since a broker answers a connection's requests in order.
 */
type Lane = 'behind' | 'waiting';

class Fetcher implements PartitionFeeds {
  readonly #client: KafkaClient;
  readonly #isolation: Isolation;
  readonly #maxBytesPerPartition: number;
  readonly #maxWaitMs: number;
  readonly #purpose: string;
  readonly #feeds = new Set<FetchedFeed>();
  readonly #busy = new Set<string>();
  readonly #leaders = new Map<string, TopicInfo>();
  readonly #locating = new Set<FetchedFeed>();
  #timer: NodeJS.Timeout | undefined;
  #isPlanned = false;
  #isClosed = false;

  constructor(client: KafkaClient, options: FeedOptions) {
    this.#client = client;
    this.#isolation = options.isolation;
    this.#maxBytesPerPartition = options.maxBytesPerPartition ?? 1 << 20;
    this.#maxWaitMs = options.maxWaitMs ?? 200;
    this.#purpose = client.newPurpose('fetch');
  }

  open(topic: string, partition: number, offset: number): PartitionFeed {
    if (this.#isClosed) throw kafkaError('KAFKA_CLOSED', 'The feeds were closed.');
    const feed = new FetchedFeed({ topic, partition, offset }, this.#isolation, () => this.#plan());
    this.#feeds.add(feed);
    this.#plan();
    return feed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const feed of this.#feeds) feed.close();
    this.#feeds.clear();
    await Promise.all(
      (['behind', 'waiting'] as const).map((lane) => this.#client.closePurpose(this.#use(lane).purpose)),
    );
  }

  /** Looks for work once what happens now has happened: several feeds that make room together share a request. */
  #plan(): void {
    if (this.#isPlanned || this.#isClosed) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#startRequests();
    });
  }

  #startRequests(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    const now = performance.now();
    const due = new Map<string, { node: number; lane: Lane; feeds: FetchedFeed[] }>();
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const feed of this.#feeds) {
      if (feed.isClosed) this.#feeds.delete(feed);
      if (!feed.hasRoom || this.#locating.has(feed)) continue;
      if (feed.notBefore > now) {
        wakeAt = Math.min(wakeAt, feed.notBefore);
        continue;
      }
      const leader = this.#leaderOf(feed);
      if (leader === undefined) {
        this.#locate(feed);
        continue;
      }
      const lane: Lane = feed.isBehind ? 'behind' : 'waiting';
      const key = `${leader.leader} ${lane}`;
      if (this.#busy.has(key)) continue;
      const request = due.get(key) ?? { node: leader.leader, lane, feeds: [] };
      request.feeds.push(feed);
      due.set(key, request);
    }
    for (const [key, { node, lane, feeds }] of due) {
      this.#busy.add(key);
      // Never rejects: what goes wrong is dealt with feed by feed.
      void this.#request(node, lane, feeds).finally(() => {
        this.#busy.delete(key);
        this.#plan();
      });
    }
    if (Number.isFinite(wakeAt)) this.#timer = setTimeout(() => this.#plan(), wakeAt - now);
  }

  #leaderOf(feed: FetchedFeed): PartitionInfo | undefined {
    const topic = this.#leaders.get(feed.topic);
    if (topic === undefined || topic.id !== feed.topicId) return undefined;
    const info = topic.partitions[feed.partition];
    return info === undefined || info.leader < 0 ? undefined : info;
  }

  async #request(node: number, lane: Lane, feeds: readonly FetchedFeed[]): Promise<void> {
    // Whoever was served goes to the back: a broker fills the answer in this order up to its limit.
    for (const feed of feeds) {
      feed.isFetching = true;
      this.#feeds.delete(feed);
      this.#feeds.add(feed);
    }
    const startedAt = performance.now();
    try {
      const asks = feeds.map((feed) => this.#askFor(feed));
      const { errorCode, throttleMs, partitions } = await this.#client.send(
        node,
        this.#use(lane),
        fetchApi,
        asks,
        this.#limits(lane, feeds.length),
      );
      if (errorCode !== 0) throw new ProtocolFailure(errorCode);
      const answers = new Map(partitions.map((answer) => [`${answer.topicId} ${answer.partition}`, answer]));
      const tookMs = performance.now() - startedAt;
      for (const feed of feeds) {
        feed.isFetching = false;
        const answer = answers.get(`${feed.topicId} ${feed.partition}`);
        if (answer !== undefined) this.#settle(feed, answer, tookMs);
        if (throttleMs > 0) feed.notBefore = Math.max(feed.notBefore, performance.now() + throttleMs);
      }
    } catch (error) {
      for (const feed of feeds) {
        feed.isFetching = false;
        this.#trouble(feed, error);
      }
    }
  }

  #settle(feed: FetchedFeed, answer: FetchedAnswer, tookMs: number): void {
    if (feed.isClosed) return;
    if (answer.errorCode !== 0) {
      this.#trouble(feed, new ProtocolFailure(answer.errorCode));
      return;
    }
    try {
      feed.accept(answer);
    } catch (error) {
      feed.fail(toAppError(error, this.#nameOf(feed)));
      return;
    }
    // Empty although more should be there (a gap at the end of a compacted topic): the broker does not wait then.
    const isGap = feed.emptyAnswers > 1 && feed.fetchOffset < feed.endOffset;
    if (isGap && tookMs < EMPTY_RETRY_MS) feed.notBefore = performance.now() + EMPTY_RETRY_MS;
  }

  #trouble(feed: FetchedFeed, error: unknown): void {
    if (this.#isClosed || feed.isClosed) return;
    const { errorCode, retry, stale } = diagnose(error);
    if (this.#client.closed.aborted) {
      feed.fail(kafkaError('KAFKA_CLOSED', `${this.#nameOf(feed)}: the Kafka client was closed.`));
    } else if (errorCode === OFFSET_OUT_OF_RANGE) {
      this.#leaders.delete(feed.topic);
      void this.#checkRange(feed);
    } else if (!retry) {
      feed.fail(toAppError(error, this.#nameOf(feed)));
    } else {
      this.#client.reportTrouble(this.#nameOf(feed), error);
      if (stale !== undefined || errorCode === undefined) this.#leaders.delete(feed.topic);
      feed.notBefore = performance.now() + feed.backoff.next();
      this.#plan();
    }
  }

  /** Finds the leader of a feed's partition with metadata from now on; the feed is not asked for meanwhile. */
  #locate(feed: FetchedFeed): void {
    this.#locating.add(feed);
    const isFirst = feed.topicId === undefined && feed.backoff.failures === 0;
    void this.#client
      .topic(feed.topic, isFirst ? 0 : performance.now())
      .then((topic) => this.#learn(feed, topic))
      .catch((error: unknown) => this.#trouble(feed, error))
      .finally(() => {
        this.#locating.delete(feed);
        this.#plan();
      });
  }

  #learn(feed: FetchedFeed, topic: TopicInfo | undefined): void {
    if (topic !== undefined && feed.topicId !== undefined && topic.id !== feed.topicId) {
      const message = `${this.#nameOf(feed)}: the topic was deleted and created again; its offsets mean something else now.`;
      feed.fail(kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic: feed.topic } }));
      return;
    }
    const info = topic?.partitions[feed.partition];
    if (topic === undefined || info === undefined) {
      const now = performance.now();
      feed.unknownSince ??= now;
      if (now - feed.unknownSince >= UNKNOWN_TOPIC_MS) {
        const message = `${this.#nameOf(feed)}: ${topic === undefined ? 'the topic' : 'the partition'} does not exist.`;
        feed.fail(
          kafkaError('KAFKA_TOPIC_UNKNOWN', message, { params: { topic: feed.topic, partition: feed.partition } }),
        );
        return;
      }
      throw new ProtocolFailure(UNKNOWN_TOPIC);
    }
    feed.unknownSince = undefined;
    feed.topicId = topic.id;
    this.#leaders.set(feed.topic, topic);
    if (info.leader < 0) throw new ProtocolFailure(LEADER_NOT_AVAILABLE);
  }

  /** Out of range for good, or only at a leader that is not up to date? */
  async #checkRange(feed: FetchedFeed): Promise<void> {
    feed.isFetching = true;
    try {
      const { first, last } = await readEndOffsets(this.#client, feed.topic, feed.partition);
      feed.logStartOffset = first;
      if (feed.fetchOffset < first || feed.fetchOffset > last) {
        const message = `${this.#nameOf(feed)}: offset ${feed.fetchOffset} is not in the partition, which holds ${first} to ${last}.`;
        const params = {
          topic: feed.topic,
          partition: feed.partition,
          offset: feed.fetchOffset,
          logStartOffset: first,
          endOffset: last,
        };
        feed.fail(kafkaError('KAFKA_OFFSET_OUT_OF_RANGE', message, { params }));
      } else feed.notBefore = performance.now() + feed.backoff.next();
    } catch (error) {
      // A topic that is missing is only given up after a while: see #learn.
      this.#trouble(feed, isKafkaError(error, 'KAFKA_TOPIC_UNKNOWN') ? new ProtocolFailure(UNKNOWN_TOPIC) : error);
    } finally {
      feed.isFetching = false;
      this.#plan();
    }
  }

  #askFor(feed: FetchedFeed): FetchAsk {
    const leader = this.#leaderOf(feed);
    if (leader === undefined || feed.topicId === undefined) throw new ProtocolFailure(LEADER_NOT_AVAILABLE);
    return {
      topicId: feed.topicId,
      partition: feed.partition,
      leaderEpoch: leader.leaderEpoch,
      offset: feed.fetchOffset,
    };
  }

  #limits(lane: Lane, feeds: number): FetchLimits {
    return {
      maxWaitMs: lane === 'waiting' ? this.#maxWaitMs : 0,
      maxBytes: Math.min(MAX_RESPONSE_BYTES, feeds * this.#maxBytesPerPartition),
      maxBytesPerPartition: this.#maxBytesPerPartition,
      isReadCommitted: this.#isolation === 'read-committed',
    };
  }

  #use(lane: Lane): ConnectionUse {
    return { purpose: `${this.#purpose}-${lane}`, requestTimeoutMs: 30_000 + this.#maxWaitMs };
  }

  #nameOf(feed: FetchedFeed): string {
    return `Reading "${feed.topic}" partition ${feed.partition}`;
  }
}

export const openFeeds = (client: KafkaClient, options: FeedOptions): PartitionFeeds => new Fetcher(client, options);
