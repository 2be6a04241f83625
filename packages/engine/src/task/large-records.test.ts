import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchOfMessages, MemoryLog } from '../preview/memory-log.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, testTopics, written } from '../testing/tasks.ts';
import { appendInPieces, joinPieces, PieceHeader } from './message-pieces.ts';

const bytes = fc.uint8Array({ maxLength: 400 }).map((value) => Buffer.from(value));

test('what is cut into pieces is put together again, byte for byte, and no piece is larger than the topic takes', () => {
  const plain = { noNullPrototype: true };
  const header = fc.record({ key: bytes, value: fc.option(bytes) }, plain);
  const message = fc.record(
    { key: fc.option(bytes), value: fc.option(bytes), headers: fc.array(header, { maxLength: 3 }) },
    plain,
  );
  fc.assert(
    fc.property(
      message,
      fc.option(fc.string({ maxLength: 300 })),
      fc.integer({ min: 600, max: 900 }),
      (original, text, limit) => {
        const log = new MemoryLog(limit);
        const record = text === null ? null : Buffer.from(text);
        const place = { topic: 't', partition: 0, offset: 0, timestamp: 0 };
        appendInPieces(log.appender('dead'), 0, { ...place, ...original }, { facts: [], record, at: 0 });
        const [head, ...pieces] = log.messages;
        const facts = headersOfMessage(head);
        assert.equal(pieces.length, Number(facts[PieceHeader.pieces]));
        const joined = joinPieces(
          JSON.parse(facts[PieceHeader.layout] ?? ''),
          pieces.map(({ value }) => value ?? Buffer.alloc(0)),
        );
        assert.deepEqual(joined, { ...original, record: record?.toString() });
      },
    ),
  );
});

const large = (fields: object): string => record({ text: 'x'.repeat(700), ...fields });

test('a dead letter larger than its topic takes is written in pieces, never the end of the run', async () => {
  const document = documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'x', operator: 'strict', from: ['s'] },
    { name: 't', operator: 'target', from: ['x'] },
  );
  const log = new MemoryLog(900);
  const { task } = await openTask(planOf(document), { log });
  const bad = large({ value: 'bad' });
  await task.process(batchOf([bad, record({})]), 0, 2);
  const letters = log.messages.filter(({ topic }) => topic === 'dead');
  const [head, ...pieces] = letters.map(headersOfMessage);
  assert.deepEqual([head?.['penstock.code'], head?.[PieceHeader.pieces]], ['VALUE_NOT_NUMERIC', String(pieces.length)]);
  assert.equal(Buffer.concat(letters.slice(1).map(({ value }) => value ?? Buffer.alloc(0))).toString(), bad);
  assert.deepEqual(written(log, 'output'), [record({})]);
});

const cut = documentOf(
  { name: 's', operator: 'source' },
  { name: 'x', operator: 'set', config: { field: 'extra', to: 'y'.repeat(200) }, from: ['s'] },
  { name: 'c', operator: 'count', from: ['x'] },
  { name: 'y', operator: 'strict', from: ['c'] },
  { name: 't', operator: 'target', from: ['y'] },
);

test('an original too large to go through a cut stays where it was read; the dead letter behind it refers to it', async () => {
  const plan = planOf(cut);
  const log = new MemoryLog(1300);
  const { task } = await openTask(plan, { log });
  await task.process(batchOf([large({ pointId: 7 })], { partition: 3, firstOffset: 40 }), 0, 1);
  const messages = log.messages.filter(({ topic, value }) => topic === testTopics.cuts[0] && value !== null);
  assert.equal(messages.length, 1);
  const behind = await openTask(plan, { partIndex: 1, headersOf: () => messages[0]?.headers ?? [] });
  await behind.task.process(batchOfMessages('cut-0', messages), 0, 1);
  const [letter] = behind.log.messages;
  const facts = headersOfMessage(letter);
  assert.deepEqual(
    [letter?.value, facts['penstock.reference'], facts['penstock.offset'], facts['penstock.code']],
    [null, '1', '40', 'KEY_MISSING'],
  );
  assert.equal(facts['penstock.record'], large({ pointId: 7, extra: 'y'.repeat(200) }));
});

test('a record too large for a cut is an error of the stage behind it, under its On Record Error', async () => {
  const { task, log } = await openTask(planOf(cut), { log: new MemoryLog(600) });
  assert.equal(log.messages.length, 0);
  const own = new MemoryLog(600);
  const opened = await openTask(planOf(cut), { log: own });
  await opened.task.process(batchOf([large({}), record({})]), 0, 2);
  assert.deepEqual(opened.task.counters().c, {
    input: 0,
    output: 0,
    errors: { KAFKA_RECORD_TOO_LARGE: 1 },
    dropped: {},
  });
  assert.equal(own.messages.filter(({ topic, value }) => topic === testTopics.cuts[0] && value !== null).length, 1);
  assert.equal(
    headersOfMessage(own.messages.find(({ topic }) => topic === testTopics.deadLetters))['penstock.stage'],
    'c',
  );
  await task.close();
});
