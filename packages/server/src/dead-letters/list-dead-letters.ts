import { createTopicAdmin, type KafkaClient, openFeeds, type PartitionFeeds } from '@penstock/kafka';
import { deadLetterTopicOf } from '@penstock/model';
import { type DeadLetter, type DeadLetterFilter, matches } from './dead-letter.ts';
import { readRange } from './read-range.ts';

/** Offsets read at once from one partition, going backwards. */
const WINDOW = 200;
/** Records looked at for one answer; with a filter that matches little the answer is a short page and a cursor. */
const MAX_SCANNED = 5000;
/** Bytes of values in one answer. */
const MAX_BYTES = 4 * 1024 * 1024;

/** By partition: everything at this offset and above has been seen. */
export type Position = ReadonlyMap<number, number>;

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Where to go on; undefined when there is nothing older. */
  readonly next?: Position;
}

/**
 * Dead letters of an organisation, newest first over all partitions, from a position backwards. Reads committed
 * records only, and a bounded number of them. Errors: those of Kafka. A topic that does not exist is empty.
 */
export const listDeadLetters = async (
  client: KafkaClient,
  orgId: string,
  query: { readonly filter: DeadLetterFilter; readonly limit: number; readonly from?: Position | undefined },
): Promise<DeadLetterPage> => {
  const topic = deadLetterTopicOf(orgId);
  const admin = createTopicAdmin(client);
  if ((await admin.partitionCount(topic)) === undefined) return { letters: [] };
  const [earliest, latest] = await Promise.all([
    admin.earliestOffsets(topic),
    admin.latestOffsets(topic, 'read-committed'),
  ]);
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  try {
    const walks = [...latest].map(
      ([partition, end]) =>
        new BackwardWalk(
          feeds,
          topic,
          partition,
          earliest.get(partition) ?? 0,
          Math.min(end, query.from?.get(partition) ?? end),
        ),
    );
    return await merge(walks, query);
  } finally {
    await feeds.close();
  }
};

/** Takes the newest of all partitions again and again, until the page or the work is full. */
const merge = async (
  walks: readonly BackwardWalk[],
  query: { readonly filter: DeadLetterFilter; readonly limit: number },
): Promise<DeadLetterPage> => {
  const letters: DeadLetter[] = [];
  let bytes = 0;
  for (let scanned = 0; letters.length < query.limit && scanned < MAX_SCANNED && bytes < MAX_BYTES; scanned++) {
    await Promise.all(walks.map((walk) => walk.prepare()));
    const newest = walks.reduce<BackwardWalk | undefined>(
      (best, walk) =>
        walk.head !== undefined && (best?.head === undefined || walk.head.at > best.head.at) ? walk : best,
      undefined,
    );
    const letter = newest?.take();
    if (letter === undefined) return { letters };
    if (!matches(letter, query.filter)) continue;
    letters.push(letter);
    bytes += letter.value?.length ?? 0;
  }
  const next = new Map(walks.map((walk) => [walk.partition, walk.position] as const));
  return walks.every((walk) => walk.isDone) ? { letters } : { letters, next };
};

/** One partition, from an offset backwards to its start, a window at a time. */
class BackwardWalk {
  readonly partition: number;
  readonly #feeds: PartitionFeeds;
  readonly #topic: string;
  readonly #start: number;
  #unread: number;
  #window: DeadLetter[] = [];
  /** Everything at this offset and above has been taken. */
  position: number;

  constructor(feeds: PartitionFeeds, topic: string, partition: number, start: number, until: number) {
    this.partition = partition;
    this.#feeds = feeds;
    this.#topic = topic;
    this.#start = start;
    this.#unread = until;
    this.position = until;
  }

  get head(): DeadLetter | undefined {
    return this.#window.at(-1);
  }

  get isDone(): boolean {
    return this.#window.length === 0 && this.#unread <= this.#start;
  }

  /** Reads the next window with something in it, unless there still is one. */
  async prepare(): Promise<void> {
    while (this.#window.length === 0 && this.#unread > this.#start) {
      const from = Math.max(this.#start, this.#unread - WINDOW);
      this.#window = await readRange(this.#feeds, this.#topic, {
        partition: this.partition,
        from,
        until: this.#unread,
      });
      this.#unread = from;
      if (this.#window.length === 0) this.position = from;
    }
  }

  take(): DeadLetter | undefined {
    const letter = this.#window.pop();
    if (letter !== undefined) this.position = letter.offset;
    return letter;
  }
}
