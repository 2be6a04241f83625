import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceBatch, TaskLog } from '@penstock/engine';
import {
  connectKafka,
  createTopicAdmin,
  type FeedOptions,
  type KafkaClient,
  openFeeds,
  openTaskLog,
  type PartitionFeeds,
  type TaskLogOptions,
} from '@penstock/kafka';
import type { KafkaSettings, RunEvent } from '@penstock/model';

/** A record as tests like to see it. */
export interface SeenRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
}

const textAt = (batch: SourceBatch, start: number | undefined, end: number | undefined): string | null =>
  start === undefined || start < 0 ? null : batch.bytes.toString('utf8', start, end);

export const recordsOf = (batch: SourceBatch): SeenRecord[] =>
  Array.from({ length: batch.count }, (_, i) => ({
    offset: batch.offsets[i] ?? -1,
    timestamp: batch.timestamps[i] ?? -1,
    key: textAt(batch, batch.keyStart[i], batch.keyEnd[i]),
    value: textAt(batch, batch.valueStart[i], batch.valueEnd[i]),
  }));

/** The local broker of the dev package, which only tests may import. */
export interface TestBroker {
  readonly settings: KafkaSettings;
  kill9(): Promise<void>;
  start(): Promise<void>;
}

export interface KafkaFixture<B> {
  readonly kafka: B;
  readonly client: KafkaClient;
  readonly events: readonly RunEvent[];
  topic(name: string, partitions?: number, config?: Record<string, string>): Promise<string>;
  log(options?: Partial<TaskLogOptions>): Promise<TaskLog & { readonly producerEpoch: number }>;
  feeds(options?: Partial<FeedOptions>): PartitionFeeds;
  /** Everything up to the high watermark of now; open transactions before it have to end some time. */
  readAll(topic: string, partition?: number, isolation?: FeedOptions['isolation']): Promise<SeenRecord[]>;
}

/** A broker of its own for one test file; everything made through it is closed after the tests. */
export const startKafkaFixture = async <B extends TestBroker>(
  start: (options: { readonly dir: string }) => Promise<B>,
  after: (close: () => Promise<void>) => void,
): Promise<KafkaFixture<B>> => {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-kafka-test-'));
  const kafka = await start({ dir });
  const events: RunEvent[] = [];
  const client = await connectKafka(kafka.settings, {
    clientId: 'kafka-test',
    onTrouble: (event) => events.push(event),
  });
  const closers: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closers.reverse()) await close();
    await client.close();
    await kafka.kill9();
    await rm(dir, { recursive: true, force: true });
  });
  const admin = createTopicAdmin(client);
  let names = 0;
  const feeds = (options: Partial<FeedOptions> = {}): PartitionFeeds => {
    const opened = openFeeds(client, { isolation: 'read-committed', ...options });
    closers.push(() => opened.close());
    return opened;
  };
  return {
    kafka,
    client,
    events,
    feeds,
    topic: async (name, partitions = 1, config = {}) => {
      names += 1;
      const unique = `${name}-${names}`;
      // Record times in tests are long past: by default the broker would soon remove the records.
      await admin.ensureTopic(unique, { partitions, config: { 'retention.ms': '-1', ...config } });
      return unique;
    },
    log: async (options = {}) => {
      const log = await openTaskLog(client, {
        transactionalId: 'task',
        groupId: 'group',
        guarantee: 'EXACTLY_ONCE',
        ...options,
      });
      closers.push(() => log.close());
      return log;
    },
    readAll: async (topic, partition = 0, isolation = 'read-committed') => {
      // The high watermark: a transaction that was ended is stable only when its marker is written.
      const end = (await admin.latestOffsets(topic, 'read-uncommitted')).get(partition) ?? 0;
      const start = (await admin.earliestOffsets(topic)).get(partition) ?? 0;
      const opened = openFeeds(client, { isolation });
      const feed = opened.open(topic, partition, start);
      const records: SeenRecord[] = [];
      for (let position = start; position < end; ) {
        const batch = await feed.next(10_000);
        if (batch === undefined) continue;
        records.push(...recordsOf(batch));
        position = batch.nextOffset;
      }
      await opened.close();
      return records;
    },
  };
};
