import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { latestUsageQuery, readLatestUsage } from './latest-usage.ts';

interface Node {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

/** Rows of a table that a plan has read, those it then left out included. */
const rowsRead = (node: Node, table: string): number => {
  const own =
    node['Relation Name'] === table
      ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      : 0;
  return own + (node.Plans ?? []).reduce((sum, inner) => sum + rowsRead(inner, table), 0);
};

test('what is used now is read in two steps for each series, however long it has been noted', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-usage-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await store.db.execute(
    sql`insert into organizations select 'o' || n, 'Organisation', 0 from generate_series(1, 5) n`,
  );
  await store.db.execute(sql`
    insert into resource_usage (org_id, resource, at, granted_milli, used_milli, peak_milli)
    select 'o' || o, r, hour * 3600000::bigint, case when o < 5 then 1000 end, o * 1000 + hour, 0
    from generate_series(1, 5) o, unnest(array['standalone', 'message-queue']) r, generate_series(1, 2000) hour`);
  await store.run('vacuum analyze resource_usage');
  const found = await readLatestUsage(store.db);
  assert.equal(found.length, 10);
  assert.deepEqual(found.slice(-2), [
    { orgId: 'o5', resource: 'message-queue', grantedMilli: null, usedMilli: 7000 },
    { orgId: 'o5', resource: 'standalone', grantedMilli: null, usedMilli: 7000 },
  ]);
  const [row] = rowsOf(await store.db.execute(sql`explain (analyze, timing off, format json) ${latestUsageQuery()}`));
  const text = Object.values(row ?? {})[0];
  const [{ Plan: plan }] = (typeof text === 'string' ? JSON.parse(text) : text) as [{ Plan: Node }];
  const read = rowsRead(plan, 'resource_usage');
  assert.ok(read > 0 && read <= 2 * found.length + 1, `${read} of 20,000 rows were read`);
});
