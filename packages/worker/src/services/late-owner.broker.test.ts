import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import type { SqlPool } from '@penstock/engine';
import { consumer, documentOf, until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import pg from 'pg';
import { runPipeline } from '../testing/run-pipeline.ts';

// A real broker and a real PostgreSQL: each has its own idea of who owns a task, and learns of a new owner by itself.

let folder: string;
let kafka: LocalKafka;
let postgres: RealPostgres;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-late-owner-'));
  [kafka, postgres] = await Promise.all([startLocalKafka({ dir: join(folder, 'kafka') }), startRealPostgres()]);
});
after(async () => {
  await Promise.all([kafka?.stop(), postgres?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const connect = async (t: TestContext, name: string, table: string) => {
  const database = new URL(await postgres.createDatabase(name));
  const client = new pg.Client({ connectionString: database.href });
  await client.connect();
  t.after(() => client.end());
  await client.query(table);
  const settings = {
    host: database.hostname,
    port: Number(database.port),
    database: name,
    user: database.username,
    tls: 'disable',
  };
  const given = {
    outbound: { networks: ['127.0.0.0/8'] },
    connectionValues: [
      { name: 'warehouse', kind: 'postgresql' as const, settings, secrets: { password: database.password } },
    ],
  };
  return { client, given };
};

/** A database that is not reached before `open` is called; `arrived`: somebody has come to it. */
const barred = () => {
  const [arrived, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sql = (pool: SqlPool): SqlPool => ({
    use: async (work) => {
      arrived.resolve();
      await opened.promise;
      return pool.use(work);
    },
  });
  return { sql, arrived: arrived.promise, open: opened.resolve };
};

const intoRows = (from: string, fields: readonly string[]) => ({
  name: 'JDBCProducer_01',
  label: 'JDBC Producer',
  from: [from],
  config: {
    connection: 'warehouse',
    table: 'rows',
    columns: fields.map((field) => ({ column: field.toLowerCase(), field, key: 'NO' })),
  },
});

const RECORDS = 30;

test('a worker that comes to the database late, after a newer one has begun and committed, writes nothing', async (t) => {
  const { client, given } = await connect(t, 'plants', 'create table rows (id int)');
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-late', { partitions: 1 });
  const values = Array.from({ length: RECORDS }, (_, id) => JSON.stringify({ assetId: 'a', pointId: 'p', id }));
  await topics.write(
    'in-late',
    values.map((value) => ({ value })),
  );
  const document = documentOf([consumer('in-late'), intoRows('EDHKafkaConsumer_01', ['id'])]);

  const database = barred();
  const late = await runPipeline(t, topics.client, 'p-late', document, { given, sql: database.sql });
  const ended = assert.rejects(late.ended, { code: 'RUN_TAKEN_OVER' });
  await database.arrived;
  const newer = await runPipeline(t, topics.client, 'p-late', document, { given });
  await newer.caughtUp();
  await newer.drain();
  database.open();
  await ended;

  const { rows } = await client.query('select id, count(*)::int as times from rows group by id order by id');
  assert.deepEqual(
    rows,
    Array.from({ length: RECORDS }, (_, id) => ({ id, times: 1 })),
  );
});

test('the same where the clock makes the rows, which have no position', async (t) => {
  const { client, given } = await connect(t, 'clocks', 'create table rows (assetid text, time bigint)');
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  const config = {
    outputs: ['a', 'b'].map((assetId) => ({ assetId, outputPoint: 'site::beat' })),
    triggerFrequency: '1s',
    missedTriggers: 'EACH',
  };
  const document = documentOf([
    { name: 'VirtualRecordGenerator_01', label: 'Virtual Record Generator', config },
    intoRows('VirtualRecordGenerator_01', ['assetId', 'time']),
  ]);
  const slots = async (): Promise<{ time: number; times: number }[]> =>
    (
      await client.query<{ time: number; times: number }>(
        'select time::float as time, count(*)::int as times from rows group by time order by time',
      )
    ).rows;
  /** Runs it until there are so many slots more. */
  const workOff = async (more: number): Promise<void> => {
    const wanted = (await slots()).length + more;
    const running = await runPipeline(t, topics.client, 'p-clock', document, { given });
    await until('further slots', 60_000, async () => (await slots()).length >= wanted || undefined);
    await running.drain();
  };

  await workOff(1);
  const database = barred();
  const late = await runPipeline(t, topics.client, 'p-clock', document, { given, sql: database.sql });
  const ended = assert.rejects(late.ended, { code: 'RUN_TAKEN_OVER' });
  await database.arrived;
  await workOff(3);
  database.open();
  await ended;

  const found = await slots();
  assert.deepEqual(
    found,
    found.map((_, index) => ({ time: (found[0]?.time ?? 0) + index * 1000, times: 2 })),
  );
});
