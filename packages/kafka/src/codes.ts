import { type CodeCatalogue, code } from '@penstock/model';

/** Events that this package tells of while it goes on. What it throws is listed in `errors.ts`. */
export const KAFKA_EVENTS = {
  KAFKA_PARTITIONS_CHANGED: code(
    'event',
    'The number of partitions of a topic that is written has changed; it counts from the next start of the task on.',
  ),
  KAFKA_TROUBLE: code(
    'event',
    'Kafka could not do something and it is tried again.',
    'Look at the health of the brokers if it lasts.',
  ),
} as const satisfies CodeCatalogue;
