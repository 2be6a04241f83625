/**
 * Failures that say no more than that Kafka, a destination, or the service with reference data is away or cannot do what
 * is asked of it for now. Whoever meets one waits, for as long as it takes: however many in a row, none is the last.
 */
export const WAITED_FOR: readonly string[] = [
  'KAFKA_UNREACHABLE',
  'KAFKA_TIMEOUT',
  'TARGET_UNREACHABLE',
  'REFERENCE_UNREACHABLE',
];

export const isWaitedFor = (code: string): boolean => WAITED_FOR.includes(code);
