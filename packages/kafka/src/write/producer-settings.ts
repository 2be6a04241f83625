import { compressionsAlgorithms } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';
import type { CompressionType } from '../wire/compression.ts';

/** Kafka producer settings that a task log honours; names and defaults as in the Java client. */
export interface ProducerSettings {
  readonly compression: CompressionType;
  readonly retries: number;
  readonly retryBackoffMs: number;
  readonly deliveryTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

const COMPRESSION_TYPES = Object.keys(compressionsAlgorithms) as readonly CompressionType[];

/**
 * Reads `compression.type`, `retries`, `retry.backoff.ms`, `delivery.timeout.ms` and `request.timeout.ms`; other
 * settings have no meaning here. Throws `KAFKA_SETTING_INVALID`.
 */
export const parseProducerSettings = (settings: Readonly<Record<string, string>>): ProducerSettings => {
  const compression = settings['compression.type']?.trim() ?? 'none';
  const isKnown = (name: string): name is CompressionType => COMPRESSION_TYPES.some((type) => type === name);
  if (!isKnown(compression)) {
    throw invalid('compression.type', compression, `one of ${COMPRESSION_TYPES.join(', ')}`);
  }
  return {
    compression,
    retries: integer(settings, 'retries', 2_147_483_647, 0),
    retryBackoffMs: integer(settings, 'retry.backoff.ms', 20, 0),
    deliveryTimeoutMs: integer(settings, 'delivery.timeout.ms', 120_000, 1),
    requestTimeoutMs: integer(settings, 'request.timeout.ms', 30_000, 1),
  };
};

const integer = (settings: Readonly<Record<string, string>>, name: string, fallback: number, least: number): number => {
  const text = settings[name]?.trim();
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2_147_483_647) {
    throw invalid(name, text, `a whole number from ${least} to 2147483647`);
  }
  return value;
};

const invalid = (name: string, value: string, expected: string): Error =>
  kafkaError('KAFKA_SETTING_INVALID', `"${value}" is not a value of ${name}; give ${expected}.`, {
    params: { name, value },
  });
