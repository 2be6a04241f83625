import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { connectKafka, createTopicAdmin, openFeeds, openTaskLog } from '@penstock/kafka';
import { type LimitedWorkload, limitLoopOf } from './limit-loops.ts';

/**
 * A process of its own: the bare limit of a workload, on the same Kafka package as the worker but with no engine and
 * no transactions. Reads a topic from start to end on one thread, writes, and says how long that took.
 */

/** The one argument, as JSON. */
export interface LimitOrder {
  readonly workload: LimitedWorkload;
  readonly bootstrapServers: string;
  readonly input: string;
  readonly output: string;
  /** Where the result goes, as JSON. */
  readonly resultFile: string;
}

export interface LimitResult {
  readonly wallMs: number;
  readonly recordsRead: number;
  readonly recordsWritten: number;
}

const FLUSH_BYTES = 1024 * 1024;

const run = async (order: LimitOrder): Promise<LimitResult> => {
  const client = await connectKafka({ bootstrapServers: order.bootstrapServers }, { clientId: 'bench-limit' });
  const admin = createTopicAdmin(client);
  const ends = await admin.latestOffsets(order.input, 'read-committed');
  const starts = await admin.earliestOffsets(order.input);
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  const log = await openTaskLog(client, {
    transactionalId: order.output,
    groupId: order.output,
    guarantee: 'AT_LEAST_ONCE',
  });
  const out = log.appender(order.output);
  const loop = limitLoopOf(order.workload);
  let recordsRead = 0;
  let recordsWritten = 0;
  const startedAt = performance.now();
  let open = [...ends].flatMap(([partition, end]) => {
    const start = starts.get(partition) ?? 0;
    return start < end ? [{ end, feed: feeds.open(order.input, partition, start) }] : [];
  });
  while (open.length > 0) {
    for (const source of open) {
      const batch = await source.feed.next(1000);
      if (batch === undefined) continue;
      recordsWritten += loop(batch, out);
      recordsRead += batch.count;
      if (log.pendingBytes >= FLUSH_BYTES) await log.flush();
      if (batch.nextOffset >= source.end) {
        source.feed.close();
        open = open.filter((other) => other !== source);
      }
    }
  }
  await log.commit(undefined);
  const wallMs = performance.now() - startedAt;
  await log.close();
  await feeds.close();
  await client.close();
  return { wallMs, recordsRead, recordsWritten };
};

const order = JSON.parse(process.argv[2] ?? '') as LimitOrder;
writeFileSync(order.resultFile, JSON.stringify(await run(order)));
