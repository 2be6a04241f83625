import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareDatabase } from '@penstock/testkit/database';
import { getTableName, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import * as schema from '../store/all-schemas.ts';
import { rowsOf } from '../store/migrations.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { comparePositions, type Position } from './change.ts';
import { readChanges } from './read-changes.ts';
import { removeChanges } from './remove-changes.ts';
import { UNTOLD_TABLES } from './told-tables.ts';

// One embedded database for all: starting it takes a while. The same on PostgreSQL is in change-feed.broker.test.ts.
let store: Store;
let dataDir: string;
before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'penstock-changes-'));
  store = await openStore({ dataDir: await prepareDatabase(dataDir) });
});
after(async () => {
  await store?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const START: Position = { xact: 0n, id: 0n };
/** What some statements are told as. */
const toldOf = async (...statements: string[]): Promise<unknown[]> => {
  const { edge } = await readChanges(store.db, START, 0);
  for (const statement of statements) await store.db.execute(sql.raw(statement));
  const page = await readChanges(store.db, edge, 100);
  return page.changes.map(({ kind, what, orgId, pipelineId, subject }) => [kind, what, orgId, pipelineId, subject]);
};

test('every table is told of, or is said not to be', async () => {
  const triggers = rowsOf(
    await store.db.execute(sql`select distinct event_object_table as name from information_schema.triggers`),
  ).map(({ name }) => String(name));
  const tables = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [getTableName(value)] : []));
  // Give a new table a trigger in its migration, or say in `UNTOLD_TABLES` why nobody looks on.
  assert.deepEqual([...triggers, ...Object.keys(UNTOLD_TABLES)].toSorted(), tables.toSorted());
});

test('what changes is told with whose business it is; what only the service minds is not', async () => {
  assert.deepEqual(
    await toldOf(
      `insert into organizations values ('o1', 'One', 0)`,
      `insert into grants values ('o1', 'standalone', 1000, 0)`,
      `update grants set cu_milli = 2000`,
      `delete from grants`,
      `insert into topic_grants values ('o1', 'wind.*', true, false, 0)`,
      `insert into access_keys (access_key, org_id, name, sealed_secret, created_at) values ('k1', 'o1', '', '', 0)`,
      `update access_keys set last_used_at = 5`,
      `update access_keys set role = 'viewer'`,
      `insert into users (user_id, email, name, created_at) values ('u1', 'a@b', '', 0)`,
      `update users set last_sign_in_at = 5`,
      `insert into memberships values ('u1', 'o1', 'viewer', 'local', 0)`,
      `update memberships set role = 'operator'`,
      `delete from users`,
    ),
    [
      ['organization', 'created', 'o1', null, 'o1'],
      ['grant', 'created', 'o1', null, 'standalone'],
      ['grant', 'changed', 'o1', null, 'standalone'],
      ['grant', 'deleted', 'o1', null, 'standalone'],
      ['topic-grant', 'created', 'o1', null, 'wind.*'],
      ['access-key', 'created', 'o1', null, 'k1'],
      ['access-key', 'changed', 'o1', null, 'k1'],
      ['user', 'created', null, null, 'u1'],
      ['member', 'created', 'o1', null, 'u1'],
      ['member', 'changed', 'o1', null, 'u1'],
      ['user', 'deleted', null, null, 'u1'],
      ['member', 'deleted', 'o1', null, 'u1'],
    ],
  );
});

test('of pipelines: saves, versions, runs, events, states; not what a supervisor writes down for itself', async () => {
  const pipeline = `insert into pipelines (pipeline_id, org_id, name, description, template_type, template_version,
    message_channel, created_at, updated_at, status, status_since) values ('p1', 'o1', 'p', '', 1, '', 0, 0, 0, 'EDITED', 0)`;
  assert.deepEqual(
    await toldOf(
      pipeline,
      `update pipelines set revision = 2`,
      `update pipelines set revision = 2`,
      `insert into pipeline_versions select 'p1', 1, 'p', '', 1, null, '', 0, '{}', 0, 'admin'`,
      `update pipeline_versions set note = 'n'`,
      `insert into runs (run_id, pipeline_id, org_id, version_number, desired, execution_mode, kafka_rate, resource_config,
        created_at, desired_at) values ('r1', 'p1', 'o1', 1, 'run', 0, 1, '{}', 0, 0)`,
      `update runs set launcher_state = '{}', token_hash = 'x', next_attempt_at = 7`,
      `update runs set phase = 'running'`,
      `insert into run_events (pipeline_id, at, code, message, severity) values ('p1', 0, 'C', 'm', 'info')`,
      `insert into run_reports (run_id, heartbeat, heartbeat_at) values ('r1', '{}', 0)`,
      `delete from pipelines`,
    ),
    [
      ['pipeline', 'created', 'o1', 'p1', 'p1'],
      ['pipeline', 'changed', 'o1', 'p1', 'p1'],
      ['version', 'created', 'o1', 'p1', '1'],
      ['version', 'changed', 'o1', 'p1', '1'],
      ['run', 'created', 'o1', 'p1', 'r1'],
      ['run', 'changed', 'o1', 'p1', 'r1'],
      ['event', 'created', 'o1', 'p1', '1'],
      ['pipeline', 'deleted', 'o1', 'p1', 'p1'],
    ],
  );
});

test('of alarms: their states, receivers, and how deliveries went; not each attempt', async () => {
  await store.db.execute(sql`insert into pipelines (pipeline_id, org_id, name, description, template_type, template_version,
    message_channel, created_at, updated_at, status, status_since) values ('p2', 'o1', 'p', '', 1, '', 0, 0, 0, 'EDITED', 0)`);
  assert.deepEqual(
    await toldOf(
      `insert into alarm_receivers (receiver_id, org_id, name, kind, sealed_address, shown_address, language, created_at)
        values ('v1', 'o1', 'n', 'email', '', '', 'en', 0)`,
      `update alarm_receivers set tested_at = 5`,
      `update alarm_receivers set name = 'm'`,
      `insert into alarms (pipeline_id, rule, org_id, state, since, was_raised, was_no_data, incident_id, facts)
        values ('p2', 'lag', 'o1', 'pending', 0, false, false, 'i', '{}')`,
      `update alarms set unknown_since = 5`,
      `update alarms set state = 'alerting'`,
      `update alarms set unacknowledged_since = 5`,
      `update alarms set shelved_until = 9, shelved_at = 5, shelved_by = 'a', shelved_note = 'n'`,
      `update alarms set told_incident_id = 'i'`,
      `insert into alarm_deliveries (delivery_id, org_id, pipeline_id, receiver_id, notice, state, created_at,
        next_attempt_at, give_up_at) values ('d1', 'o1', 'p2', 'v1', '{}', 'pending', 0, 0, 0)`,
      `update alarm_deliveries set attempts = 1`,
      `update alarm_deliveries set state = 'delivered'`,
      `delete from alarms`,
      `delete from alarm_receivers`,
    ),
    [
      ['alarm-receiver', 'created', 'o1', null, 'v1'],
      ['alarm-receiver', 'changed', 'o1', null, 'v1'],
      ['alarm', 'created', 'o1', 'p2', 'lag'],
      ['alarm', 'changed', 'o1', 'p2', 'lag'],
      ['alarm', 'changed', 'o1', 'p2', 'lag'],
      ['alarm', 'changed', 'o1', 'p2', 'lag'],
      ['alarm-delivery', 'created', 'o1', 'p2', 'd1'],
      ['alarm-delivery', 'changed', 'o1', 'p2', 'd1'],
      ['alarm', 'deleted', 'o1', 'p2', 'lag'],
      ['alarm-receiver', 'deleted', 'o1', null, 'v1'],
    ],
  );
});

test('what is not committed is not told', async () => {
  const { edge } = await readChanges(store.db, START, 0);
  const given = new Error('given up');
  const attempt = store.db.transaction(async (tx) => {
    await tx.execute(sql`insert into organizations values ('o2', 'Two', 0)`);
    throw given;
  });
  await assert.rejects(attempt, given);
  assert.deepEqual((await readChanges(store.db, edge, 100)).changes, []);
});

test('changes beyond the bounds are removed, the oldest first, and up to where is noted', async () => {
  await store.db.execute(sql`delete from changes`);
  for (let i = 0; i < 20; i += 1) await store.db.execute(sql`insert into organizations values (${`many-${i}`}, '', 0)`);
  const all = (await readChanges(store.db, START, 100)).changes;
  const now = Number(all.at(-1)?.at);
  const much = { number: 1000, bytes: 1e9, days: 10 };
  assert.equal(await removeChanges(store.db, much, now), 0);
  assert.equal(await removeChanges(store.db, { ...much, number: 15 }, now), 5);
  assert.deepEqual((await readChanges(store.db, START, 0)).removedUpTo, all[4]?.position);
  assert.equal(await removeChanges(store.db, { ...much, bytes: 1000 }, now), 9, 'by bytes');
  const left = (await readChanges(store.db, START, 100)).changes;
  assert.deepEqual(left, all.slice(14));
  assert.equal(await removeChanges(store.db, { ...much, days: 1 }, now + 24 * 3600_000 + 1), 6, 'by age');
  const { removedUpTo, edge } = await readChanges(store.db, START, 0);
  assert.ok(removedUpTo !== undefined && comparePositions(removedUpTo, edge) < 0, 'whoever is at the edge can go on');
});
