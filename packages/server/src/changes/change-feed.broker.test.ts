import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { openStore } from '../store/open-store.ts';
import { type Change, formatBookmark } from './change.ts';
import { ChangeFeed } from './change-feed.ts';
import type { ChangeReader } from './change-reader.ts';
import { readChanges } from './read-changes.ts';
import { removeChanges } from './remove-changes.ts';

let server: RealPostgres;
before(async () => {
  server = await startRealPostgres();
});
after(async () => {
  await server?.stop();
});

let made = 0;
/** A database with two instances' feeds on it, and connections that change it. */
const fixture = async (t: TestContext) => {
  made += 1;
  const databaseUrl = await server.createDatabase(`changes_${made}`);
  const store = await openStore({ databaseUrl, dataDir: '/nonexistent', poolSize: 8 });
  t.after(() => store.close());
  const feed = (storage = 'db') => {
    const one = new ChangeFeed({ db: store.db, storage, pollMs: 5 });
    t.after(() => one.close());
    return one;
  };
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    t.after(() => client.end());
    return client;
  };
  const add = (name: string) => store.db.execute(sql`insert into organizations values (${name}, '', 0)`);
  return { store, feed, connect, add };
};

/** Names told to a reader until there are so many of them. */
const take = async (reader: ChangeReader, count: number): Promise<string[]> => {
  const told: Change[] = [];
  while (told.length < count) {
    const step = await reader.next();
    assert.ok(step.kind === 'moved' || step.kind === 'none', JSON.stringify(step.kind));
    if (step.kind === 'moved') told.push(...step.changes);
  }
  return told.map(({ subject }) => subject);
};

test('a transaction that commits later than it began is told, and nothing that came after it before', async (t) => {
  const { feed, connect, add } = await fixture(t);
  const [slow, other] = [await connect(), feed()];
  const { reader } = await other.open();
  await slow.query('begin');
  await slow.query(`insert into organizations values ('slow', '', 0)`);
  await add('quick-1');
  await add('quick-2');
  await other.look();
  const early = await Promise.race([reader.next(), other.look().then(() => 'nothing yet' as const)]);
  assert.equal(early, 'nothing yet');
  await slow.query(`insert into organizations values ('slow-too', '', 0)`);
  await slow.query('commit');
  reader.close();
  const again = await other.open(formatBookmark(reader.bookmark));
  assert.deepEqual(await take(again.reader, 4), ['slow', 'slow-too', 'quick-1', 'quick-2']);
});

test('with many writers at once every reader is told everything once, in one order, also from one feed to the other', async (t) => {
  const { store, feed, connect } = await fixture(t);
  const [writers, rounds] = [6, 25];
  const feeds = [feed(), feed()] as const;
  const [steady, { reader }] = [await feeds[0].open(), await feeds[0].open()];
  const write = async (writer: number): Promise<void> => {
    const client = await connect();
    for (let round = 0; round < rounds; round += 1) {
      await client.query('begin');
      await client.query(`insert into organizations values ('w${writer}-${round}-a', '', 0)`);
      if ((writer + round) % 3 === 0) await client.query('select pg_sleep(0.003)');
      await client.query(`insert into organizations values ('w${writer}-${round}-b', '', 0)`);
      await client.query(round % 5 === 4 ? 'rollback' : 'commit');
    }
  };
  const expected = writers * rounds * 0.8 * 2;
  // One that goes from instance to instance, after whatever it was told last.
  const wander = async (): Promise<string[]> => {
    const told: string[] = [];
    let at = reader;
    for (let turn = 1; told.length < expected; turn += 1) {
      const step = await at.next();
      assert.equal(step.kind, 'moved');
      if (step.kind !== 'moved') continue;
      const [first] = step.changes;
      // Only the first of what came, as one whose connection breaks in the middle.
      const { history } = step.to;
      const kept = turn % 2 === 0 && first !== undefined ? [first] : step.changes;
      told.push(...kept.map(({ subject }) => subject));
      const bookmark = formatBookmark({ history, position: kept.at(-1)?.position ?? step.to.position });
      at.close();
      at = (await feeds[turn % 2 === 0 ? 0 : 1].open(bookmark)).reader;
    }
    at.close();
    return told;
  };
  const [wandered, stayed] = await Promise.all([
    wander(),
    take(steady.reader, expected),
    ...Array.from({ length: writers }, (_, writer) => write(writer)),
  ]);
  const all = (await readChanges(store.db, { xact: 0n, id: 0n }, 10_000)).changes.map(({ subject }) => subject);
  assert.equal(all.length, expected);
  assert.deepEqual(wandered, all);
  assert.deepEqual(stayed, all);
});

test('who cannot go on from where it was is told why, and goes on from now', async (t) => {
  const { store, feed, add } = await fixture(t);
  const [one, elsewhere] = [feed(), feed('another database')];
  const { reader } = await one.open();
  const bookmark = formatBookmark(reader.bookmark);
  reader.close();
  assert.equal((await one.open('no bookmark')).reset, 'unknown');
  assert.equal((await elsewhere.open(bookmark)).reset, 'elsewhere');
  const ahead = bookmark.replace(/-\d+-\d+$/, '-99999999-0');
  assert.equal((await one.open(ahead)).reset, 'elsewhere');
  for (const name of ['a', 'b', 'c']) await add(name);
  assert.equal((await one.open(bookmark)).reset, undefined);
  await removeChanges(store.db, { number: 2, bytes: 1e9, days: 1000 }, 0);
  const late = await one.open(bookmark);
  assert.equal(late.reset, 'removed');
  await add('d');
  assert.deepEqual(await take(late.reader, 1), ['d']);
});

test('what is removed under a reader that waits too long is told as such; one that is close reads on', async (t) => {
  const { store, feed, add } = await fixture(t);
  const one = feed();
  const behind = (await one.open()).reader;
  for (let i = 0; i < 2600; i += 100)
    await store.db.execute(
      sql`insert into organizations select ${`n${i}-`} || n, '', 0 from generate_series(1, 100) n`,
    );
  await one.look();
  assert.equal((await take(behind, 2600)).length, 2600, 'more than is in memory');
  const slow = (await one.open()).reader;
  await store.db.execute(sql`insert into organizations select 'm' || n, '', 0 from generate_series(1, 2600) n`);
  await one.look();
  await removeChanges(store.db, { number: 100, bytes: 1e9, days: 1000 }, 0);
  const step = await slow.next();
  assert.deepEqual([step.kind, step.kind === 'reset' && step.reason], ['reset', 'removed']);
  await add('z');
  assert.deepEqual(await take(slow, 1), ['z']);
});
