import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { type AnyStore, type StateManifest, type StoreEntry, writeStoreKey } from '@penstock/engine';
import {
  appendManifest,
  openPreparation,
  openTaskLog,
  partitionForKey,
  readChangelog,
  readManifest,
} from '@penstock/kafka';
import { DeliveryGuarantee, manifestTopicOf, stateTopicOf } from '@penstock/model';
import { TopicAccess } from '@penstock/testkit/kafka';
import { isUnchanged, type StateChanges } from './compare-manifest.ts';
import { appendStateChanges, findStateChanges } from './move-state.ts';
import { endAbandoned, writePreparation } from './write-preparation.ts';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-interrupted-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const STAGE = 'S_01';
/** Counted twice since version 2. */
const store: AnyStore = {
  name: 'state',
  version: 2,
  keyParts: 2,
  encode: (count) => ({ count }),
  decode: (stored) => (stored as { count: number }).count,
  migrate: (stored) => ({ count: Number(stored) * 2 }),
};
const manifest = (version: number): StateManifest => {
  const entry: StoreEntry = {
    stage: STAGE,
    store: 'state',
    version,
    operator: 'o',
    key: { kind: 'fields', fields: ['assetId', 'pointId'] },
    config: '',
    place: { cut: null, partitionedBy: ['assetId'], partitioner: 'source', partitions: 2 },
  };
  return { format: version === 1 ? 1 : 2, inputs: [], cuts: [], stores: [entry], stateTopicId: 'id' };
};
const changes: StateChanges = {
  cleared: [],
  renames: new Map(),
  moved: new Map(),
  migrated: new Map([[`"${STAGE}"state`, store]]),
  unusable: new Map(),
};
const keyOf = (version: number, asset: string): string =>
  writeStoreKey({ owner: { stage: STAGE }, store: 'state', version, key: [asset, 'p'] });
const OLD = ['a', 'b', 'c'].map((asset) => [keyOf(1, asset), '3'] as const);
const NEW = ['a', 'b', 'c'].map((asset) => [keyOf(2, asset), '{"count":6}'] as const);

/** A pipeline that the version before has left, with entries in both partitions. */
const leftBehind = async (t: TestContext, pipelineId: string) => {
  const { client, admin } = await TopicAccess.connect(t, kafka.bootstrapServers);
  const topic = stateTopicOf(pipelineId);
  await admin.ensureTopic(topic, { partitions: 2, config: { 'cleanup.policy': 'compact' } });
  await admin.ensureTopic(manifestTopicOf(pipelineId), { partitions: 2, config: { 'cleanup.policy': 'compact' } });
  const task = await openTaskLog(client, {
    transactionalId: `${pipelineId}-task`,
    groupId: pipelineId,
    guarantee: DeliveryGuarantee.ExactlyOnce,
    topics: [topic],
  });
  OLD.forEach(([key, value], index) => {
    task.appender(topic).append(index % 2, key, value, 1);
  });
  await task.commit(undefined);
  await task.close();
  await writePreparation({
    client,
    admin,
    pipelineId,
    manifest: manifest(1),
    positions: [],
    changes: undefined,
    tell: () => {},
    onProgress: () => {},
  });
  const kept = async () => {
    const live = new Map<string, string>();
    for (const partition of [0, 1])
      await readChangelog(client, {
        topic,
        partition,
        onEntry: ({ key, value }) => {
          if (value === null) live.delete(key);
          else live.set(key, value);
        },
      });
    return { entries: [...live].sort(), version: (await readManifest(client, pipelineId))?.stores[0]?.version };
  };
  const prepare = async (): Promise<void> => {
    await endAbandoned(client, pipelineId);
    if ((await readManifest(client, pipelineId))?.stores[0]?.version === 2) return;
    await writePreparation({
      client,
      admin,
      pipelineId,
      manifest: manifest(2),
      positions: [],
      changes,
      tell: () => {},
      onProgress: () => {},
    });
  };
  return { client, topic, kept, prepare };
};

test('an encoding that got a new version is written anew, whatever form its keys had', async (t) => {
  const { kept, prepare } = await leftBehind(t, 'migrated');
  assert.deepEqual(await kept(), { entries: OLD, version: 1 });
  await prepare();
  assert.deepEqual(await kept(), { entries: NEW, version: 2 });
  await prepare();
  assert.deepEqual(await kept(), { entries: NEW, version: 2 });
  assert.ok(!isUnchanged(changes));
});

/** Where a preparation dies: it never says so, and its transaction stays open until somebody takes its place. */
const KILL_POINTS = ['opened', 'manifest written', 'half of the entries written', 'all written'] as const;

for (const point of KILL_POINTS)
  test(`a preparation that dies with "${point}" leaves what was there, and the next one does it all`, async (t) => {
    const pipelineId = `killed-${KILL_POINTS.indexOf(point)}`;
    const { client, topic, kept, prepare } = await leftBehind(t, pipelineId);
    const found = await findStateChanges(
      client,
      { topic, partitions: 2, onProgress: () => {} },
      changes,
      partitionForKey,
    );
    assert.equal(found.length, OLD.length);
    const log = await openPreparation(client, pipelineId, [topic]);
    const at = KILL_POINTS.indexOf(point);
    if (at >= 1) appendManifest(log, pipelineId, manifest(2), 2);
    if (at >= 2) await appendStateChanges(log, topic, at === 2 ? found.slice(0, 2) : found, 2);
    await log.flush();
    // Nothing is closed or aborted here, as by a process that was killed.
    await endAbandoned(client, pipelineId);
    assert.deepEqual(await kept(), { entries: OLD, version: 1 });
    await prepare();
    assert.deepEqual(await kept(), { entries: NEW, version: 2 });
    // The dead one is no danger any more, where it has begun anything.
    if (at >= 1) await assert.rejects(log.commitAll([]));
  });
