import type { ChangelogEntry, Position, TopicAppender } from '@penstock/engine';
import { kafkaError } from '../errors.ts';
import type { KafkaClient } from '../link/kafka-client.ts';
import { readChangelog } from '../read/changelog.ts';

/**
 * Positions as records of a compacted topic, written in the same transactions as the group's offsets. A broker drops
 * the offsets of a group that nobody commits for a while (`offsets.retention.minutes`, 7 days); the records stay, so
 * that a position that is gone from the group is not taken for one there never was.
 *
 * Key: `position/{partition}/{topic}`. Value: `{"offset":17}`. They lie in partition 1; partition 0 of the topic is the
 * state manifest's.
 */
export const POSITIONS_PARTITION = 1;

const KEY = /^position\/(\d+)\/(.+)$/s;

export const appendPosition = (
  appender: TopicAppender,
  { topic, partition, offset }: Position,
  timestamp: number,
): void => {
  const key = `position/${partition}/${topic}`;
  appender.append(POSITIONS_PARTITION, key, JSON.stringify({ offset }), timestamp);
};

/**
 * The positions recorded last, of all topics, by topic and partition; waits for transactions that are open. See
 * `PositionRecords.read` for its errors.
 */
export const readPositionRecords = (
  client: KafkaClient,
  positionsTopic: string,
  signal?: AbortSignal,
): Promise<RecordedPositions> => new PositionRecords(client, positionsTopic, 'wait').read(signal);

export type RecordedPositions = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Reads positions again and again, each time only what has come since. One for all tasks of a thread. A task that has
 * fenced whoever had it before leaves open transactions out: they are those of other tasks. Where one of a lost executor
 * has nobody yet who ends it, waiting for it would keep this one from the slot that the other is waiting for.
 */
export class PositionRecords {
  readonly #client: KafkaClient;
  readonly #topic: string;
  readonly #open: 'wait' | 'leave-out';
  readonly #positions = new Map<string, Map<number, number>>();
  #next = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(client: KafkaClient, positionsTopic: string, open: 'wait' | 'leave-out' = 'leave-out') {
    this.#client = client;
    this.#topic = positionsTopic;
    this.#open = open;
  }

  /**
   * The positions recorded last, of all topics, by topic and partition: whatever was committed before this was called
   * is in it. Errors: `KAFKA_CHANGELOG_INVALID` for
   * records that somebody else must have written.
   */
  read(signal?: AbortSignal): Promise<RecordedPositions> {
    const reading = this.#reading.then(() => this.#catchUp(signal));
    this.#reading = reading.catch(() => {}); // whoever asked is told; the next one tries for itself
    return reading;
  }

  async #catchUp(signal: AbortSignal | undefined): Promise<RecordedPositions> {
    const client = this.#client;
    const options = {
      topic: this.#topic,
      partition: POSITIONS_PARTITION,
      onEntry: (entry: ChangelogEntry) => this.#take(entry),
      open: this.#open,
      ...(signal === undefined ? {} : { signal }),
    };
    const { end, settled } = await readChangelog(client, { ...options, from: this.#next });
    if (end < this.#next) {
      // The topic was made anew.
      this.#positions.clear();
      this.#next = (await readChangelog(client, options)).settled;
    } else this.#next = settled;
    return this.#positions;
  }

  #take({ key, value }: ChangelogEntry): void {
    const [, partition, topic] = KEY.exec(key) ?? [];
    if (partition === undefined || topic === undefined) throw invalid(this.#topic, key);
    const offsets = this.#positions.get(topic) ?? new Map<number, number>();
    this.#positions.set(topic, offsets);
    if (value === null) offsets.delete(Number(partition));
    else offsets.set(Number(partition), offsetIn(value, this.#topic, key));
  }
}

const offsetIn = (value: string, positionsTopic: string, key: string): number => {
  let offset: unknown;
  try {
    ({ offset } = JSON.parse(value) as { offset?: unknown });
  } catch {
    offset = undefined; // told below, as what it is
  }
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) throw invalid(positionsTopic, key);
  return offset;
};

const invalid = (topic: string, key: string) =>
  kafkaError('KAFKA_CHANGELOG_INVALID', `"${topic}" holds a record "${key}" that is no position.`, {
    params: { topic, key },
  });
