import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { sql } from 'drizzle-orm';
import { rowsOf } from './migrations.ts';
import { openStore } from './open-store.ts';
import { organizations } from './schema.ts';

const row = { orgId: 'o1', name: 'One', createdAt: 1_700_000_000_123, timeZone: 'UTC' };

test('the embedded database has written to the disk what it says is committed', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-fsync-'));
  const store = await openStore({ dataDir });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const [row] = rowsOf(await store.db.execute(sql.raw(`select current_setting('${setting}') as value`)));
    assert.deepEqual([setting, row?.value], [setting, 'on']);
  }
});

test('the embedded database keeps its rows over a restart and is claimed by one process', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-store-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));

  const first = await openStore({ dataDir });
  await first.db.insert(organizations).values(row);
  await first.ping();
  await assert.rejects(
    openStore({ dataDir }),
    (error) =>
      error instanceof AppError && error.code === 'STORE_FOLDER_IN_USE' && error.message.includes(`${process.pid}`),
  );
  await first.close();

  // Left by a process that was killed: no such process runs any more.
  writeFileSync(join(dataDir, 'database.lock'), JSON.stringify({ pid: process.pid, started: '1' }));
  const second = await openStore({ dataDir });
  assert.deepEqual(await second.db.select().from(organizations), [row]);
  assert.match(readFileSync(join(dataDir, 'database.lock'), 'utf8'), new RegExp(`"pid":${process.pid}`));
  await second.close();
});

test('several instances migrate one PostgreSQL at once', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const databaseUrl = await postgres.createDatabase('migrations');
  const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ databaseUrl, dataDir: '/nonexistent' })));
  await stores[0]?.db.insert(organizations).values(row);
  assert.deepEqual(await stores[3]?.db.select().from(organizations), [row]);
  await Promise.all(stores.map((store) => store.close()));
});

test('a database that is not there is named as such', async () => {
  await assert.rejects(
    openStore({ databaseUrl: 'postgres://nobody:secret@127.0.0.1:1/none', dataDir: '/nonexistent' }),
    (error) => error instanceof AppError && error.code === 'STORE_UNREACHABLE' && !error.message.includes('secret'),
  );
});
