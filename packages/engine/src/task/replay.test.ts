import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../plan/plan.ts';
import type { RecordHeader, SourceBatch } from '../ports.ts';
import { batchOfMessages, type MemoryLog } from '../preview/memory-log.ts';
import { documentOf } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, testTopics, written } from '../testing/tasks.ts';
import { ReplayHeader } from './replay.ts';

/** A batch whose messages have headers, encoded as record format v2 does. */
const batchWithHeaders = (topic: string, messages: readonly { value: Buffer; headers: readonly RecordHeader[] }[]) => {
  const batch = batchOfMessages(
    topic,
    messages.map(({ value }) => ({ key: null, value, timestamp: 0 })),
  );
  const encoded = messages.map(({ headers }) =>
    Buffer.concat([
      Buffer.from([headers.length * 2]),
      ...headers.flatMap(({ key }) => [Buffer.from([key.length * 2]), key]),
    ]),
  );
  let at = batch.bytes.length;
  encoded.forEach((bytes, index) => {
    batch.headersStart[index] = at;
    at += bytes.length;
    batch.headersEnd[index] = at;
  });
  return { ...batch, bytes: Buffer.concat([batch.bytes, ...encoded]) } satisfies SourceBatch;
};

const replay = (facts: Partial<Record<keyof typeof ReplayHeader, string>>): RecordHeader[] =>
  Object.entries({ id: '0-1', pipelineId: 'p1', ...facts }).map(([name, value]) => ({
    key: Buffer.from(ReplayHeader[name as keyof typeof ReplayHeader]),
    value: Buffer.from(value),
  }));
const send = async (plan: Plan, messages: readonly { value: string; headers: RecordHeader[] }[], part = 0) => {
  const batch = batchWithHeaders(
    part === 0 ? 'input' : (testTopics.cuts[part - 1] ?? ''),
    messages.map(({ value, headers }) => ({ value: Buffer.from(value), headers })),
  );
  const opened = await openTask(plan, {
    partIndex: part,
    headersOf: (_batch, index) => messages[index]?.headers ?? [],
  });
  await opened.task.process(batch, 0, batch.count);
  return opened;
};

const branches = documentOf(
  { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
  { name: 'one', operator: 'strict', from: ['s'] },
  { name: 'two', operator: 'strict', from: ['s'] },
  { name: 'set', operator: 'set', config: { field: 'seen', to: 1 }, from: ['s'] },
  { name: 'three', operator: 'strict', from: ['set'] },
  { name: 't1', operator: 'target', config: { topic: 'out-1' }, from: ['one'] },
  { name: 't2', operator: 'target', config: { topic: 'out-2' }, from: ['two'] },
  { name: 't3', operator: 'target', config: { topic: 'out-3' }, from: ['three'] },
);
const outputs = (log: MemoryLog): (string | null)[][] =>
  ['out-1', 'out-2', 'out-3'].map((topic) => written(log, topic));

test('a replayed record goes on at the stage that refused it, as that stage saw it; other branches do not see it', async () => {
  const value = record({});
  const { log, task } = await send(planOf(branches), [
    { value, headers: replay({ stage: 'two' }) },
    { value, headers: replay({ stage: 'three', record: record({ seen: 1, at: 1.0 }) }) },
  ]);
  assert.deepEqual(outputs(log), [[], [value], [record({ seen: 1, at: 1.0 })]]);
  assert.deepEqual(
    [task.counters().s, task.counters().set?.input],
    [{ input: 2, output: 2, errors: {}, dropped: {} }, 0],
  );
});

test('a record that is refused again is a dead letter of that stage alone', async () => {
  const { log } = await send(planOf(branches), [
    {
      value: record({ value: 'bad' }),
      headers: [...replay({ stage: 'one' }), { key: Buffer.from('own'), value: null }],
    },
  ]);
  assert.deepEqual(outputs(log), [[], [], []]);
  const letters = log.messages.filter(({ topic }) => topic === 'dead').map(headersOfMessage);
  assert.deepEqual(
    letters.map((headers) => [headers['penstock.stage'], headers[ReplayHeader.id], 'own' in headers]),
    [['one', undefined, true]],
  );
});

test('a replay from the source is like any message; that of another pipeline is left alone', async () => {
  const value = record({});
  const { log, task } = await send(planOf(branches), [
    { value, headers: [{ key: Buffer.from(ReplayHeader.id), value: Buffer.from('0-1') }] },
    { value, headers: replay({ pipelineId: 'p2', stage: 'one' }) },
    { value, headers: [{ key: Buffer.from('penstock.other'), value: null }] },
  ]);
  assert.deepEqual(
    outputs(log).map((values) => values.length),
    [2, 2, 2],
  );
  assert.deepEqual(task.counters().s?.dropped, { 'replay-of-another-pipeline': 1 });
});

test('a message that never was a record begins at the source, a stage that is gone is told', async () => {
  const { log, task } = await send(planOf(branches), [
    { value: record({}), headers: replay({ stage: 's' }) },
    { value: record({}), headers: replay({ stage: 'gone' }) },
    { value: '{"broken', headers: replay({ stage: 'one' }) },
  ]);
  assert.deepEqual(
    outputs(log).map((values) => values.length),
    [1, 1, 1],
  );
  assert.deepEqual(task.counters().s?.errors, { REPLAY_STAGE_UNKNOWN: 1, RECORD_NOT_JSON: 1 });
});

test('a replay finds its stage behind cuts', async () => {
  const document = documentOf(
    { name: 's', operator: 'source' },
    { name: 'c', operator: 'count', from: ['s'] },
    { name: 'z', operator: 'set', config: { field: 'assetId', to: 'other' }, from: ['c'] },
    { name: 'd', operator: 'count', from: ['z'] },
    { name: 'y', operator: 'strict', config: {}, from: ['d'] },
    { name: 't', operator: 'target', from: ['y'] },
  );
  const plan = planOf(document);
  const value = record({});
  const seen = record({ assetId: 'other', value: 5 });
  let messages = [{ value, headers: replay({ stage: 'y', record: seen }) }];
  for (const part of [0, 1]) {
    const { log, task } = await send(plan, messages, part);
    assert.equal(task.counters().c?.input ?? 0, 0);
    messages = log.messages
      .filter(({ topic, value }) => topic === testTopics.cuts[part] && value !== null)
      .map((message) => ({ value: message.value?.toString() ?? '', headers: [...message.headers] }));
    assert.equal(messages.length, 1);
  }
  const last = await send(plan, messages, 2);
  assert.deepEqual(written(last.log, 'output'), [seen]);
  assert.equal(last.task.counters().d?.input, 0);
});
