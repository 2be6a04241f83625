import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { openStore } from '../store/open-store.ts';
import { forgetInstances, type InstanceRow, listInstances, showSign } from './instances.ts';
import { Presence } from './presence.ts';

const HOUR = 3600_000;

test('instances are alive while they show signs, silent for a day, then forgotten; never more than may be kept', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-instances-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { db } = store;
  let now = 100 * HOUR;
  const rowOf = (instanceId: string): InstanceRow => ({
    instanceId,
    host: 'h',
    version: '0.1.0',
    node: 'v24',
    url: 'http://h:8080',
    supervises: true,
    startedAt: now,
    seenAt: now,
    clockOffsetMs: 3,
  });
  const seen = async () =>
    (await listInstances(db, now)).map(({ instanceId, isAlive, startedAt }) => [
      instanceId,
      isAlive,
      startedAt - 100 * HOUR,
    ]);
  const a = new Presence({ db, own: () => rowOf('a'), onTrouble: () => assert.fail() });
  await a.sign();
  await showSign(db, rowOf('b'));
  now += 50_000;
  await a.sign();
  assert.deepEqual(await seen(), [
    ['a', true, 0],
    ['b', true, 0],
  ]);
  now += 20_000;
  assert.deepEqual(await seen(), [
    ['a', true, 0],
    ['b', false, 0],
  ]);
  now += 24 * HOUR - 10_000;
  await a.sign();
  await forgetInstances(db, now);
  assert.deepEqual(await seen(), [['a', true, 0]]);
  for (let n = 0; n < 210; n++) await showSign(db, { ...rowOf(`c${n}`), seenAt: now + n });
  await forgetInstances(db, now);
  const left = await seen();
  assert.deepEqual([left.length, left.some(([id]) => id === 'a')], [200, false]);
  await a.sign();
  await a.stop();
  assert.equal(
    (await seen()).some(([id]) => id === 'a'),
    false,
    'one that ends takes itself out',
  );
});

test('a database that does not hear a sign is told of once, and hears the next', async () => {
  const told: string[] = [];
  let isAway = true;
  let signs = 0;
  const db = {
    insert: () => ({
      values: () => ({
        onConflictDoUpdate: async () => {
          if (isAway) throw new Error('gone');
          signs += 1;
        },
      }),
    }),
  } as never;
  const presence = new Presence({
    db,
    own: () => ({ instanceId: 'a' }) as never,
    onTrouble: (reason) => told.push(reason),
  });
  await presence.sign();
  await presence.sign();
  isAway = false;
  await presence.sign();
  assert.deepEqual([told, signs], [['gone'], 1]);
});
