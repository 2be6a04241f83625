import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFreePort, startLocalKafka } from '@penstock/dev';
import {
  consumerGroupOf,
  deadLetterTopicOf,
  isRepartitionTopicOf,
  type JsonObject,
  type JsonValue,
  stateTopicOf,
} from '@penstock/model';
import { Hopeless, until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { IndependentEnosClient, ServiceProcess } from '@penstock/testkit/service';
import { cutByGateway } from '../golden/stateful-pipelines.ts';
import { kafkaEnvironment, neededRights } from './needed-rights.ts';

const ORG = 'secured';
const INPUT = 'plant-in';
const OUTPUTS = { raw: 'plant-out-raw', minutes: 'plant-out-minutes' };

interface Observed {
  readonly state: string;
  readonly reason: { readonly code: string; readonly message: string } | null;
}

test('a pipeline does all it can on a Kafka with TLS, passwords and no right too many', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-secure-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const kafka = await startLocalKafka({
    dir: join(folder, 'kafka'),
    security: { tls: {}, sasl: 'SCRAM-SHA-512', rights: neededRights('plant-in', 'plant-out') },
  });
  t.after(() => kafka.stop());
  const access = await TopicAccess.connect(t, kafka.plainServers);
  for (const topic of [INPUT, ...Object.values(OUTPUTS)]) await access.admin.ensureTopic(topic, { partitions: 2 });
  const messages = cutByGateway.input();
  await access.write(
    INPUT,
    messages.map(({ key, value, partitionKey }) => ({ ...(key === null ? {} : { key }), value, partitionKey })),
  );

  const service = new ServiceProcess({
    folder,
    port: await findFreePort(),
    bootstrapServers: kafka.bootstrapServers,
    env: kafkaEnvironment(kafka.settings),
  });
  t.after(async () => {
    await service.end('SIGTERM');
    service.kill();
  });
  await service.start();
  await service.ready();
  await service.admin('POST', 'organizations', { orgId: ORG, name: ORG });
  await service.admin('PUT', `organizations/${ORG}/grants/standalone`, { cu: 2 });
  await service.admin('PUT', `organizations/${ORG}/topic-grants`, { pattern: '*', read: true, write: true });
  const keys = (await service.admin('POST', `organizations/${ORG}/access-keys`, { name: 'test' })) as JsonObject;
  const { accessKey, secretKey } = keys as { accessKey: string; secretKey: string };
  const enos = new IndependentEnosClient({ baseUrl: service.baseUrl, accessKey, secretKey });
  const operate = (id: string, action: string, body?: JsonObject): Promise<JsonValue> =>
    enos.call('POST', `streaming/pipeline/${id}`, { orgId: ORG, action }, body);

  const create = async (input: string): Promise<string> => {
    const pipelineJson = cutByGateway.document({ input, outputs: OUTPUTS });
    const draft = { name: input, templateType: 1, version: '0.1.0', messageChannel: 0, pipelineJson };
    const created = String(await operate('null', 'save', draft));
    await operate(created, 'release');
    return created;
  };
  const observed = async (pipelineId: string): Promise<Observed> =>
    ((await service.admin('GET', `pipelines/${pipelineId}`)) as unknown as { observed: Observed }).observed;
  const id = await create(INPUT);
  const reaches = (state: string): Promise<true> =>
    until(`${id} to be ${state}`, 60_000, async () => {
      const now = await observed(id);
      if (now.state.endsWith('ERROR')) throw new Hopeless(JSON.stringify(now));
      return now.state === state || undefined;
    });
  const start = { executionMode: 0, kafkaRate: 1_000_000, resourceConfig: { server: 1 } };
  await operate(id, 'start', start);
  await reaches('RUNNING');
  const names = (await access.admin.listTopics()).map(({ name }) => name);
  const repartition = names.find((name) => isRepartitionTopicOf(id, name)) ?? '';
  assert.notEqual(repartition, '');
  for (const topic of [INPUT, repartition]) {
    await until(`${topic} to be read`, 60_000, async () => {
      const ends = await access.ends(topic);
      const committed = await access.admin.committedOffsets(consumerGroupOf(id), topic);
      return [...ends].every(([partition, end]) => end === 0 || committed.get(partition) === end) || undefined;
    });
  }
  await operate(id, 'pause');
  await reaches('PAUSED');

  for (const topic of [...Object.values(OUTPUTS), deadLetterTopicOf(ORG), stateTopicOf(id)])
    assert.equal((await access.read(topic)).length > 0, true, topic);

  // What people do with a pipeline besides.
  const listed = (await service.admin('GET', `organizations/${ORG}/dead-letters?limit=3`)) as { items: JsonObject[] };
  const ids = listed.items.map((letter) => letter.id as string);
  const replayed = await service.admin('POST', `organizations/${ORG}/dead-letters/replay`, { ids });
  assert.deepEqual(replayed, { replayed: 3, skipped: [] });
  const body = { pipelineId: id, stageInstanceName: 'LatePointTagger_01', assetIds: ['inv1'], pointIds: ['ac'] };
  assert.equal(await enos.call('POST', 'stage-state', { orgId: ORG, action: 'delete' }, body), true);
  await enos.call('POST', `streaming/pipeline/${id}/offset`, { orgId: ORG });
  await operate(id, 'start', start);
  await reaches('RUNNING');
  await operate(id, 'stop');
  await reaches('STOPPED');
  await service.admin('DELETE', `pipelines/${id}`);
  await until('its topics to be gone', 30_000, async () => {
    const names = (await access.admin.listTopics()).map(({ name }) => name);
    return names.includes(repartition) || names.includes(stateTopicOf(id)) ? undefined : true;
  });

  // A topic nobody said it may read.
  await access.admin.ensureTopic('secret', { partitions: 1 });
  const other = await create('secret');
  await operate(other, 'start', start);
  const failed = await until('the start to fail', 60_000, async () => {
    const now = await observed(other);
    return now.state.endsWith('ERROR') ? now : undefined;
  });
  assert.equal(failed.reason?.code, 'KAFKA_NOT_AUTHORIZED');
  assert.match(failed.reason.message, /"secret".*Grant the Kafka user the missing right/);

  const log = await readFile(join(folder, 'kafka', 'kafka.log'), 'utf8');
  const denied = log.split('\n').filter((line) => line.includes('is Denied') && !line.includes('secret'));
  assert.deepEqual(denied, []);
});
