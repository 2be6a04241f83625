import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { sql } from 'drizzle-orm';
import { openStore } from './open-store.ts';
import { organizations } from './schema.ts';

/** Between the service and its database: `freeze` keeps all connections open and lets nothing through any more. */
const createFreezer = async (t: TestContext, target: URL) => {
  const sockets = new Set<Socket>();
  const frozen = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (frozen.has(near) || to.write(chunk)));
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
    near.once('close', () => frozen.delete(near));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      for (const socket of sockets) frozen.add(socket);
    },
  };
};

test('a database that falls silent is given up, and used again over new connections', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const { url, freeze } = await createFreezer(t, new URL(await postgres.createDatabase('silent')));
  const troubles: string[] = [];
  const options = { dataDir: '/nonexistent', poolSize: 2, timeoutMs: 400 };
  const store = await openStore({ ...options, databaseUrl: url, onTrouble: (error) => troubles.push(error.message) });
  t.after(() => store.close());

  // One connection idle in the pool, one in the middle of a transaction.
  const inside = store.db.transaction(async (tx) => {
    await tx.insert(organizations).values({ orgId: 'o1', name: 'One', createdAt: 1 });
    await store.ping();
    freeze();
    await tx.execute(sql`select 1`);
  });
  await assert.rejects(inside);
  await store.ping();
  assert.deepEqual(await store.db.select().from(organizations), []);

  await assert.rejects(store.db.execute(sql`select pg_sleep(30)`), 'the server itself ends what takes too long');
  await store.ping();
});

test('a database that a newer version has changed is refused in a sentence', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const databaseUrl = await postgres.createDatabase('newer');
  const store = await openStore({ databaseUrl, dataDir: '/nonexistent' });
  await store.db.execute(
    sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of tomorrow', 9000000000000)`,
  );
  await store.close();
  await assert.rejects(
    openStore({ databaseUrl, dataDir: '/nonexistent' }),
    (error) =>
      error instanceof AppError &&
      error.code === 'STORE_SCHEMA_NEWER' &&
      /newer version of Penstock/.test(error.message),
  );
});
