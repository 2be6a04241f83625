import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startLocalKafka } from '@penstock/dev';
import type { ChangelogEntry } from '@penstock/engine';
import { startKafkaFixture } from '@penstock/testkit/kafka';
import { readChangelog } from './changelog.ts';

const fixture = await startKafkaFixture(startLocalKafka, after);

const restore = async (topic: string, partition = 0): Promise<{ entries: number; state: Map<string, string> }> => {
  const state = new Map<string, string>();
  const onEntry = ({ key, value }: ChangelogEntry): void => {
    if (value === null) state.delete(key);
    else state.set(key, value);
  };
  const { entries } = await readChangelog(fixture.client, { topic, partition, onEntry });
  return { entries, state };
};

test('an empty changelog restores to nothing', async () => {
  const topic = await fixture.topic('empty', 2, { 'cleanup.policy': 'compact' });
  assert.deepEqual(await restore(topic, 1), { entries: 0, state: new Map() });
});

test('the last value of each key is restored, tombstones delete, aborted changes never happened', async () => {
  const topic = await fixture.topic('state', 1, { 'cleanup.policy': 'compact' });
  const log = await fixture.log({ transactionalId: topic });
  const appender = log.appender(topic);
  for (let n = 0; n < 5000; n++) appender.append(0, `key-${n % 100}`, `value-${n}`, n);
  await log.commit(undefined);
  appender.append(0, 'key-7', null, 1);
  appender.append(0, 'Schlüssel', 'ü', 1);
  await log.commit(undefined);
  appender.append(0, 'key-8', 'of a transaction that is aborted', 1);
  await log.flush();
  await log.close();
  const expected = new Map<string, string>(
    Array.from({ length: 100 }, (_, n) => [`key-${n}`, `value-${4900 + n}`] as const),
  );
  expected.delete('key-7');
  expected.set('Schlüssel', 'ü');
  const { entries, state } = await restore(topic);
  assert.equal(entries, 5002);
  assert.deepEqual(new Map([...state].sort()), new Map([...expected].sort()));
});

test('restoring waits for a transaction that is open before the end', async () => {
  const topic = await fixture.topic('waiting', 1, { 'cleanup.policy': 'compact' });
  const other = await fixture.log({ transactionalId: `${topic}-other` });
  other.appender(topic).append(0, 'open', '1', 1);
  await other.flush();
  const log = await fixture.log({ transactionalId: topic });
  log.appender(topic).append(0, 'done', '2', 1);
  await log.commit(undefined);
  let isRestored = false;
  const restoring = restore(topic).finally(() => {
    isRestored = true;
  });
  const feed = fixture.feeds().open(topic, 0, 0);
  assert.equal(await feed.next(400), undefined);
  assert.equal(isRestored, false);
  await other.commit(undefined);
  assert.deepEqual(
    (await restoring).state,
    new Map([
      ['open', '1'],
      ['done', '2'],
    ]),
  );
});

test('who has fenced its own writers leaves out what others have open, and sees all that was committed behind it', async () => {
  const topic = await fixture.topic('left-out', 1, { 'cleanup.policy': 'compact' });
  const before = await fixture.log({ transactionalId: `${topic}-before` });
  before.appender(topic).append(0, 'settled', '1', 1);
  await before.commit(undefined);
  const other = await fixture.log({ transactionalId: `${topic}-other` });
  other.appender(topic).append(0, 'open', '1', 1);
  await other.flush();
  before.appender(topic).append(0, 'behind', '2', 1);
  await before.commit(undefined);
  before.appender(topic).append(0, 'behind', 'of a worker that was fenced', 1);
  await before.flush();
  const after = await fixture.log({ transactionalId: `${topic}-before` });
  after.appender(topic).append(0, 'behind', '3', 1);
  await after.commit(undefined);

  const seen: [string, string | null][] = [];
  const onEntry = ({ key, value }: ChangelogEntry): void => void seen.push([key, value]);
  const reading = { topic, partition: 0, onEntry, open: 'leave-out' } as const;
  const { settled, entries } = await readChangelog(fixture.client, reading);
  assert.deepEqual(seen.splice(0), [
    ['settled', '1'],
    ['behind', '2'],
    ['behind', '3'],
  ]);
  assert.equal(entries, 3);

  await other.commit(undefined);
  await readChangelog(fixture.client, { ...reading, from: settled });
  assert.deepEqual(seen, [
    ['open', '1'],
    ['behind', '2'],
    ['behind', '3'],
  ]);
});

test('restoring can be given up', async () => {
  const topic = await fixture.topic('given-up', 1);
  const other = await fixture.log({ transactionalId: `${topic}-other` });
  other.appender(topic).append(0, 'open', '1', 1);
  await other.flush();
  const abort = new AbortController();
  const restoring = readChangelog(fixture.client, { topic, partition: 0, onEntry: () => {}, signal: abort.signal });
  abort.abort(new Error('enough'));
  await assert.rejects(restoring, /enough/);
});

test('a record without a key is no changelog entry', async () => {
  const topic = await fixture.topic('foreign', 1);
  const log = await fixture.log({ transactionalId: topic });
  log.appender(topic).append(0, null, 'stray', 1);
  await log.commit(undefined);
  await assert.rejects(restore(topic), { code: 'KAFKA_CHANGELOG_INVALID' });
});

test('a changelog that is not there is an error', async () => {
  await assert.rejects(restore('no-such-changelog'), { code: 'KAFKA_TOPIC_UNKNOWN' });
});
