import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { sql } from 'drizzle-orm';
import { takeLeases } from '../runs/run-store.ts';
import { rowsOf } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { DatabaseUpkeep } from './database-upkeep.ts';
import { removeOld } from './remove-old.ts';
import { thinSamples, thinStageSamples } from './thin-samples.ts';

const DAY_MS = 24 * 3600_000;

/** A database with one organisation and one pipeline, and a look at how many rows its tables have. */
const fresh = async (t: { after(cleanup: () => unknown): unknown }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-growth-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const count = async (table: string): Promise<number> => {
    const [row] = rowsOf(await store.db.execute(sql.raw(`select count(*) as n from ${table}`)));
    return Number(row?.n);
  };
  await store.db.execute(sql`insert into organizations values ('o1', 'One', 0)`);
  await store.db.execute(sql`insert into pipelines (pipeline_id, org_id, name, description, template_type, template_version,
    message_channel, created_at, updated_at, status, status_since) values ('p1', 'o1', 'p', '', 1, '', 0, 0, 0, 'EDITED', 0)`);
  return { store, count };
};

test('what grows is kept by number, bytes and age, and what is in use stays', async (t) => {
  const { store, count } = await fresh(t);
  const { db } = store;
  const now = 400 * DAY_MS;
  await db.execute(sql`update pipelines set status = 'RUNNING', released_number = 1, current_run_id = 'r1'`);
  await db.execute(sql`insert into pipeline_versions select 'p1', n, 'p', '', 1, null, '', 0, '{}', ${now}::bigint, 'admin'
    from generate_series(1, 50) n`);
  await db.execute(sql`insert into runs (run_id, pipeline_id, org_id, version_number, desired, execution_mode, kafka_rate,
    resource_config, created_at, desired_at, ended_at)
    select 'r' || n, 'p1', 'o1', n, 'run', 0, 1, '{}', ${now}::bigint - n, 0, case when n > 2 then 1 end from generate_series(1, 40) n`);
  await db.execute(sql`insert into run_events (pipeline_id, at, code, message, severity)
    select 'p1', ${now}::bigint - n * 3600000::bigint, 'C', repeat('x', 1000), 'info' from generate_series(1, 500) n`);
  await db.execute(sql`insert into audit_entries (at, actor, action, target)
    select ${now}::bigint - n * ${DAY_MS}::bigint, 'admin', 'a', 't' from generate_series(1, 300) n`);
  await db.execute(sql`insert into stage_samples (pipeline_id, run_id, at, worker_id, counters)
    select 'p1', 'r1', ${now}::bigint - n, 'w', '{}' from generate_series(1, 50) n`);
  await db.execute(sql`insert into alarm_incidents (incident_id, org_id, pipeline_id, rule, kind, raised_at, ended_at, facts)
    select 'i' || n, 'o1', 'p1', 'lag', 'raised', ${now}::bigint, case when n > 1 then 1 end, '{}' from generate_series(1, 20) n`);
  const few = { number: 10, bytes: 1e9, days: 1000 };
  await removeOld(
    db,
    {
      events: { ...few, number: 1000, bytes: 115_000 },
      versions: few,
      runs: few,
      audit: { ...few, number: 1000, days: 30 },
      deliveries: few,
      incidents: { ...few, number: 3 },
      stageSamples: { ...few, number: 20 },
      usage: few,
    },
    now,
  );
  assert.equal(await count('run_events'), 100, 'by bytes');
  assert.equal(await count('stage_samples'), 20, 'by number');
  assert.equal(await count('audit_entries'), 30, 'by age');
  assert.equal(await count('alarm_incidents'), 4, 'the three newest, and one that lasts');
  assert.equal(await count('runs'), 10, 'by number');
  // The ten newest, the online one and that of the second open run.
  assert.equal(await count('pipeline_versions'), 12);
});

test('samples of stages older than a day are kept by the hour, the last of each worker', async (t) => {
  const { store, count } = await fresh(t);
  const { db } = store;
  const now = 100 * DAY_MS;
  await db.execute(sql`insert into stage_samples (pipeline_id, run_id, at, worker_id, counters)
    select 'p1', 'r1', at, case when at < ${now - 27.5 * 3600_000}::bigint then 'a' else 'b' end, at::text
    from generate_series(${now - 2 * DAY_MS}::bigint, ${now}::bigint - 1, 60000::bigint) at`);
  await thinStageSamples(db, { since: 0, now });
  // A worker was replaced in the middle of an hour: what the first had counted stays.
  assert.equal(await count('stage_samples'), 24 * 60 + 24 + 1);
  const [oldest] = rowsOf(await db.execute(sql`select counters from stage_samples order by at limit 1`));
  assert.equal(Number(oldest?.counters), now - 2 * DAY_MS + 59 * 60_000);
  await thinStageSamples(db, { since: now, now: now + 6 * 3600_000 });
  assert.equal(await count('stage_samples'), 18 * 60 + 30 + 1);
});

test('samples are thinned out with age: the last of each step stays', async (t) => {
  const { store, count } = await fresh(t);
  const { db } = store;
  const now = 100 * DAY_MS;
  await db.execute(sql`insert into samples (pipeline_id, run_id, at, topic, lag, "offset", records_in, records_out, errors, rss_mb)
    select 'p1', 'r1', at, 't', 0, 0, at / 15000, 0, 0, 0 from generate_series(${now - 2 * DAY_MS}::bigint, ${now}::bigint - 1, 15000::bigint) at`);
  await thinSamples(db, { days: 90, since: 0, now });
  assert.equal(await count('samples'), 6 * 240 + 42 * 60);
  const [oldest] = rowsOf(await db.execute(sql`select records_in from samples order by at limit 1`));
  assert.equal(Number(oldest?.records_in), (now - 2 * DAY_MS) / 15_000 + 3);
  await thinSamples(db, { days: 1, since: now, now: now + 3600_000 });
  assert.equal(await count('samples'), 5 * 240 + 18 * 60);
});

test('heartbeats and leases take the room of some minutes of them, however many minutes there were', async (t) => {
  const { store } = await fresh(t);
  const { db } = store;
  await db.execute(sql`insert into runs (run_id, pipeline_id, org_id, version_number, desired, execution_mode, kafka_rate,
    resource_config, created_at, desired_at) select 'r' || n, 'p1', 'o1', 1, 'run', 0, 1, '{}', 0, 0 from generate_series(1, 10) n`);
  const upkeep = new DatabaseUpkeep(store);
  let now = 1_800_000_000_000;
  const minute = async (): Promise<void> => {
    for (let beat = 0; beat < 20; beat += 1) {
      now += 3000;
      // Numbers that change, so that nothing of it can be packed away.
      const heartbeat = Array.from({ length: 500 }, (_, n) => Math.sin(now + n)).join();
      await db.execute(sql`insert into run_reports (run_id, heartbeat, heartbeat_at)
        select run_id, ${heartbeat}::text, ${now}::bigint from runs
        on conflict (run_id) do update set heartbeat = excluded.heartbeat, heartbeat_at = excluded.heartbeat_at`);
      await takeLeases(db, { instanceId: 'a', gone: [] }, now, now + 10_000);
    }
  };
  const size = async (): Promise<number> => {
    const [row] = rowsOf(
      await db.execute(
        sql`select pg_total_relation_size('run_reports') + pg_total_relation_size('run_leases') as bytes`,
      ),
    );
    return Number(row?.bytes);
  };
  const minutesWith = async (count: number, tidy: boolean): Promise<number> => {
    for (let n = 0; n < count; n += 1) {
      await minute();
      if (tidy) await upkeep.round();
    }
    return size();
  };
  const early = await minutesWith(3, true);
  assert.ok((await minutesWith(6, true)) <= early * 1.1, 'it does not grow');
  assert.ok((await minutesWith(6, false)) > early * 2, 'which it would if nobody tidied up');
});
