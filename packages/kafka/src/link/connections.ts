import { isIP } from 'node:net';
import type { KafkaSettings } from '@penstock/model';
import { type API, Connection, type ConnectionOptions, ConnectionStatuses } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import { Backoff, pause } from './backoff.ts';
import { isHangUp } from './connection-refusals.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a connection is for. A broker answers one connection's requests in order, so long polls need their own. */
export interface ConnectionUse {
  readonly purpose: string;
  readonly requestTimeoutMs: number;
}

interface Slot {
  connection: Connection | undefined;
  opening: Promise<Connection> | undefined;
  readonly backoff: Backoff;
  /** No new attempt before this moment (`performance.now()`). */
  notBefore: number;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** One connection per broker and use, opened on demand and opened again after it was lost, with back-off. */
export class Connections {
  readonly #clientId: string;
  readonly #settings: KafkaSettings;
  readonly #slots = new Map<string, Slot>();
  /** What a connection told before it ended; with TLS 1.3 a refusal comes only after the handshake. */
  readonly #lastWords = new WeakMap<Connection, Error>();
  readonly #closing = new AbortController();

  constructor(clientId: string, settings: KafkaSettings) {
    this.#clientId = clientId;
    this.#settings = settings;
  }

  /** Rejects with what the library says when the broker cannot be reached or refuses the credentials. */
  async get(broker: BrokerAddress, use: ConnectionUse): Promise<Connection> {
    if (this.#closing.signal.aborted) throw kafkaError('KAFKA_CLOSED', 'The Kafka connections were closed.');
    const key = `${use.purpose} ${use.requestTimeoutMs} ${broker.host}:${broker.port}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { connection: undefined, opening: undefined, backoff: new Backoff(50, 1000), notBefore: 0 };
      this.#slots.set(key, slot);
    }
    if (slot.connection?.isConnected()) return slot.connection;
    if (slot.connection?.status === ConnectionStatuses.REAUTHENTICATING) return whenReady(slot.connection);
    slot.opening ??= this.#open(slot, broker, use).finally(() => {
      slot.opening = undefined;
    });
    return slot.opening;
  }

  /** One request. Where the broker only ends the connection, it rejects with what was heard of it before. */
  async send<A extends unknown[], R>(
    broker: BrokerAddress,
    use: ConnectionUse,
    api: API<A, R>,
    ...args: A
  ): Promise<R> {
    const connection = await this.get(broker, use);
    try {
      return await api.async(connection, ...args);
    } catch (error) {
      throw (isHangUp(error) ? this.#lastWords.get(connection) : undefined) ?? error;
    }
  }

  /** Closes the connections of one purpose; requests under way on them fail. */
  async closePurpose(purpose: string): Promise<void> {
    await this.#closeSlots((key) => key.startsWith(`${purpose} `));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#closeSlots(() => true);
  }

  async #closeSlots(matches: (key: string) => boolean): Promise<void> {
    const closed: Promise<void>[] = [];
    for (const [key, slot] of this.#slots) {
      if (!matches(key)) continue;
      this.#slots.delete(key);
      if (slot.connection !== undefined) closed.push(slot.connection.close());
      if (slot.opening !== undefined) {
        closed.push(
          slot.opening.then(
            (connection) => connection.close(),
            () => {}, // it never opened
          ),
        );
      }
    }
    await Promise.all(closed);
  }

  async #open(slot: Slot, broker: BrokerAddress, use: ConnectionUse): Promise<Connection> {
    slot.connection = undefined;
    await pause(slot.notBefore - performance.now(), this.#closing.signal);
    if (this.#closing.signal.aborted) throw kafkaError('KAFKA_CLOSED', 'The Kafka connections were closed.');
    const connection = new Connection(this.#clientId, this.#options(broker, use));
    connection.on('error', (error: Error) => this.#lastWords.set(connection, error));
    try {
      await connection.connect(broker.host, broker.port);
    } catch (error) {
      slot.notBefore = performance.now() + slot.backoff.next();
      throw error;
    }
    slot.backoff.reset();
    slot.connection = connection;
    return connection;
  }

  #options(broker: BrokerAddress, use: ConnectionUse): ConnectionOptions {
    const { sasl, tls } = this.#settings;
    return {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: use.requestTimeoutMs,
      maxInflights: 64,
      ...(sasl === undefined ? {} : { sasl }),
      ...(tls === undefined ? {} : { tls, tlsServerName: isIP(broker.host) === 0 }),
    };
  }
}

/** The broker wants to see the credentials again from time to time (KIP-368) and takes no other request meanwhile. */
const whenReady = async (connection: Connection): Promise<Connection> => {
  await connection.ready();
  return connection;
};
