import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { deadLetterTopicOf, type RunSpec } from '@penstock/model';
import { consumer, documentOf } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import pg from 'pg';
import { GOLDEN_ORG, GoldenWorld } from '../golden/golden-world.ts';
import { runRanges } from '../golden/run-ranges.ts';
import { runStandalone } from '../golden/run-standalone.ts';

// Rows of a real PostgreSQL are counted after workers of both modes were killed in the middle of their work.

const RECORDS = 1000;
/** Every so many is refused by the column, and by the constraint. */
const [NO_NUMBER, NEGATIVE] = [200, 300];
const PARTITIONS = 4;

let world: GoldenWorld;
let postgres: RealPostgres;
let database: URL;
let client: pg.Client;
before(async () => {
  [world, postgres] = await Promise.all([GoldenWorld.start(), startRealPostgres()]);
  database = new URL(await postgres.createDatabase('plants'));
  client = new pg.Client({ connectionString: database.href });
  await client.connect();
});
after(async () => {
  await client?.end();
  await Promise.all([world?.stop(), postgres?.stop()]);
});

/** A pipeline that writes the input to a table of its own. */
const specOf = async (input: string, table: string): Promise<RunSpec> => {
  await client.query(`create table ${table} (n bigserial, id int, value double precision check (value >= 0))`);
  const columns = [
    { column: 'id', field: 'id', key: 'NO' },
    { column: 'value', field: 'value', key: 'NO' },
  ];
  const target = {
    name: 'JDBCProducer_01',
    label: 'JDBC Producer',
    from: ['EDHKafkaConsumer_01'],
    config: { connection: 'warehouse', table, columns },
  };
  const document = documentOf([consumer(input, { partitionedBy: 'ASSET' }), target], { commitIntervalMs: 100 });
  const settings = {
    host: database.hostname,
    port: Number(database.port),
    database: 'plants',
    user: 'postgres',
    tls: 'disable',
  };
  return {
    ...world.specOf({ document: () => document } as never, table, { input, outputs: {} }),
    outbound: { networks: ['127.0.0.0/8'] },
    connectionValues: [{ name: 'warehouse', kind: 'postgresql', settings, secrets: { password: database.password } }],
  };
};

const isRefused = (id: number): boolean => id % NO_NUMBER === 1 || id % NEGATIVE === 2;

const writeRecords = async (access: TopicAccess, input: string): Promise<void> => {
  await access.admin.ensureTopic(input, { partitions: PARTITIONS });
  await access.write(
    input,
    Array.from({ length: RECORDS }, (_, id) => ({
      partitionKey: `a${id % 50}`,
      value: JSON.stringify({
        assetId: `a${id % 50}`,
        pointId: 'p',
        id,
        value: id % NO_NUMBER === 1 ? 'no number' : id % NEGATIVE === 2 ? -1 : id / 2,
      }),
    })),
  );
};

/** Every record once: in the table, or among the dead letters. */
const assertOnce = async (access: TopicAccess, table: string): Promise<void> => {
  const { rows } = await client.query(`select id, count(*)::int as times from ${table} group by id order by id`);
  const ids = Array.from({ length: RECORDS }, (_, id) => id);
  assert.deepEqual(
    rows.filter(({ times }) => times !== 1),
    [],
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    ids.filter((id) => !isRefused(id)),
  );
  const letters = await access.read(deadLetterTopicOf(GOLDEN_ORG));
  const own = letters.filter(({ headers }) => headers['penstock.pipelineId'] === table);
  const dead = own.map(({ value }) => Number(JSON.parse(value ?? 'null').id));
  assert.deepEqual(
    dead.sort((a, b) => a - b),
    ids.filter(isRefused),
  );
};

const open = async (t: TestContext, table: string) => {
  const access = await world.connect(t);
  await writeRecords(access, `in-${table}`);
  return { access, spec: await specOf(`in-${table}`, table) };
};

test('Cluster Mode: workers are killed, tasks moved and asked for twice; every row is there once', async (t) => {
  const { access, spec } = await open(t, 'ranges');
  const report = await runRanges(t, { access, spec, seed: 11, kills: 4 });
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.kills, 4);
  await assertOnce(access, 'ranges');
});

test('Standalone Mode: a worker writes what there is, also after the server broke all its connections', async (t) => {
  const { access, spec } = await open(t, 'alone');
  const breaking = setInterval(() => {
    void client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'Penstock' and datname = 'plants'`,
    );
  }, 150);
  setTimeout(() => clearInterval(breaking), 1500);
  t.after(() => clearInterval(breaking));
  await runStandalone(t, access, spec);
  await assertOnce(access, 'alone');
});
