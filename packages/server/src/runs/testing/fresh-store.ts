import type { TestContext } from 'node:test';
import { after } from 'node:test';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { openStore, type Store } from '../../store/open-store.ts';

/** One real PostgreSQL for all tests of a file, started by the first that asks; each gets a database of its own. */
export const createFreshStores = (): ((t: TestContext) => Promise<Store>) => {
  let server: ReturnType<typeof startRealPostgres> | undefined;
  let count = 0;
  after(async () => (await server)?.stop());
  return async (t) => {
    server ??= startRealPostgres();
    const databaseUrl = await (await server).createDatabase(`fresh_${++count}`);
    const store = await openStore({ databaseUrl, dataDir: '/nonexistent', poolSize: 4 });
    t.after(() => store.close());
    return store;
  };
};
