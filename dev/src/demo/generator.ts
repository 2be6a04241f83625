// The demo's data generator, a program of its own: writes the feed of the wind farm to Kafka until it is told to end.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connectKafka, openTaskLog } from '@penstock/kafka';
import { type KafkaSettings, messageOf } from '@penstock/model';
import { FeedClock } from './feed-clock.ts';

const TICK_MS = 250;
const RETRY_MS = 2000;

const { values } = parseArgs({
  options: {
    topic: { type: 'string', default: '' },
    org: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
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

while (!ending.signal.aborted && process.ppid === owner) {
  try {
    await feed();
  } catch (error) {
    say(`${messageOf(error)}; trying again`);
    await pause(RETRY_MS);
  }
}
