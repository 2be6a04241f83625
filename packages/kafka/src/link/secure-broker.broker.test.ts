import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { askAsDriver, type LocalKafka, startLocalKafka } from '@penstock/dev';
import { AppError, type KafkaSettings, type RunEvent } from '@penstock/model';
import { startKafkaFixture } from '@penstock/testkit/kafka';
import { saslHandshakeV1 } from '@platformatic/kafka';
import { createTopicAdmin } from '../admin/topic-admin.ts';
import { connectKafka, KafkaClient } from './kafka-client.ts';

type Options = Parameters<typeof startLocalKafka>[0];
/** Kafka lets nobody authenticate again within a second. */
const SESSION_MS = 1600;

const start = (security: NonNullable<Options['security']>) =>
  startKafkaFixture(({ dir }) => startLocalKafka({ dir, security }), after);

/** By what the clients have to show. */
const [scram, certificate, plain] = await Promise.all([
  start({
    tls: {},
    sasl: 'SCRAM-SHA-512',
    rights: [
      {
        resource: 'topic',
        name: 'allowed',
        pattern: 'PREFIXED',
        operations: ['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'DELETE'],
      },
      { resource: 'topic', name: 'seen', operations: ['READ', 'DESCRIBE'] },
      { resource: 'group', name: 'group', operations: ['READ', 'DELETE'] },
      { resource: 'transactionalId', name: 'task', operations: ['WRITE'] },
    ],
  }),
  start({ tls: { clientAuth: true } }),
  start({ sasl: 'PLAIN', reauthenticateAfterMs: SESSION_MS }),
]);

const values = (records: readonly { value: string | null }[]): (string | null)[] => records.map(({ value }) => value);

for (const [name, fixture] of Object.entries({ scram, certificate, plain })) {
  test(`over ${name}: topics are made, transactions written, read and committed, and all is removed`, async () => {
    const admin = createTopicAdmin(fixture.client);
    const topic = await fixture.topic('allowed', 2, { 'max.message.bytes': '2000000' });
    const log = await fixture.log();
    log.appender(topic).append(1, 'k', 'committed', 1);
    await log.commit({ topic, partition: 1, offset: 5 });
    log.appender(topic).append(1, 'k', 'aborted', 1);
    await log.flush();
    const next = await fixture.log();
    next.appender(topic).append(1, 'k', 'next', 1);
    await next.commit({ topic, partition: 1, offset: 6 });
    assert.deepEqual(values(await fixture.readAll(topic, 1)), ['committed', 'next']);
    assert.deepEqual(await admin.committedOffsets('group', topic), new Map([[1, 6]]));
    const idempotent = await fixture.log({ guarantee: 'AT_LEAST_ONCE' });
    idempotent.appender(topic).append(0, 'k', 'at least once', 1);
    await idempotent.commit({ topic, partition: 0, offset: 1 });
    assert.deepEqual(values(await fixture.readAll(topic, 0)), ['at least once']);
    assert.equal((await admin.topicConfig(topic))?.['max.message.bytes'], '2000000');
    await admin.deleteRecordsBefore(topic, new Map([[0, 1]]));
    assert.equal((await admin.earliestOffsets(topic)).get(0), 1);
    assert.equal(
      (await admin.listTopics()).some((each) => each.name === topic),
      true,
    );
    await admin.deleteOffsets('group');
    await admin.deleteTopics([topic]);
    assert.equal(await admin.partitionCount(topic), undefined);
  });
}

const refusal = async (settings: KafkaSettings): Promise<AppError> => {
  try {
    await (await connectKafka(settings, { clientId: 'refused' })).close();
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error;
  }
  throw new Error('connected');
};

const scramSettings = scram.kafka.settings;
const certificateSettings = certificate.kafka.settings;
const plainSettings = plain.kafka.settings;

const without = (settings: KafkaSettings, part: 'sasl' | 'tls'): KafkaSettings => {
  const { [part]: _, ...rest } = settings;
  return rest;
};
const withUser = (settings: KafkaSettings, user: Partial<NonNullable<KafkaSettings['sasl']>>): KafkaSettings => ({
  ...settings,
  sasl: { mechanism: 'PLAIN', username: 'penstock', password: '', ...settings.sasl, ...user },
});
const withCa = (settings: KafkaSettings, ca: string | undefined): KafkaSettings => {
  const { ca: _, ...tls } = settings.tls ?? {};
  return { ...settings, tls: { ...tls, ...(ca === undefined ? {} : { ca }) } };
};

const CREDENTIALS = /Check the user name, the password and the SASL mechanism\.$/;
const AUTHORITY = /The authority that signed the certificate of the broker is not trusted/;

for (const [what, settings, advice] of [
  ['a wrong password, SCRAM', withUser(scramSettings, { password: 'wrong' }), CREDENTIALS],
  ['a wrong password, PLAIN', withUser(plainSettings, { password: 'wrong' }), CREDENTIALS],
  ['a user who does not exist', withUser(scramSettings, { username: 'nobody' }), CREDENTIALS],
  [
    'a mechanism the broker does not have',
    withUser(scramSettings, { mechanism: 'PLAIN' }),
    /mechanisms that the broker/,
  ],
  ['no user', without(scramSettings, 'sasl'), /answers only who has authenticated/],
  ['a user where none is wanted', withUser(certificateSettings, {}), /The broker wants no user on this port/],
  ['an authority nobody knows', withCa(scramSettings, undefined), AUTHORITY],
  ['the wrong authority', withCa(scramSettings, certificateSettings.tls?.ca), AUTHORITY],
  ['no TLS', without(certificateSettings, 'tls'), /The broker speaks TLS on this port/],
  [
    'no client certificate',
    { ...certificateSettings, tls: { ca: certificateSettings.tls?.ca ?? '' } },
    /The broker wants a client certificate/,
  ],
  [
    'a key that is none',
    { ...certificateSettings, tls: { ...certificateSettings.tls, key: 'no key' } },
    /certificate and its key cannot be used/,
  ],
] as const) {
  test(`${what} is refused at once, in words that say what to do`, async () => {
    const error = await refusal(settings);
    assert.equal(error.code, 'KAFKA_AUTHENTICATION_FAILED', error.message);
    assert.deepEqual([error.domain, error.retryable], ['user', false]);
    assert.match(error.message, advice);
    assert.doesNotMatch(error.message, /\n|wrong/);
  });
}

/** The first trouble that is told of a connection that is tried again and again. */
const firstTrouble = (t: TestContext, settings: KafkaSettings): Promise<RunEvent> =>
  new Promise((resolve, reject) => {
    const client = new KafkaClient(settings, { clientId: 'refused', onTrouble: resolve });
    const opening = client.open();
    opening.then(() => reject(new Error('connected')), reject);
    t.after(() => client.close());
  });

test('what may pass is tried again, and what it may be is told', async (t) => {
  const noTls = await firstTrouble(t, without(scramSettings, 'tls'));
  assert.match(noTls.message, /ended the connection without a word; it may want TLS on this port/);
  const tlsUnwanted = await firstTrouble(t, { ...plainSettings, tls: {} });
  assert.match(tlsUnwanted.message, /ended the connection without a word; it may not speak TLS on this port/);
});

test('any certificate of the broker will do where that is asked for', async () => {
  const { tls: { ca: _, ...tls } = {} } = certificateSettings;
  const client = await connectKafka(
    { ...certificateSettings, tls: { ...tls, rejectUnauthorized: false } },
    {
      clientId: 'unverified',
    },
  );
  await client.close();
});

const withTraditionalKey = (settings: KafkaSettings): KafkaSettings => {
  const key = createPrivateKey(settings.tls?.key ?? '').export({ type: 'pkcs1', format: 'pem' });
  return { ...settings, tls: { ...settings.tls, key: String(key) } };
};

test('keys in another PEM form will do', async () => {
  await (await connectKafka(withTraditionalKey(certificateSettings), { clientId: 'pkcs1' })).close();
});

test('the Spark driver reaches the same brokers with the same settings', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-driver-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const { client } of [scram, certificate, plain])
    await createTopicAdmin(client).ensureTopic('allowed-driver', { partitions: 1 });
  const { tls: { ca: _, ...ownTls } = {} } = certificateSettings;
  const answers = await askAsDriver(dir, 'allowed-driver', [
    scramSettings,
    certificateSettings,
    plainSettings,
    withTraditionalKey(certificateSettings),
    { ...certificateSettings, tls: { ...ownTls, rejectUnauthorized: false } },
    withUser(scramSettings, { password: 'wrong' }),
    withCa(scramSettings, certificateSettings.tls?.ca),
    { ...certificateSettings, tls: { ...certificateSettings.tls, key: 'no key' } },
  ]);
  assert.deepEqual(answers.slice(0, 5), Array(5).fill({ end: 0 }));
  assert.deepEqual(
    answers.slice(5).map((answer) => ('code' in answer ? [answer.code, answer.retryable] : answer)),
    Array(3).fill(['KAFKA_AUTHENTICATION_FAILED', false]),
    JSON.stringify(answers),
  );
});

test('a right that is missing is named with what it is missing for', async () => {
  const admin = createTopicAdmin(scram.client);
  await createTopicAdmin(await asSuperUser(scram.kafka)).ensureTopic('seen', { partitions: 1 });
  const advice = /Grant the Kafka user the missing right; docs\/operations\.md lists those that are needed\.$/;
  const denied = { code: 'KAFKA_NOT_AUTHORIZED', retryable: false, message: advice };
  await assert.rejects(admin.ensureTopic('other', { partitions: 1 }), denied);
  await assert.rejects(admin.deleteTopics(['seen']), denied);
  await assert.rejects(admin.committedOffsets('other-group', 'seen'), denied);
  await assert.rejects(scram.log({ transactionalId: 'other-task' }), denied);
  const log = await scram.log({ topics: ['seen'] });
  log.appender('seen').append(0, null, 'not allowed', 1);
  await assert.rejects(log.commit(undefined), denied);
});

const asSuperUser = async (kafka: LocalKafka): Promise<KafkaClient> => {
  const client = await connectKafka({ bootstrapServers: kafka.plainServers }, { clientId: 'super-user' });
  after(() => client.close());
  return client;
};

test('sessions that end again and again are renewed on the same connections', async () => {
  const topic = await plain.topic('sessions');
  const log = await plain.log();
  const feed = plain.feeds().open(topic, 0, 0);
  let connected = 0;
  let renewed = 0;
  const onConnect = (): void => {
    connected += 1;
  };
  const onRequest = (message: unknown): void => {
    if ((message as { apiKey?: unknown }).apiKey === saslHandshakeV1.api.key) renewed += 1;
  };
  let position = 0;
  const pass = async (): Promise<void> => {
    log.appender(topic).append(0, null, `${position}`, 1);
    await log.commit({ topic, partition: 0, offset: position + 1 });
    const batch = await feed.next(10_000);
    position = batch?.nextOffset ?? position;
  };
  await pass();
  subscribe('tracing:plt:kafka:connections:connects:start', onConnect);
  subscribe('tracing:plt:kafka:connections:api:start', onRequest);
  try {
    const told = plain.events.length;
    const open = 4; // to control, write, end transactions and fetch
    while (renewed < 2 * open) await pass();
    assert.deepEqual({ connected, events: plain.events.slice(told) }, { connected: 0, events: [] });
  } finally {
    unsubscribe('tracing:plt:kafka:connections:connects:start', onConnect);
    unsubscribe('tracing:plt:kafka:connections:api:start', onRequest);
  }
});
