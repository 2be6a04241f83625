import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  batchOfMessages,
  compilePlan,
  MemoryLog,
  type Plan,
  type PlanPart,
  type Position,
  type SqlPool,
  type SqlSession,
  Task,
} from '@penstock/engine';
import type { JsonObject, JsonValue, ResolvedConnection } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import pg from 'pg';
import { SqlPools } from './sql-pools.ts';

// A real PostgreSQL, real tasks, and Kafka as far as it matters: a position and dead letters that stand or fall together.

let postgres: RealPostgres;
let client: pg.Client;
let pools: SqlPools;
before(async () => {
  postgres = await startRealPostgres();
  const url = new URL(await postgres.createDatabase('plants'));
  client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const settings = {
    host: url.hostname,
    port: Number(url.port),
    database: 'plants',
    user: url.username,
    tls: 'disable',
  };
  const connection: ResolvedConnection = {
    name: 'warehouse',
    kind: 'postgresql',
    settings,
    secrets: { password: url.password },
  };
  pools = new SqlPools({ connectionValues: [connection], outbound: { networks: ['127.0.0.0/8'] } });
});
after(async () => {
  pools?.close();
  await client?.end();
  await postgres?.stop();
});

const TOPICS = { deadLetters: 'dead', state: 'state', cuts: [] };
const registry = createRegistry(operators);
const stageNameOf = (id: string): string => operators.find((one) => one.id === id)?.stageName ?? '';

const planOf = (table: string, operation = 'INSERT', stage = 'JDBCProducer_01'): Plan => {
  const columns = [
    { column: 'id', field: 'id', key: 'YES' },
    { column: 'v', field: 'value', key: 'NO' },
  ];
  const rows = Object.entries({ connection: 'warehouse', table, operation, columns });
  const target = (name: string, id: string, configuration: object[]) => ({
    instanceName: name,
    stageName: stageNameOf(id),
    configuration,
    inputLanes: ['a'],
    outputLanes: [],
  });
  const document = {
    pipelineConfig: {
      stages: [
        {
          instanceName: 'In',
          stageName: stageNameOf('edh-kafka-consumer'),
          configuration: [],
          inputLanes: [],
          outputLanes: ['a'],
        },
        target(
          stage,
          'jdbc-producer',
          rows.map(([name, value]) => ({ name, value })),
        ),
      ],
    },
  };
  const facts = { pipelineId: `p-${table}`, orgId: 'o1', messageChannel: 0 } as const;
  const { plan, issues } = compilePlan(document, { registry, facts, sourcePartitions: 1 });
  assert.ok(plan, JSON.stringify(issues));
  return plan;
};

class Killed extends Error {}

/** Kafka's side of one task: what its commits have made certain. */
const createKafka = () => ({ offset: 0, dead: [] as string[] });
type Kafka = ReturnType<typeof createKafka>;

interface Life {
  readonly task: Task;
  readonly log: MemoryLog;
}

const begin = async (plan: Plan, kafka: Kafka, step: () => void, sql?: (name: string) => SqlPool): Promise<Life> => {
  const log = new MemoryLog();
  log.commit = async (position?: Position) => {
    step();
    kafka.offset = position?.offset ?? kafka.offset;
    for (const { topic, value } of log.messages.splice(0)) if (topic === 'dead') kafka.dead.push(String(value));
    step();
  };
  const task = await Task.open({
    plan,
    part: plan.parts[0] as PlanPart,
    partition: 0,
    runId: 'r',
    topics: TOPICS,
    log,
    clock: { now: () => 1 },
    headersOf: () => [],
    sql: sql ?? ((name) => pools.of(name)),
  });
  await task.claim({ topic: 'in', partition: 0 });
  await task.begin({ topic: 'in', partition: 0, offset: kafka.offset });
  return { task, log };
};

/** Works off records from where Kafka is, so many per commit. */
const work = async ({ task }: Life, kafka: Kafka, records: readonly JsonObject[], perCommit: number): Promise<void> => {
  for (let from = kafka.offset; from < records.length; from += perCommit) {
    const some = records.slice(from, from + perCommit);
    const messages = some.map((one) => ({ key: null, value: Buffer.from(JSON.stringify(one)), timestamp: 0 }));
    const batch = {
      ...batchOfMessages('in', messages),
      offsets: Float64Array.from(some, (_one, index) => from + index),
      nextOffset: from + some.length,
    };
    await task.process(batch, 0, some.length);
    await task.commit({ topic: 'in', partition: 0, offset: from + some.length });
  }
};

/** Databases that die before or after the nth statement, with the process that uses them. */
const dying =
  (step: () => void) =>
  (name: string): SqlPool => ({
    use: (use) =>
      pools.of(name).use((session: SqlSession) =>
        use({
          query: async (text, values) => {
            step();
            const rows = await session.query(text, values);
            step();
            return rows;
          },
        }),
      ),
  });

const rowsOf = async (table: string): Promise<[JsonValue, JsonValue][]> =>
  (await client.query(`select id, v from ${table} order by n`)).rows.map(({ id, v }) => [id, v]);

/** One that the column refuses, one that is there twice. */
const RECORDS: readonly JsonObject[] = [0, 1, 2, 3, 4, 4, 6, 7].map((id, at) =>
  id === 2 ? { id, value: 'no number' } : { id, value: at * 1.5 },
);

for (const operation of ['INSERT', 'UPSERT'] as const)
  test(`${operation}: killed at any step, every record is there once and every refusal told once`, async () => {
    const table = `t_${operation.toLowerCase()}`;
    const plan = planOf(table, operation);
    const expected = new Map<JsonValue | undefined, JsonValue | undefined>();
    let dead = 0;
    for (const { id, value } of RECORDS)
      if (typeof value !== 'number' || (operation === 'INSERT' && expected.has(id))) dead += 1;
      else expected.set(id, value);
    await client.query(`create table ${table} (n serial, id int unique, v double precision)`);
    const created = await begin(plan, createKafka(), () => undefined);
    await created.task.close();
    let kills = 0;
    for (let at = 1; ; at++) {
      await client.query(`truncate ${table}; delete from penstock_positions where pipeline = 'p-${table}'`);
      const kafka = createKafka();
      let left = at;
      const step = (): void => {
        if (--left === 0) throw new Killed();
      };
      try {
        const life = await begin(plan, kafka, step, dying(step));
        await work(life, kafka, RECORDS, 5);
        await life.task.close();
      } catch (error) {
        if (left > 0) throw error;
      }
      // The next life commits in other places than the last.
      const life = await begin(plan, kafka, () => undefined);
      await work(life, kafka, RECORDS, 3);
      await life.task.close();
      const found = await rowsOf(table);
      assert.equal(found.length, expected.size, `killed at step ${at}`);
      assert.deepEqual(new Map(found), expected, `killed at step ${at}`);
      assert.equal(kafka.dead.length, dead, `killed at step ${at}`);
      if (left > 0) break; // it was over before
      kills += 1;
    }
    assert.ok(kills > 40, `${kills} kills`);
  });

test('a task that was taken over writes nothing any more', async () => {
  await client.query('create table fenced (n serial, id int, v double precision)');
  const plan = planOf('fenced');
  const kafka = createKafka();
  const older = await begin(plan, kafka, () => undefined);
  const newer = await begin(plan, kafka, () => undefined);
  await assert.rejects(work(older, kafka, RECORDS.slice(0, 2), 2), { code: 'TARGET_FENCED' });
  await work(newer, kafka, RECORDS.slice(0, 2), 2);
  assert.equal((await rowsOf('fenced')).length, 2);
  await older.task.close();
  await newer.task.close();
});

test('a position that somebody moves back is gone back to', async () => {
  await client.query('create table moved (n serial, id int, v double precision)');
  const plan = planOf('moved');
  const kafka = createKafka();
  const first = await begin(plan, kafka, () => undefined);
  await work(first, kafka, RECORDS.slice(0, 2), 2);
  await first.task.close();
  kafka.offset = 0;
  const second = await begin(plan, kafka, () => undefined);
  await work(second, kafka, RECORDS.slice(0, 2), 2);
  await second.task.close();
  assert.equal((await rowsOf('moved')).length, 4);
});

test('what is missing is said when the task begins; what is away is waited for', async () => {
  const kafka = createKafka();
  await assert.rejects(
    begin(planOf('nowhere'), kafka, () => undefined),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'TARGET_UNUSABLE');
      assert.match(error.message, /nowhere/);
      return true;
    },
  );
  await client.query('create table keyless (n serial, id int, v double precision)');
  await assert.rejects(
    begin(planOf('keyless', 'UPSERT'), kafka, () => undefined),
    { code: 'TARGET_UNUSABLE' },
  );
  const shut = new SqlPools({
    connectionValues: [
      {
        name: 'warehouse',
        kind: 'postgresql',
        settings: { host: '127.0.0.1', port: 1, database: 'd', user: 'u', tls: 'disable' },
        secrets: {},
      },
    ],
    outbound: { networks: ['127.0.0.0/8'] },
  });
  await assert.rejects(
    begin(
      planOf('keyless'),
      kafka,
      () => undefined,
      (name) => shut.of(name),
    ),
    {
      code: 'TARGET_UNREACHABLE',
      retryable: true,
    },
  );
});

test('what a trigger refuses, or a constraint that waits for the end, is an error of its record', async () => {
  await client.query(`create table strict (n serial, id int, v double precision);
    alter table strict add constraint once unique (id) deferrable initially deferred;
    create function no_three() returns trigger language plpgsql as $$ begin
      if new.id = 3 then raise exception 'three is not wanted'; end if; return new; end $$;
    create trigger no_three before insert on strict for each row execute function no_three()`);
  const kafka = createKafka();
  const life = await begin(planOf('strict'), kafka, () => undefined);
  await work(
    life,
    kafka,
    [1, 2, 3, 2, 4].map((id) => ({ id, value: id })),
    5,
  );
  await life.task.close();
  assert.deepEqual(
    (await rowsOf('strict')).map((row) => row[0]),
    [1, 2, 4],
  );
  assert.deepEqual(life.task.counters().JDBCProducer_01?.errors, { ROW_REFUSED: 2 });
  assert.deepEqual(
    kafka.dead.map((text) => JSON.parse(text).id),
    [3, 2],
  );
});
