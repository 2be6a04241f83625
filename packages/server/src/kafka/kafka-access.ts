import { connectKafka, createTopicAdmin, type KafkaClient, type TopicAdmin } from '@penstock/kafka';
import { AppError, type KafkaSettings } from '@penstock/model';

/**
 * The service's own connection to Kafka, made on first use and shared. A connection that could not be made is tried
 * again by the next who asks. Errors: `KAFKA_NOT_CONFIGURED`, and those of connecting.
 */
export class KafkaAccess {
  readonly #settings: KafkaSettings | undefined;
  readonly #onTrouble: (message: string) => void;
  #client: Promise<KafkaClient> | undefined;
  #isClosed = false;

  constructor(settings: KafkaSettings | undefined, onTrouble: (message: string) => void) {
    this.#settings = settings;
    this.#onTrouble = onTrouble;
  }

  cluster(): Promise<KafkaClient> {
    this.#client ??= this.#connect();
    return this.#client;
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
      return await connectKafka(this.#settings, {
        clientId: 'penstock-service',
        onTrouble: (event) => this.#onTrouble(event.message),
      });
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }
}

const external = (code: string, message: string): AppError => new AppError(code, message, { domain: 'external' });
