import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError, type JsonObject, type JsonValue, type TaskTopics } from '@penstock/model';
import fc from 'fast-check';
import { compilePlan } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { ChangelogEntry, SourceBatch } from '../ports.ts';
import { batchOfMessages, MemoryLog, type MemoryMessage } from '../preview/memory-log.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf, facts, testRegistry } from '../testing/operators.ts';
import type { RecordObserver } from './stage-node.ts';
import { Task } from './task.ts';

const topics: TaskTopics = { deadLetters: 'dead', state: 'state', cuts: ['cut-0', 'cut-1'] };
const planOf = (document: JsonValue, sourcePartitions?: number): Plan => {
  const { plan, issues } = compilePlan(document, {
    registry: testRegistry,
    facts,
    ...(sourcePartitions === undefined ? {} : { sourcePartitions }),
  });
  assert.ok(plan !== undefined, JSON.stringify(issues));
  return plan;
};
const openTask = async (
  plan: Plan,
  part = 0,
  headersOf = (_batch: SourceBatch, _index: number): MemoryMessage['headers'] => [],
): Promise<{ task: Task; log: MemoryLog }> => {
  const log = new MemoryLog();
  const planPart = plan.parts[part];
  assert.ok(planPart !== undefined);
  const task = await Task.open({
    plan,
    part: planPart,
    partition: 0,
    runId: 'r1',
    topics,
    log,
    clock: { now: () => 1000 },
    headersOf,
  });
  return { task, log };
};
const record = (fields: JsonObject): string => JSON.stringify({ assetId: 'a', pointId: 'p', value: 1, ...fields });
const written = (log: MemoryLog, topic: string): (string | null)[] =>
  log.messages.filter((message) => message.topic === topic).map(({ value }) => value?.toString() ?? null);
const headersOfMessage = (message: MemoryMessage | undefined): Record<string, string | undefined> =>
  Object.fromEntries((message?.headers ?? []).map(({ key, value }) => [key.toString(), value?.toString()]));

const straight = (config: Record<string, JsonValue>, operator = 'strict'): JsonValue =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'x', operator, config, from: ['s'] },
    { name: 't', operator: 'target', from: ['x'] },
  );

describe('a task', () => {
  test('writes a record that no stage touched with its original bytes', async () => {
    const { task, log } = await openTask(planOf(straight({})));
    const odd = '{ "assetId":"a",\n"pointId":"p","value":1.50,"big":123456789012345678901234567890,"name":"风" }';
    await task.process(batchOf([odd, record({})]), 0, 2);
    assert.deepEqual(written(log, 'output'), [odd, record({})]);
  });

  test('keeps order and counts every record once', async () => {
    const { task, log } = await openTask(planOf(straight({ how: 'drop' })));
    await task.process(
      batchOf([record({ n: 1 }), record({ n: 2, value: 'x' }), '{"broken', null, record({ n: 3 })]),
      0,
      5,
    );
    assert.deepEqual(written(log, 'output'), [record({ n: 1 }), record({ n: 3 })]);
    assert.deepEqual(task.counters(), {
      s: { input: 5, output: 3, errors: { RECORD_NOT_JSON: 1, RECORD_VALUE_NULL: 1 }, dropped: {} },
      x: { input: 3, output: 2, errors: {}, dropped: { 'not-a-number': 1 } },
      t: { input: 2, output: 2, errors: {}, dropped: {} },
    });
  });

  test('stages behind an asynchronous one run too, in order', async () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'l', operator: 'later', from: ['s'] },
      { name: 'x', operator: 'set', config: { field: 'value', to: 7 }, from: ['l'] },
      { name: 't', operator: 'target', from: ['x'] },
    );
    const { task, log } = await openTask(planOf(document));
    await task.process(batchOf([record({ n: 1 }), record({ n: 2 })]), 0, 2);
    assert.deepEqual(
      written(log, 'output').map((text) => JSON.parse(text ?? '')),
      [
        { assetId: 'a', pointId: 'p', value: 7, n: 1 },
        { assetId: 'a', pointId: 'p', value: 7, n: 2 },
      ],
    );
  });

  test('a record that goes two ways is changed on one way only', async () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'x', operator: 'set', config: { field: 'value', to: { deep: [1] } }, from: ['s'] },
      { name: 't', operator: 'target', config: { topic: 'changed' }, from: ['x'] },
      { name: 'u', operator: 'target', config: { topic: 'plain' }, from: ['s'] },
    );
    const { task, log } = await openTask(planOf(document));
    await task.process(batchOf([record({})]), 0, 1);
    assert.deepEqual(written(log, 'plain'), [record({})]);
    assert.deepEqual(written(log, 'changed'), [record({ value: { deep: [1] } })]);
  });
});

describe('records that go wrong', () => {
  const bad = record({ value: 'bad' });

  test('become dead letters with their original bytes and the reason', async () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'x', operator: 'set', config: { field: 'extra', to: true }, from: ['s'] },
      { name: 'y', operator: 'strict', from: ['x'] },
      { name: 't', operator: 'target', from: ['y'] },
    );
    const headers = [{ key: Buffer.from('trace'), value: Buffer.from('1') }];
    const { task, log } = await openTask(planOf(document), 0, () => headers);
    await task.process(batchOf([record({}), bad], { partition: 3, firstOffset: 40 }), 0, 2);
    const [letter] = log.messages.filter(({ topic }) => topic === 'dead');
    assert.equal(letter?.value?.toString(), bad);
    assert.deepEqual(headersOfMessage(letter), {
      trace: '1',
      'penstock.pipelineId': 'p1',
      'penstock.runId': 'r1',
      'penstock.stage': 'y',
      'penstock.code': 'VALUE_NOT_NUMERIC',
      'penstock.message': '"bad" is not a number',
      'penstock.topic': 'input',
      'penstock.partition': '3',
      'penstock.offset': '41',
      'penstock.timestamp': '0',
      'penstock.at': '1000',
      'penstock.record': record({ value: 'bad', extra: true }),
    });
  });

  test('what a stage throws is an error of that record alone', async () => {
    const { task, log } = await openTask(planOf(straight({ how: 'throw' })));
    await task.process(batchOf([bad, record({ n: 2 })]), 0, 2);
    assert.deepEqual(written(log, 'output'), [record({ n: 2 })]);
    assert.equal(headersOfMessage(log.messages.find(({ topic }) => topic === 'dead'))['penstock.code'], 'STAGE_FAILED');
  });

  test('are dropped and counted where the stage discards errors', async () => {
    const { task, log } = await openTask(planOf(straight({ stageOnRecordError: 'DISCARD' })));
    await task.process(batchOf([bad]), 0, 1);
    assert.deepEqual(log.messages, []);
    assert.deepEqual(task.counters().x?.dropped, { 'discard:VALUE_NOT_NUMERIC': 1 });
  });

  test('stop the pipeline where the stage says so, for good', async () => {
    for (const how of ['error', 'throw']) {
      const { task } = await openTask(planOf(straight({ how, stageOnRecordError: 'STOP_PIPELINE' })));
      await assert.rejects(
        async () => task.process(batchOf([bad]), 0, 1),
        (error) =>
          error instanceof AppError &&
          error.code === 'STAGE_STOPPED_PIPELINE' &&
          !error.retryable &&
          error.params.stage === 'x',
      );
    }
  });

  test('a value larger than the source accepts is a dead letter, a tombstone too', async () => {
    const { task, log } = await openTask(planOf(straight({})));
    const large = record({ text: 'x'.repeat(1000) });
    await task.process(batchOf([large, null]), 0, 2);
    assert.deepEqual(written(log, 'dead'), [large, null]);
  });

  test('required fields and preconditions filter without errors; a precondition that fails to evaluate is an error', async () => {
    const { task, log } = await openTask(
      planOf(
        straight({
          stageRequiredFields: ['/value'],
          stageRecordPreconditions: ["${record:value('/value') > 0}"],
          qualityFilter: 'GOOD_QUALITY',
        }),
      ),
    );
    const texts = [
      '{"assetId":"a"}',
      record({ value: -1 }),
      record({ quality: 3 }),
      record({ value: 'abc' }),
      record({ quality: 0 }),
    ];
    await task.process(batchOf(texts), 0, texts.length);
    assert.deepEqual(written(log, 'output'), [texts[4]]);
    assert.deepEqual(task.counters().x, {
      input: 5,
      output: 1,
      errors: { EXPRESSION_FAILED: 1 },
      dropped: { 'required-field': 1, precondition: 1, 'quality-filter': 1 },
    });
  });
});

describe('a leading selection', () => {
  const document = (config: Record<string, JsonValue> = {}): JsonValue =>
    straight({ points: ['p'], ...config }, 'select');

  test('gives the same output, dead letters and counters as the stage alone', async () => {
    const message = fc.oneof(
      fc
        .record({
          assetId: fc.constant('a'),
          pointId: fc.constantFrom('p', 'q', 'pp', '', 1, null),
          value: fc.integer(),
        })
        .map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '{"pointId":"p"',
        '{"pointId":"q"',
        '{ "pointId": "p" }',
        '{"pointId":"q","pointId":"p"}',
        '{"pointId":"\\u0070"}',
        '{"a":{"pointId":"p"}}',
        '[]',
        '{}',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (texts) => {
        const filtered = await openTask(planOf(document()));
        // A gate that lets everything pass keeps the engine from filtering early.
        const full = await openTask(planOf(document({ stageRecordPreconditions: ['${true}'] })));
        for (const { task } of [filtered, full]) await task.process(batchOf(texts), 0, texts.length);
        assert.deepEqual(filtered.log.messages, full.log.messages);
        assert.deepEqual(filtered.task.counters(), full.task.counters());
      }),
    );
  });
});

describe('an observer', () => {
  const watcher = (seen: string[]): RecordObserver => ({
    onRead: (_source, record) => seen.push(`read ${record.toJson()}`),
    onInput: (stage, record) => seen.push(`${stage} in ${record.toJson()}`),
    onOutput: (stage, record) => seen.push(`${stage} out ${record.toJson()}`),
    onDrop: (stage, record, reason) => seen.push(`${stage} drop ${reason} ${record.toJson()}`),
    onError: (stage, record, { code }) => seen.push(`${stage} error ${code} ${record.toJson()}`),
    onMalformed: (stage, text, { code }) => seen.push(`${stage} malformed ${code} ${text}`),
  });

  test('comes and goes while the task runs, sees every stage, and changes nothing', async () => {
    const observed = await openTask(planOf(straight({ how: 'drop' })));
    const alone = await openTask(planOf(straight({ how: 'drop' })));
    const batch = [record({ n: 1 }), record({ n: 2 }), record({ n: 3, value: 'x' }), '{"broken', record({ n: 4 })];
    const seen: string[] = [];
    for (const { task } of [observed, alone]) await task.process(batchOf(batch), 0, 1);
    observed.task.observe(watcher(seen));
    for (const { task } of [observed, alone]) await task.process(batchOf(batch), 1, 4);
    observed.task.observe(undefined);
    for (const { task } of [observed, alone]) await task.process(batchOf(batch), 4, 5);
    const [good, bad] = [record({ n: 2 }), record({ n: 3, value: 'x' })];
    assert.deepEqual(seen, [
      's malformed RECORD_NOT_JSON {"broken',
      `read ${good}`,
      `read ${bad}`,
      `x in ${good}`,
      `x in ${bad}`,
      `x out ${good}`,
      `x drop not-a-number ${bad}`,
      `t in ${good}`,
      `t out ${good}`,
    ]);
    assert.deepEqual(observed.log.messages, alone.log.messages);
    assert.deepEqual(observed.task.counters(), alone.task.counters());
  });

  test('does not see what an early selection drops, which goes on while it looks', async () => {
    const { task } = await openTask(planOf(straight({ points: ['p'] }, 'select')));
    const seen: string[] = [];
    task.observe(watcher(seen));
    await task.process(batchOf([record({ pointId: 'q' }), record({})]), 0, 2);
    assert.deepEqual(
      seen.map((line) => line.split(' {')[0]),
      ['read', 'x in', 'x out', 't in', 't out'],
    );
    assert.deepEqual(task.counters().x, { input: 2, output: 1, errors: {}, dropped: { 'not-selected': 1 } });
  });
});

describe('state', () => {
  const counting = documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'c', operator: 'count', from: ['s'] },
    { name: 't', operator: 'target', from: ['c'] },
  );
  const entriesOf = (log: MemoryLog): ChangelogEntry[] =>
    log.messages
      .filter(({ topic }) => topic === 'state')
      .map(({ key, value }) => ({ key: key ?? '', value: value?.toString() ?? null }));

  test('a commit holds the entries that changed since the last one, each once', async () => {
    const { task, log } = await openTask(planOf(counting));
    await task.process(batchOf([record({}), record({}), record({ pointId: 'q' })]), 0, 3);
    await task.commit({ topic: 'input', partition: 0, offset: 3 });
    assert.deepEqual(entriesOf(log), [
      { key: '["c","a","p"]', value: '2' },
      { key: '["c","a","q"]', value: '1' },
    ]);
    log.messages.length = 0;
    await task.process(batchOf([record({})]), 0, 1);
    await task.commit({ topic: 'input', partition: 0, offset: 4 });
    assert.deepEqual(entriesOf(log), [{ key: '["c","a","p"]', value: '3' }]);
  });

  test('a task made anew at any commit goes on exactly where it was', async () => {
    const keys = fc.array(fc.record({ assetId: fc.constantFrom('a', 'b'), pointId: fc.constantFrom('p', 'q') }), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(keys, fc.nat(30), async (records, cut) => {
        const batch = batchOf(records.map((fields) => record(fields)));
        const whole = await openTask(planOf(counting));
        await whole.task.process(batch, 0, batch.count);
        const at = Math.min(cut, batch.count);
        const first = await openTask(planOf(counting));
        await first.task.process(batch, 0, at);
        await first.task.commit(undefined);
        const second = await openTask(planOf(counting));
        for (const entry of entriesOf(first.log)) second.task.restore(entry);
        await second.task.process(batch, at, batch.count);
        assert.deepEqual(
          [...written(first.log, 'output'), ...written(second.log, 'output')],
          written(whole.log, 'output'),
        );
      }),
    );
  });

  test('entries of other stages are left alone, unreadable ones are reported', async () => {
    const { task } = await openTask(planOf(counting));
    task.restore({ key: '["gone","a","p"]', value: '1' });
    assert.equal(task.stateEntries, 0);
    for (const [key, value] of [
      ['["c","a","p"]', '{'],
      ['not ours', '1'],
    ] as const)
      assert.throws(() => task.restore({ key, value }), { code: 'STATE_ENTRY_UNREADABLE' });
  });
});

describe('behind a cut', () => {
  const document = documentOf(
    { name: 's', operator: 'source' },
    { name: 'x', operator: 'set', config: { field: 'extra', to: 1 }, from: ['s'] },
    { name: 'c', operator: 'count', from: ['x'] },
    { name: 'y', operator: 'strict', config: {}, from: ['c'] },
    { name: 'z', operator: 'set', config: { field: 'assetId', to: 'other' }, from: ['y'] },
    { name: 'd', operator: 'count', from: ['z'] },
    { name: 't', operator: 'target', from: ['d'] },
  );
  const through = async (log: MemoryLog, plan: Plan, part: number): Promise<{ task: Task; log: MemoryLog }> => {
    const messages = log.messages.filter(({ topic }) => topic === topics.cuts[part - 1]);
    const next = await openTask(plan, part, (_batch, index) => messages[index]?.headers ?? []);
    await next.task.process(batchOfMessages(topics.cuts[part - 1] ?? '', messages), 0, messages.length);
    return next;
  };

  test('records go on with what they were, and a failure still has the message as it was first read', async () => {
    const plan = planOf(document);
    const first = await openTask(plan, 0, () => [{ key: Buffer.from('trace'), value: Buffer.from('1') }]);
    const noKey = '{"assetId":"a","value":1}';
    await first.task.process(batchOf([record({}), noKey], { partition: 2, firstOffset: 7 }), 0, 2);
    const second = await through(first.log, plan, 1);
    const [letter] = second.log.messages.filter(({ topic }) => topic === 'dead');
    const headers = headersOfMessage(letter);
    assert.equal(letter?.value?.toString(), noKey);
    assert.deepEqual(
      [
        headers.trace,
        headers['penstock.topic'],
        headers['penstock.partition'],
        headers['penstock.offset'],
        headers['penstock.code'],
      ],
      ['1', 'input', '2', '8', 'KEY_MISSING'],
    );
    const third = await through(second.log, plan, 2);
    assert.deepEqual(written(third.log, 'output'), [record({ assetId: 'other', extra: 1 })]);
  });

  test('a message cannot claim another origin by a header of its own', async () => {
    const plan = planOf(document);
    const forged = [{ key: Buffer.from('penstock.origin'), value: Buffer.from('["secret",0,0,0,null]') }];
    const { task, log } = await openTask(plan, 0, () => forged);
    await task.process(batchOf(['{"broken']), 0, 1);
    assert.equal(headersOfMessage(log.messages.find(({ topic }) => topic === 'dead'))['penstock.topic'], 'input');
  });
});
