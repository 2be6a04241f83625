import type { TestContext } from 'node:test';
import {
  connectKafka,
  createTopicAdmin,
  headersOf,
  type KafkaClient,
  openTaskLog,
  type TopicAdmin,
} from '@penstock/kafka';
import { DeliveryGuarantee } from '@penstock/model';
import { until } from '../until.ts';
import { readTopic, settledEnds } from './read-topic.ts';

export interface ReadMessage {
  readonly partition: number;
  readonly offset: number;
  /** Unix ms. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads and writes whole topics, for tests. */
export class TopicAccess {
  readonly admin: TopicAdmin;
  readonly client: KafkaClient;

  private constructor(client: KafkaClient) {
    this.client = client;
    this.admin = createTopicAdmin(client);
  }

  static async connect(t: TestContext, bootstrapServers: string): Promise<TopicAccess> {
    const client = await connectKafka({ bootstrapServers }, { clientId: 'test' });
    t.after(() => client.close());
    return new TopicAccess(client);
  }

  async write(
    topic: string,
    messages: readonly {
      readonly key?: string;
      readonly value: string | Uint8Array | null;
      readonly partition?: number;
      readonly partitionKey?: string;
    }[],
  ): Promise<void> {
    const log = await openTaskLog(this.client, {
      transactionalId: `test-${topic}`,
      groupId: 'test',
      guarantee: DeliveryGuarantee.AtLeastOnce,
    });
    const appender = log.appender(topic);
    for (const { key, value, partition, partitionKey } of messages)
      appender.append(partition ?? appender.partitionFor(partitionKey ?? key ?? ''), key ?? null, value, Date.now());
    await log.commit(undefined);
    await log.close();
  }

  /** The ends of a topic once no transaction is open before them. */
  ends(topic: string): Promise<ReadonlyMap<number, number>> {
    return settledEnds(this.client, topic);
  }

  /** Waits for as many records in a topic; whether they are the right ones, and no others, is for the test to look at. */
  arrived(topic: string, count: number): Promise<true> {
    return until(`waiting for ${count} records in ${topic}`, 60_000, async () =>
      (await this.read(topic)).length >= count ? true : undefined,
    );
  }

  /** Everything committed in a topic, partition by partition. */
  async read(topic: string): Promise<ReadMessage[]> {
    const found: ReadMessage[] = [];
    await readTopic(this.client, topic, (batch, partition) => {
      for (let i = 0; i < batch.count; i++) {
        const text = (start: number | undefined, stop: number | undefined): string | null =>
          start === undefined || start < 0 ? null : batch.bytes.utf8Slice(start, stop);
        found.push({
          partition,
          offset: batch.offsets[i] ?? -1,
          timestamp: batch.timestamps[i] ?? -1,
          key: text(batch.keyStart[i], batch.keyEnd[i]),
          value: text(batch.valueStart[i], batch.valueEnd[i]),
          headers: Object.fromEntries(
            headersOf(batch, i).map(({ key, value }) => [key.toString(), value?.toString() ?? '']),
          ),
        });
      }
    });
    return found;
  }
}
