import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { sql } from 'drizzle-orm';
import { addressPurpose, secretPurpose } from '../alarms/receivers/receivers.ts';
import { claimDatabase, createSeal, fingerprintOf, readSealFingerprint } from '../auth/seal.ts';
import { createConnection } from '../connections/save-connection.ts';
import { createEnosClient, createEnosFixture } from '../http/enos/testing/enos-fixture.ts';
import { sealDocumentsWith } from '../store/document-column.ts';
import { openStore } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { alarmReceivers } from '../store/schema-alarms.ts';
import { connections } from '../store/schema-connections.ts';
import { connectionPurpose, openConnections } from '../use-case/open-connections.ts';
import { forgetSecrets } from './forget-secrets.ts';
import { resealDatabase } from './reseal-database.ts';
import { createDocumentSealing } from './seal-document.ts';

const [first, second] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
const SECRET = 'hush-hush-hush';
const SETTINGS = { host: 'db.example', database: 'd', user: 'u' };
const document = { stages: [], pipelineOptions: { password: SECRET } };

test('what lies in clear is sealed at the start, and all of it anew with a new key', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-reseal-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const stored = async (): Promise<string> => {
    const rows = await store.db.execute(
      sql`select document from pipelines union all select document from pipeline_versions`,
    );
    return JSON.stringify(rows);
  };
  const read = async () => (await store.db.select({ document: pipelines.document }).from(pipelines))[0]?.document ?? '';
  await claimDatabase(store.db, first);
  const fixture = await createEnosFixture(t, { store });
  const org = await fixture.organization();
  const client = createEnosClient(fixture, org);
  const query = `action=save&orgId=${org.orgId}`;
  const body = { name: 'p', templateType: 1, messageChannel: 0, pipelineJson: JSON.stringify(document) };
  const saved = await client.call('POST', 'streaming/pipeline/null', { query, body });
  await client.call('POST', `streaming/pipeline/${saved.json.data}`, { query: `action=release&orgId=${org.orgId}` });
  assert.ok(!(await stored()).includes(SECRET), 'a save seals');
  assert.deepEqual(JSON.parse(await read()), document);

  // As an earlier version left it.
  await store.db.execute(sql`update pipelines set document = ${JSON.stringify(document)}`);
  await store.db.execute(sql`update pipeline_versions set document = ${JSON.stringify(document)}`);
  assert.ok((await stored()).includes(SECRET));
  assert.equal(await resealDatabase(store, createSeal(first), first), 2);
  assert.ok(!(await stored()).includes(SECRET));
  assert.deepEqual(JSON.parse(await read()), document);
  assert.equal(await resealDatabase(store, createSeal(first), first), 0, 'once');

  const connection = { orgId: org.orgId, actor: 'admin', name: 'c', kind: 'postgresql', settings: SETTINGS };
  const deps = {
    ...fixture.deps,
    seal: createSeal(first),
    access: { rules: { allows: () => false } },
    usesOf: () => [],
  };
  await createConnection(deps, { ...connection, secrets: { password: SECRET } });

  await assert.rejects(claimDatabase(store.db, second), { code: 'SEAL_KEY_WRONG' });
  await claimDatabase(store.db, second, [first]);
  assert.equal(await resealDatabase(store, createSeal(second, [first]), second), 5);
  assert.equal(await readSealFingerprint(store.db), fingerprintOf(second));
  await claimDatabase(store.db, second);
  await resealDatabase(store, createSeal(second), second);
  assert.deepEqual(JSON.parse(await read()), document, 'the old key is not needed any more');
  const [opened] = await openConnections(store.db, createSeal(second), org.orgId, ['c']);
  assert.deepEqual(opened?.secrets, { password: SECRET });
  await assert.rejects(claimDatabase(store.db, first), { code: 'SEAL_KEY_WRONG' });
});

test('a seal key that is lost takes the secrets with it, and nothing else', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-forget-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await claimDatabase(store.db, first);
  const fixture = await createEnosFixture(t, { store });
  const org = await fixture.organization();
  const client = createEnosClient(fixture, org);
  const query = `action=save&orgId=${org.orgId}`;
  for (const [name, held] of [
    ['with', document],
    ['without', { stages: [], big: 7 }],
  ] as const) {
    const body = { name, templateType: 1, messageChannel: 0, pipelineJson: JSON.stringify(held) };
    const saved = await client.call('POST', 'streaming/pipeline/null', { query, body });
    await client.call('POST', `streaming/pipeline/${saved.json.data}`, { query: `action=release&orgId=${org.orgId}` });
  }
  const receiver = {
    receiverId: 'r',
    orgId: org.orgId,
    name: 'pager',
    kind: 'webhook',
    shownAddress: 'https://x',
    language: 'en',
    createdAt: 1,
    testedAt: null,
  };
  const lost = createSeal(first);
  await store.db.insert(alarmReceivers).values({
    ...receiver,
    sealedAddress: lost.seal(addressPurpose('r'), 'https://x/y'),
    sealedSecret: lost.seal(secretPurpose('r'), 's'),
  });

  const named = {
    orgId: org.orgId,
    name: 'c',
    kind: 'postgresql',
    description: '',
    settings: {},
    secretNames: ['password'],
  };
  const times = { createdAt: 1, updatedAt: 1, updatedBy: 'admin' };
  const sealedSecrets = lost.seal(connectionPurpose(org.orgId, 'c'), '{"password":"s"}');
  await store.db.insert(connections).values({ ...named, ...times, sealedSecrets, revision: 1 });

  sealDocumentsWith(createDocumentSealing(createSeal(second)));
  const documents = () =>
    store.db.select({ name: pipelines.name, document: pipelines.document }).from(pipelines).orderBy(pipelines.name);
  await assert.rejects(documents());
  const forgotten = await forgetSecrets(store, second);
  assert.deepEqual(forgotten, {
    accessKeys: [org.accessKey],
    receivers: ['pager'],
    connections: [`c (${org.orgId})`],
    documents: 2,
  });
  assert.deepEqual(await documents(), [
    { name: 'with', document: JSON.stringify({ ...document, pipelineOptions: { password: '******' } }) },
    { name: 'without', document: JSON.stringify({ stages: [], big: 7 }) },
  ]);
  await claimDatabase(store.db, second);
  await resealDatabase(store, createSeal(second), second);
  const [connection] = await openConnections(store.db, createSeal(second), org.orgId, ['c']);
  assert.deepEqual(connection?.secrets, {}, 'a connection says that its secrets are missing');
  const nothing = { accessKeys: [], receivers: [], connections: [], documents: 0 };
  assert.deepEqual(await forgetSecrets(store, second), nothing, 'once');
});
