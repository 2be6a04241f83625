import type { KafkaSettings } from '@penstock/model';
import { NetworkError } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import { endedByHangUp } from './connection-refusals.ts';

/** A broker that is going down ends one connection without an answer, perhaps two; then nobody takes connections. */
const ENOUGH = 3;

/**
 * Brokers end connections that are not as they want them, and do not say why. This says what it may be, by what the
 * settings have and what has been answered before.
 */
export class HangUps {
  readonly #settings: KafkaSettings;
  #unanswered = 0;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  /** `greet`: what every broker answers to anybody; `ask`: what it answers to users only. Rejects as they do. */
  async explained(greet: () => Promise<void>, ask: () => Promise<void>): Promise<void> {
    try {
      await greet();
    } catch (error) {
      this.#unanswered = 0;
      throw this.#explainGreeting(error);
    }
    try {
      await ask();
    } catch (error) {
      this.#unanswered = endedByHangUp(error) && this.#settings.sasl === undefined ? this.#unanswered + 1 : 0;
      if (this.#unanswered < ENOUGH) throw error;
      throw kafkaError(
        'KAFKA_AUTHENTICATION_FAILED',
        'Connecting to Kafka: the broker answers only who has authenticated, and no user is given. Give the SASL mechanism, the user name and the password.',
        { cause: error },
      );
    }
  }

  #explainGreeting(error: unknown): unknown {
    const { tls, sasl } = this.#settings;
    if (!endedByHangUp(error)) return error;
    if (tls !== undefined) return guess('it may not speak TLS on this port', error);
    return sasl === undefined ? error : guess('it may want TLS on this port, or no user', error);
  }
}

/** Still worth another try: a proxy without a broker behind it, or one that is going down, looks the same. */
const guess = (what: string, cause: unknown): NetworkError =>
  new NetworkError(`The broker ended the connection without a word; ${what}`, { cause: cause as Error });
