import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { consumer, documentOf } from '@penstock/testkit';
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

const RECORDS = 30;

test('a worker that comes to the database late, after a newer one has begun and committed, writes nothing', async (t) => {
  const database = new URL(await postgres.createDatabase('plants'));
  const client = new pg.Client({ connectionString: database.href });
  await client.connect();
  t.after(() => client.end());
  await client.query('create table rows (id int)');

  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-late', { partitions: 1 });
  const values = Array.from({ length: RECORDS }, (_, id) => JSON.stringify({ assetId: 'a', pointId: 'p', id }));
  await topics.write(
    'in-late',
    values.map((value) => ({ value })),
  );
  const columns = [{ column: 'id', field: 'id', key: 'NO' }];
  const config = { connection: 'warehouse', table: 'rows', columns };
  const target = { name: 'JDBCProducer_01', label: 'JDBC Producer', from: ['EDHKafkaConsumer_01'], config };
  const document = documentOf([consumer('in-late'), target]);
  const settings = {
    host: database.hostname,
    port: Number(database.port),
    database: 'plants',
    user: database.username,
    tls: 'disable',
  };
  const given = {
    outbound: { networks: ['127.0.0.0/8'] },
    connectionValues: [
      { name: 'warehouse', kind: 'postgresql' as const, settings, secrets: { password: database.password } },
    ],
  };

  const [arrived, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const late = await runPipeline(t, topics.client, 'p-late', document, {
    given,
    sql: (pool) => ({
      use: async (work) => {
        arrived.resolve();
        await opened.promise;
        return pool.use(work);
      },
    }),
  });
  const ended = assert.rejects(late.ended, { code: 'RUN_TAKEN_OVER' });
  await arrived.promise;
  const newer = await runPipeline(t, topics.client, 'p-late', document, { given });
  await newer.caughtUp();
  await newer.drain();
  opened.resolve();
  await ended;

  const { rows } = await client.query('select id, count(*)::int as times from rows group by id order by id');
  assert.deepEqual(
    rows,
    Array.from({ length: RECORDS }, (_, id) => ({ id, times: 1 })),
  );
});
