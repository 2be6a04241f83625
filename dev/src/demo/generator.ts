// The demo's data generator, a program of its own: writes the feed of the wind farm to Kafka, and answers what the
// demo's pipelines ask about its assets, until it is told to end.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectKafka, openTaskLog } from '@penstock/kafka';
import { type KafkaSettings, messageOf } from '@penstock/model';
import { startAssetService } from './energy/asset-service.ts';
import { FeedClock } from './farm/feed-clock.ts';

const TICK_MS = 250;
const RETRY_MS = 2000;

const { values } = parseArgs({
  options: {
    topic: { type: 'string', default: '' },
    org: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    'asset-port': { type: 'string' },
  },
});
const { topic, org } = values;
const kafka = JSON.parse(process.env.PENSTOCK_DEMO_KAFKA ?? '') as KafkaSettings;

const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());
process.once('SIGINT', () => ending.abort());
const owner = process.ppid;

const say = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);
const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal: ending.signal }).catch(() => {}); // ended

/** Writes until the end, or until Kafka refuses; what was not acknowledged is lost, as with a real sensor. */
const feed = async (): Promise<void> => {
  const client = await connectKafka(kafka, { clientId: 'penstock-demo' });
  try {
    const name = `penstock-demo-generator-${org}`;
    const log = await openTaskLog(client, { transactionalId: name, groupId: name, guarantee: 'AT_LEAST_ONCE' });
    try {
      const appender = log.appender(topic);
      const clock = new FeedClock(Number(values.seed), org, Date.now());
      say(`writing to ${topic}`);
      // An owner that was killed cannot tell its child to end.
      while (!ending.signal.aborted && process.ppid === owner) {
        for (const { assetId, key, value, arrivesAt } of clock.advance(Date.now())) {
          appender.append(appender.partitionFor(assetId), key, value, arrivesAt);
        }
        await log.commit(undefined);
        await pause(TICK_MS - (Date.now() % TICK_MS));
      }
    } finally {
      await log.close();
    }
  } finally {
    await client.close();
  }
};

/** Answers until the end; a port that another program has at the moment is tried again. */
const answer = async (port: number): Promise<void> => {
  const server = await startAssetService(port);
  say(`answering for assets on port ${port}`);
  await new Promise((resolve) => ending.signal.addEventListener('abort', resolve, { once: true }));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

const untilEnded = async (work: () => Promise<void>): Promise<void> => {
  while (!ending.signal.aborted && process.ppid === owner) {
    try {
      await work();
    } catch (error) {
      say(`${messageOf(error)}; trying again`);
      await pause(RETRY_MS);
    }
  }
  // The owner is gone, and nobody else will say so to the other half.
  ending.abort();
};

const assetPort = values['asset-port'];
await Promise.all([
  untilEnded(feed),
  ...(assetPort === undefined ? [] : [untilEnded(() => answer(Number(assetPort)))]),
]);
