import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { describeError } from '../observability/service-log.ts';
import { openStore, type Store } from './open-store.ts';
import { organizations } from './schema.ts';
import { StoreError } from './store-error.ts';

const SECRET = 'pass\u0000word-hunter2';

/** Statements that fail, each with a secret in its parameters. */
const attempts = (store: Store) => {
  const row = { orgId: 'hunter2', name: 'hunter2', createdAt: 1 };
  return [
    () => store.db.insert(organizations).values({ ...row, name: SECRET }),
    () => store.db.transaction(async (tx) => tx.insert(organizations).values({ ...row, name: SECRET })),
    async () => {
      await store.db.insert(organizations).values(row);
      await store.db.insert(organizations).values(row);
    },
    () => store.db.query.organizations.findFirst({ where: (table, { eq }) => eq(table.orgId, SECRET) }),
  ];
};

const mustNotTell = async (store: Store): Promise<void> => {
  for (const attempt of attempts(store)) {
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof StoreError, String(error));
      assert.equal(error.cause, undefined);
      assert.equal(error.code, 'STORE_FAILED');
      assert.match(error.sqlState ?? '', /^[0-9A-Z]{5}$/);
      assert.match(error.statement, /\$1/);
      assert.doesNotMatch(JSON.stringify([error, describeError(error), error.stack, error.message]), /hunter2/);
      return true;
    });
  }
};

test('errors of the embedded database carry SQLSTATE and statement, and nothing of the values', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-store-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await mustNotTell(store);
});

test('errors of PostgreSQL carry SQLSTATE and statement, and nothing of the values', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const store = await openStore({ databaseUrl: await postgres.createDatabase('errors'), dataDir: '/nonexistent' });
  await mustNotTell(store);
  await store.close();
});

test('a database that went away is told apart from a statement it refused', () => {
  for (const code of ['57P01', '08006', 'ECONNREFUSED', undefined]) {
    const error = new StoreError('select 1', code);
    assert.deepEqual([error.code, error.retryable], ['STORE_UNREACHABLE', true]);
  }
});
