// Measures a page of a search over 10,000 pipelines of one organisation, on the embedded database and on PostgreSQL:
// node packages/server/src/pipelines/testing/measure-search.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { sql } from 'drizzle-orm';
import { createApiFixture } from '../../http/testing/api-fixture.ts';
import { openStore, type Store } from '../../store/open-store.ts';

const PIPELINES = 10_000;
const ROUNDS = 15;
const STATES = ['EDITED', 'PUBLISHED', 'RUNNING', 'PAUSED', 'STOPPED', 'RUN_ERROR'];
const QUERIES = ['', 'text=plant%201', 'status=RUNNING', 'label=north&sort=name', 'group=g7', 'text=nowhere'];

const fill = async (store: Store, orgId: string): Promise<void> => {
  await store.db.execute(sql`
    insert into pipelines (pipeline_id, org_id, name, description, template_type, template_version, message_channel,
      document, created_at, updated_at, status, status_since, group_name, labels)
    select 'p' || n, ${orgId}::text, 'Plant ' || n || ' line', repeat('words of a description ', 5), 1, '0.1.0', 0,
      repeat('{"stages":[]}', 300), n, n, (${sql.raw(`array['${STATES.join("','")}']`)})[1 + n % 6], n, 'g' || n % 40,
      case when n % 3 = 0 then '["north","pump"]'::jsonb else '["south"]'::jsonb end
    from generate_series(1, ${PIPELINES}::int) n`);
  await store.run('vacuum analyze pipelines');
};

const measure = async (title: string, store: Store): Promise<void> => {
  const cleanups: (() => unknown)[] = [];
  const t = { after: (cleanup: () => unknown) => cleanups.push(cleanup) };
  const api = await createApiFixture(t, { store });
  const { orgId } = await api.organization();
  await fill(store, orgId);
  for (const query of QUERIES) {
    const page = async (cursor: string): Promise<{ ms: number; next: string | null; total: number }> => {
      const begin = performance.now();
      const answer = await api.call('GET', `organizations/${orgId}/pipelines?limit=50&${query}${cursor}`);
      if (answer.status !== 200) throw new Error(answer.text);
      return { ms: performance.now() - begin, next: answer.json.nextCursor, total: answer.json.total };
    };
    const times: number[] = [];
    let next: string | null = null;
    let total = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = await page(next === null ? '' : `&cursor=${next}`);
      ({ next, total } = answer);
      if (round > 0) times.push(answer.ms);
    }
    times.sort((a, b) => a - b);
    process.stdout.write(
      `${title}: "${query}" ${total} found, a page in ${times[Math.floor(times.length / 2)]?.toFixed(0)} ms, ` +
        `at most ${times.at(-1)?.toFixed(0)} ms\n`,
    );
  }
  for (const cleanup of cleanups.reverse()) await cleanup();
};

const dataDir = mkdtempSync(join(tmpdir(), 'penstock-search-'));
const embedded = await openStore({ dataDir });
await measure('embedded', embedded);
await embedded.close();
rmSync(dataDir, { recursive: true, force: true });
const server = await startRealPostgres();
const store = await openStore({ databaseUrl: await server.createDatabase('search'), dataDir: '/nonexistent' });
await measure('PostgreSQL', store);
await store.close();
await server.stop();
