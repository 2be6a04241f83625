import type { KafkaSettings, RunEvent } from '@penstock/model';
import { type API, apiVersionsV3, findCoordinatorV4 } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import { negotiateVersions, type ProtocolVersions } from './api-versions.ts';
import { Backoff, pause } from './backoff.ts';
import { bootstrapAddresses } from './bootstrap-servers.ts';
import { HangUps } from './connection-loss-diagnosis.ts';
import { type BrokerAddress, Connections, type ConnectionUse } from './connections.ts';
import { type ClusterSnapshot, readMetadata, type TopicInfo } from './metadata.ts';
import { detailOf, diagnose, LEADER_NOT_AVAILABLE, ProtocolFailure, toAppError } from './protocol-errors.ts';

export interface ConnectOptions {
  readonly clientId: string;
  /** Told about trouble that is being dealt with (lost connections, moved leaders); at most one per kind in 10 s. */
  readonly onTrouble?: (event: RunEvent) => void;
}

/** Limits of one operation that is tried again while that can help. */
export interface RetryLimits {
  /** Beginning of the error message: `Creating topic "t"`. */
  readonly what: string;
  /** `performance.now()` after which it is given up. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  /** First and longest wait between two attempts. */
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Default: no limit but the deadline. */
  readonly maxAttempts?: number;
}

/** Errors about a missing topic are given up after this time: a new topic needs a moment to be known everywhere. */
const UNKNOWN_TOPIC_MS = 10_000;

const KEY_TYPES = { group: 0, transaction: 1 } as const;
export type CoordinatorKind = keyof typeof KEY_TYPES;

export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
export const CONTROL: ConnectionUse = { purpose: 'control', requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS };
const CONNECT_DEADLINE_MS = 30_000;
const TROUBLE_INTERVAL_MS = 10_000;

/**
 * A Kafka cluster as seen by one process: connections, and caches of topics, leaders and coordinators. Shared by all
 * readers and writers of the process. `close` is idempotent; what is under way then rejects.
 */
export class KafkaClient {
  readonly clientId: string;
  readonly #connections: Connections;
  readonly #bootstrap: readonly BrokerAddress[];
  readonly #onTrouble: ((event: RunEvent) => void) | undefined;
  readonly #brokers = new Map<number, BrokerAddress>();
  readonly #topics = new Map<string, TopicInfo>();
  readonly #asking = new Map<string, { readonly at: number; readonly answer: Promise<TopicInfo | undefined> }>();
  readonly #coordinators = new Map<string, number>();
  readonly #reported = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #hangUps: HangUps;
  #versions: ProtocolVersions | undefined;
  #uses = 0;

  constructor(settings: KafkaSettings, options: ConnectOptions) {
    this.clientId = options.clientId;
    this.#bootstrap = bootstrapAddresses(settings.bootstrapServers);
    this.#connections = new Connections(options.clientId, settings);
    this.#hangUps = new HangUps(settings);
    this.#onTrouble = options.onTrouble;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  get versions(): ProtocolVersions {
    if (this.#versions === undefined) throw kafkaError('KAFKA_CLOSED', 'The Kafka cluster is not connected.');
    return this.#versions;
  }

  async open(): Promise<void> {
    const limits = { what: 'Connecting to Kafka', deadline: performance.now() + CONNECT_DEADLINE_MS };
    const ask = async (): Promise<void> => {
      await this.snapshot([]);
    };
    await this.retrying(limits, () => this.#hangUps.explained(() => this.#greet(), ask));
  }

  async #greet(): Promise<void> {
    this.#versions = negotiateVersions(await this.sendToAny(apiVersionsV3.api, 'penstock', '0.1.0'));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.close();
  }

  /** A connection purpose that nobody else uses. */
  newPurpose(prefix: string): string {
    this.#uses += 1;
    return `${prefix}-${this.#uses}`;
  }

  closePurpose(purpose: string): Promise<void> {
    return this.#connections.closePurpose(purpose);
  }

  /** One request to one broker, one attempt. */
  async send<A extends unknown[], R>(node: number, use: ConnectionUse, api: API<A, R>, ...args: A): Promise<R> {
    const broker = this.#brokers.get(node);
    if (broker === undefined) throw new ProtocolFailure(LEADER_NOT_AVAILABLE, `broker ${node} is not known`);
    return this.#connections.send(broker, use, api, ...args);
  }

  /** One request to whichever broker answers. */
  sendToAny<A extends unknown[], R>(api: API<A, R>, ...args: A): Promise<R> {
    return this.#askAnyone((broker) => this.#connections.send(broker, CONTROL, api, ...args));
  }

  /** A request to the coordinator of a group or transactional id, tried again until the deadline. */
  sendToCoordinator<A extends unknown[], R>(
    limits: RetryLimits,
    coordinator: { readonly kind: CoordinatorKind; readonly key: string; readonly use: ConnectionUse },
    api: API<A, R>,
    ...args: A
  ): Promise<R> {
    const { kind, key, use } = coordinator;
    return this.retrying(limits, async () => {
      const node = await this.#coordinator(kind, key);
      try {
        return await this.send(node, use, api, ...args);
      } catch (error) {
        const { stale, errorCode } = diagnose(error);
        if (stale !== undefined || errorCode === undefined) this.#coordinators.delete(`${kind} ${key}`);
        throw error;
      }
    });
  }

  /**
   * The topic as last seen, or undefined where it does not exist. Asks a broker when nothing is cached or the cached
   * answer was asked for before `notBefore`; concurrent callers share one question, unless it is older than that.
   */
  topic(name: string, notBefore = 0): Promise<TopicInfo | undefined> {
    const cached = this.#topics.get(name);
    if (cached !== undefined && cached.at >= notBefore) return Promise.resolve(cached);
    const under = this.#asking.get(name);
    if (under !== undefined && under.at >= notBefore) return under.answer;
    const at = performance.now();
    const answer = this.snapshot([name])
      .then(({ topics }) => topics.get(name))
      .finally(() => {
        if (this.#asking.get(name)?.at === at) this.#asking.delete(name);
      });
    this.#asking.set(name, { at, answer });
    return answer;
  }

  /** Fresh metadata of the named topics, or of all for null; updates the caches. One attempt. */
  async snapshot(names: string[] | null): Promise<ClusterSnapshot> {
    const read = (): Promise<ClusterSnapshot> => readMetadata((api) => this.sendToAny(api, names, false));
    const seen = await read();
    for (const { nodeId, host, port } of seen.brokers) this.#brokers.set(nodeId, { host, port });
    for (const [name, topic] of seen.topics) {
      if (topic === undefined) this.#topics.delete(name);
      else this.#topics.set(name, topic);
    }
    return seen;
  }

  /** Runs `attempt` until it succeeds, fails for good, or time is up; rejects with an AppError. */
  async retrying<T>(limits: RetryLimits, attempt: () => Promise<T>): Promise<T> {
    const backoff = new Backoff(limits.firstDelayMs ?? 20, limits.maxDelayMs ?? 1000);
    const attempts = limits.maxAttempts ?? Number.POSITIVE_INFINITY;
    let unknownSince: number | undefined;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const diagnosis = diagnose(error);
        if (this.closed.aborted) throw kafkaError('KAFKA_CLOSED', `${limits.what}: the Kafka client was closed.`);
        const waitMs = backoff.next();
        const now = performance.now();
        unknownSince = diagnosis.code === 'KAFKA_TOPIC_UNKNOWN' ? (unknownSince ?? now) : undefined;
        const deadline = Math.min(
          limits.deadline,
          unknownSince === undefined ? limits.deadline : unknownSince + UNKNOWN_TOPIC_MS,
        );
        const isOver = now + waitMs > deadline || backoff.failures >= attempts || limits.signal?.aborted === true;
        if (!diagnosis.retry || isOver) throw toAppError(error, limits.what);
        this.reportTrouble(limits.what, error);
        await pause(waitMs, limits.signal ?? this.closed);
      }
    }
  }

  /** Tells `onTrouble`, unless the same was told within the last 10 s. CONCURRENT_TRANSACTIONS is no trouble. */
  reportTrouble(what: string, error: unknown): void {
    const { name } = diagnose(error);
    if (name === 'CONCURRENT_TRANSACTIONS' || name === 'UNSTABLE_OFFSET_COMMIT') return;
    this.report('KAFKA_TROUBLE', `${what}: ${detailOf(error)} (${name}); trying again.`, name);
  }

  report(code: string, message: string, kind: string): void {
    const now = performance.now();
    const last = this.#reported.get(`${code} ${kind}`);
    if (last !== undefined && now - last < TROUBLE_INTERVAL_MS) return;
    this.#reported.set(`${code} ${kind}`, now);
    this.#onTrouble?.({ at: Date.now(), code, message, severity: 'warning' });
  }

  async #coordinator(kind: CoordinatorKind, key: string): Promise<number> {
    const cached = this.#coordinators.get(`${kind} ${key}`);
    if (cached !== undefined) return cached;
    const { coordinators } = await this.sendToAny(findCoordinatorV4.api, KEY_TYPES[kind], [key]);
    const found = coordinators[0];
    if (found === undefined) throw new ProtocolFailure(15, `no coordinator for ${kind} "${key}"`);
    this.#brokers.set(found.nodeId, { host: found.host, port: found.port });
    this.#coordinators.set(`${kind} ${key}`, found.nodeId);
    return found.nodeId;
  }

  /** Known brokers first, in random order, then the bootstrap servers; the last error when none answers. */
  async #askAnyone<T>(ask: (broker: BrokerAddress) => Promise<T>): Promise<T> {
    const known = [...this.#brokers.values()].sort(() => Math.random() - 0.5);
    const isNew = ({ host, port }: BrokerAddress): boolean => !known.some((b) => b.host === host && b.port === port);
    let failure: unknown;
    for (const broker of [...known, ...this.#bootstrap.filter(isNew)]) {
      try {
        return await ask(broker);
      } catch (error) {
        // A broker that answered with an error of the protocol speaks for the cluster.
        if (diagnose(error).errorCode !== undefined || !diagnose(error).retry) throw error;
        failure = error;
      }
    }
    throw failure;
  }
}

/** Connects and reads the cluster's brokers. Rejects with `KAFKA_UNREACHABLE` when nobody answers within 30 s. */
export const connectKafka = async (settings: KafkaSettings, options: ConnectOptions): Promise<KafkaClient> => {
  const client = new KafkaClient(settings, options);
  try {
    await client.open();
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
};
