import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { connectKafka, KafkaClient } from '@penstock/kafka';
import { CONNECT_WITHIN_MS, KafkaAccess } from './kafka-access.ts';

const settings = { bootstrapServers: 'no-kafka:80' };
const client = { close: async () => undefined } as unknown as KafkaClient;

test('whoever asks for a Kafka that never answers has an answer within five seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const opened = Promise.withResolvers<KafkaClient>();
  let attempts = 0;
  const open: typeof connectKafka = () => {
    attempts += 1;
    return opened.promise;
  };
  const access = new KafkaAccess(settings, () => undefined, open);
  assert.ok(CONNECT_WITHIN_MS < 5000);
  for (const ask of [() => access.cluster(), () => access.admin()]) {
    const asked = assert.rejects(ask(), { code: 'KAFKA_UNREACHABLE' });
    t.mock.timers.tick(CONNECT_WITHIN_MS);
    await asked;
  }
  assert.equal(attempts, 1, 'the attempt under way goes on');
  opened.resolve(client);
  assert.equal(await access.cluster(), client, 'and is used once it is there');
});

test('a connection that fails is tried again by the next who asks', async () => {
  const answers = [Promise.reject(new Error('refused')), Promise.resolve(client)];
  const access = new KafkaAccess(
    settings,
    () => undefined,
    () => answers.shift() ?? Promise.reject(new Error('more')),
  );
  await assert.rejects(access.cluster(), /refused/);
  assert.equal(await access.cluster(), client);
});
