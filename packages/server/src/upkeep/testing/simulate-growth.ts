// How the embedded database grows in a month of running pipelines, time compressed:
// `node --no-node-snapshot packages/server/src/upkeep/testing/simulate-growth.ts [days] [runs]`.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { encodeStageCounters } from '../../history/stage-sample.ts';
import { takeLeases } from '../../runs/run-store.ts';
import { loadSettings, type Settings } from '../../settings/settings.ts';
import { rowsOf } from '../../store/migrations.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { applyRetention } from '../apply-retention.ts';
import { DatabaseUpkeep } from '../database-upkeep.ts';

const HOUR_MS = 3600_000;
const STAGES = Array.from({ length: 10 }, (_, at) => `FixedTimeWindowAggregator_${at + 1}`);

/** What is kept of ten stages in a row after some months. */
const STAGE_COUNTERS = encodeStageCounters({
  recordsRead: 1_234_567_890,
  stages: new Map(
    STAGES.map((name) => [name, { input: 1_234_567_890, output: 1_234_567_890, errors: 17, dropped: 12_345 }]),
  ),
  parts: new Map([
    [
      0,
      {
        openMs: 12_345_678_901,
        idleMs: 1_234_567_890,
        rateMs: 1_234_567_890,
        commitMs: 123_456_789,
        commits: 1_234_567,
        offset: 1_234_567_890,
        lag: 1234,
        isOfSource: true,
        stages: new Map(
          STAGES.map((name, at) => [
            name,
            { busyMs: 123_456_789, from: new Map(at === 0 ? [] : [[`${STAGES[at - 1]}`, 1_234_567_890]]) },
          ]),
        ),
      },
    ],
  ]),
});

export interface GrowthOptions {
  readonly store: Store;
  readonly dataDir: string;
  readonly keep: Settings['keep'];
  readonly runs: number;
  readonly days: number;
  /** Heartbeats written per run and simulated hour, all between two rounds of upkeep. */
  readonly heartbeatsPerHour: number;
}

export interface DaySize {
  readonly day: number;
  readonly databaseMb: number;
  /** Of the database's folder, its log of changes included. */
  readonly folderMb: number;
}

/**
 * What twenty running pipelines write, hour by hour: every sample, twenty events and a release a day per pipeline, an
 * audit entry per minute, and heartbeats and leases as many as come between two rounds of upkeep (a minute). Upkeep
 * runs after each minute's worth, so what it does not clear away shows; the heartbeats of the other 59 minutes of an
 * hour would find the same room.
 */
export const simulateGrowth = async (options: GrowthOptions): Promise<DaySize[]> => {
  const { store, dataDir, keep, runs, days } = options;
  const { db } = store;
  const start = 1_800_000_000_000;
  await db.execute(sql`insert into organizations values ('o1', 'One', 0)`);
  await db.execute(sql`insert into pipelines (pipeline_id, org_id, name, description, template_type, template_version,
    message_channel, created_at, updated_at, status, status_since, released_number, current_run_id)
    select '11111111-1111-4111-8111-' || lpad(n::text, 12, '0'), 'o1', 'p', '', 1, '', 0, 0, 0, 'RUNNING', 0, 1,
    '22222222-2222-4222-8222-' || lpad(n::text, 12, '0') from generate_series(1, ${runs}::int) n`);
  await db.execute(sql`insert into runs (run_id, pipeline_id, org_id, version_number, desired, execution_mode, kafka_rate,
    resource_config, created_at, desired_at) select current_run_id, pipeline_id, 'o1', 1, 'run', 0, 1000, '{}', 0, 0 from pipelines`);
  const upkeep = new DatabaseUpkeep(store);
  const sizes: DaySize[] = [];
  let tidiedAt = 0;
  for (let hour = 0; hour < days * 24; hour += 1) {
    const at = start + hour * HOUR_MS;
    await db.execute(sql`insert into samples (pipeline_id, run_id, at, topic, lag, "offset", records_in, records_out, errors, rss_mb)
      select pipeline_id, current_run_id, at, 'MEASURE_POINT_ORIGIN_o15517683199241', 17, at, at, at, 3, 120
      from generate_series(${at}::bigint, ${at + HOUR_MS}::bigint - 1, 15000::bigint) at, pipelines`);
    // Of ten stages in a row.
    await db.execute(sql`insert into stage_samples (pipeline_id, run_id, at, worker_id, counted_since, counters)
      select pipeline_id, current_run_id, at, current_run_id, ${start}::bigint, ${STAGE_COUNTERS}::text
      from generate_series(${at}::bigint, ${at + HOUR_MS}::bigint - 1, 60000::bigint) at, pipelines`);
    await db.execute(sql`insert into run_events (pipeline_id, run_id, at, code, message, severity)
      select pipeline_id, current_run_id, ${at}::bigint, 'SCRIPT_LOG', repeat('a message of a script ', 8), 'info' from pipelines`);
    await db.execute(sql`insert into audit_entries (at, org_id, actor, action, target, detail)
      select ${at}::bigint + n, 'o1', 'key', 'pipeline.save', repeat('x', 36), repeat('y', 60) from generate_series(1, 60) n`);
    if (hour % 24 === 0)
      await db.execute(sql`insert into pipeline_versions select pipeline_id, ${hour / 24 + 1}::int, 'p', '', 1, null, '', 0,
        (select string_agg(md5(n::text || pipeline_id), '') from generate_series(1, 300) n), ${at}::bigint, 'admin' from pipelines`);
    for (let beat = 0; beat < options.heartbeatsPerHour; beat += 1) {
      const now = at + beat * 2000;
      const heartbeat = JSON.stringify({
        now,
        tasks: Array.from({ length: 16 }, (_, i) => [i, now * 31 + i, now % 997]),
      });
      await db.execute(sql`insert into run_reports (run_id, heartbeat, heartbeat_at)
        select run_id, ${heartbeat.repeat(4)}::text, ${now}::bigint from runs where ended_at is null
        on conflict (run_id) do update set heartbeat = excluded.heartbeat, heartbeat_at = excluded.heartbeat_at`);
      await takeLeases(db, { instanceId: 'a', gone: [] }, now, now + 10_000);
    }
    await upkeep.round();
    await applyRetention(
      db,
      { dataDir, keep, sessions: { lifetimeMs: HOUR_MS, idleMs: HOUR_MS } },
      at + HOUR_MS,
      tidiedAt,
    );
    tidiedAt = at + HOUR_MS;
    if (hour % 24 === 23) sizes.push(await sizeOf(store, dataDir, (hour + 1) / 24));
  }
  return sizes;
};

const sizeOf = async (store: Store, dataDir: string, day: number): Promise<DaySize> => {
  const [row] = rowsOf(await store.db.execute(sql`select pg_database_size(current_database()) as bytes`));
  return { day, databaseMb: mb(Number(row?.bytes)), folderMb: mb(folderBytes(join(dataDir, 'database'))) };
};

const folderBytes = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );

const mb = (bytes: number): number => Math.round(bytes / 1e5) / 10;

if (import.meta.main) {
  const [days = 30, runs = 20] = process.argv.slice(2).map(Number);
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-growth-'));
  const { keep } = loadSettings({ PENSTOCK_DATA: dataDir }, '/');
  const store = await openStore({ dataDir });
  try {
    for (const size of await simulateGrowth({ store, dataDir, keep, runs, days, heartbeatsPerHour: 30 }))
      process.stdout.write(`${JSON.stringify(size)}\n`);
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
