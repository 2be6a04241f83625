import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { ServiceProcess } from '@penstock/testkit/service';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { openStore } from '../../store/open-store.ts';
import { beat, makeFarRuns } from './run-heartbeats.ts';

/** Host name, process ids and all: two containers that only differ in what they cannot see of each other. */
const OWN_PIDS = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const KEY = Buffer.alloc(32, 9);
const WATCH_MS = 40_000;

/**
 * Two services on one PostgreSQL, each in a PID namespace of its own, under one host name: how often a run changed its
 * owner while both lived. Resolves to that, and to how many runs had an owner.
 */
export const measureNamespaces = async (
  folder: string,
  count: number,
): Promise<{ readonly changes: number; readonly owned: number }> => {
  const postgres = await startRealPostgres();
  const databaseUrl = await postgres.createDatabase('namespaces');
  const store = await openStore({ databaseUrl, dataDir: '/nonexistent' });
  const services = ['a', 'b'].map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    const env = { DATABASE_URL: databaseUrl, PENSTOCK_SEAL_KEY: KEY.toString('base64') };
    return new ServiceProcess({
      folder: join(folder, name),
      port: 0,
      bootstrapServers: '127.0.0.1:9',
      env,
      within: OWN_PIDS,
    });
  });
  try {
    const runs = await makeFarRuns(store, KEY, count);
    for (const service of services) {
      await service.start();
      await service.ready();
    }
    const owners = new Map<string, string>();
    let changes = 0;
    for (let sequence = 1; sequence * 1000 <= WATCH_MS; sequence += 1) {
      const [service] = services;
      if (service !== undefined) await Promise.all(runs.map((run) => beat(service.baseUrl, run, sequence)));
      for (const row of rowsOf(await store.db.execute(sql`select run_id, owner from run_leases`))) {
        const [runId, owner] = [String(row.run_id), String(row.owner)];
        const before = owners.get(runId);
        if (before !== undefined && before !== owner) changes += 1;
        owners.set(runId, owner);
      }
      await delay(1000);
    }
    return { changes, owned: owners.size };
  } finally {
    for (const service of services) service.kill();
    await store.close();
    await postgres.stop();
  }
};
