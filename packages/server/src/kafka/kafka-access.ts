import { connectKafka, createTopicAdmin, type KafkaClient, type TopicAdmin } from '@penstock/kafka';
import { AppError, type KafkaSettings } from '@penstock/model';

/** What is behind an address may be no Kafka, and it takes long to be sure of that: nobody waits so long for it. */
export const CONNECT_WITHIN_MS = 4000;

/**
 * The service's own connection to Kafka, made on first use and shared. A connection that could not be made is tried
 * again by the next who asks; one that takes long is waited for by nobody, and used once it is there.
 * Errors: `KAFKA_NOT_CONFIGURED`, `KAFKA_UNREACHABLE`, and those of connecting.
 */
export class KafkaAccess {
  readonly #settings: KafkaSettings | undefined;
  readonly #onTrouble: (message: string) => void;
  readonly #open: typeof connectKafka;
  #client: Promise<KafkaClient> | undefined;
  #isClosed = false;

  /** `open` makes the connection; replaced in tests. */
  constructor(
    settings: KafkaSettings | undefined,
    onTrouble: (message: string) => void,
    open: typeof connectKafka = connectKafka,
  ) {
    this.#open = open;
    this.#settings = settings;
    this.#onTrouble = onTrouble;
  }

  cluster(): Promise<KafkaClient> {
    this.#client ??= this.#connect();
    return withinTime(this.#client, CONNECT_WITHIN_MS);
  }

  async admin(): Promise<TopicAdmin> {
    return createTopicAdmin(await this.cluster());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.close()).catch(() => undefined); // never opened: nothing to close
  }

  async #connect(): Promise<KafkaClient> {
    try {
      if (this.#isClosed) throw external('KAFKA_CLOSED', 'The service is ending.');
      if (this.#settings === undefined) {
        throw external('KAFKA_NOT_CONFIGURED', 'No Kafka is configured: set KAFKA_BOOTSTRAP_SERVERS.');
      }
      return await this.#open(this.#settings, {
        clientId: 'penstock-service',
        onTrouble: (event) => this.#onTrouble(event.message),
      });
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}

const withinTime = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(
        new AppError(
          'KAFKA_UNREACHABLE',
          `Nothing at KAFKA_BOOTSTRAP_SERVERS has answered as Kafka does for ${ms / 1000} s. It is still being tried.`,
          { domain: 'external', retryable: true },
        ),
      ),
    ms,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

const external = (code: string, message: string): AppError => new AppError(code, message, { domain: 'external' });
