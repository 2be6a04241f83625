import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import { defineProcessor, type Processor, type ScheduleDefinition } from '../operator/index.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';

/** An operator that behaves as a test wants it to. */
const operator = (id: string, create: () => Processor) =>
  defineProcessor({
    id,
    stageName: id,
    library: 'test',
    version: 1,
    label: id,
    instancePrefix: id,
    libraries: [],
    category: 'state',
    keywords: [],
    summary: id,
    description: id,
    config: Type.Object({}),
    changes: () => [],
    create,
  });

const documentWith = (name: string, config: Record<string, JsonValue> = {}): JsonValue =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'x', operator: name, config, from: ['s'] },
    { name: 't', operator: 'target', from: ['x'] },
  );
const opened = (
  create: () => Processor,
  config: Record<string, JsonValue> = {},
  logs: string[] = [],
  schedules: readonly ScheduleDefinition[] = [],
) => {
  const registry = registryWith({ ...operator('odd', create), schedules });
  return openTask(planOf(documentWith('odd', config), registry), {
    onLog: (level, stage, message) => logs.push(`${level} ${stage}: ${message}`),
  });
};
const texts = [1, 2, 3, 4].map((n) => record({ n }));
const stages = (letters: readonly { topic: string; headers: never[] | readonly unknown[] }[]): (string | undefined)[] =>
  letters
    .filter(({ topic }) => topic === 'dead')
    .map((letter) => headersOfMessage(letter as Parameters<typeof headersOfMessage>[0])['penstock.stage']);

describe('what an operator throws for many records at once', () => {
  for (const isAsync of [false, true])
    test(`is an error of those it had not finished (${isAsync ? 'asynchronous' : 'synchronous'})`, async () => {
      const { task, log } = await opened(() => ({
        processBatch(records, out) {
          const [first, second, third] = records;
          if (first === undefined || second === undefined || third === undefined) return;
          out.emit(first.derive({ assetId: 'a', from: 1 }));
          out.drop(second, 'unwanted');
          out.error(third, 'BAD', 'told');
          const failed = new Error('broke');
          if (isAsync) return Promise.resolve().then(() => Promise.reject(failed));
          throw failed;
        },
      }));
      await task.process(batchOf(texts), 0, 4);
      assert.deepEqual(written(log, 'output'), ['{"assetId":"a","from":1}']);
      assert.deepEqual(written(log, 'dead'), [texts[2], texts[3]]);
      assert.deepEqual(stages(log.messages), ['x', 'x']);
      assert.deepEqual(task.counters().x, {
        input: 4,
        output: 1,
        errors: { BAD: 1, STAGE_FAILED: 1 },
        dropped: { unwanted: 1 },
      });
    });

  test('ends the call: what is emitted afterwards is not counted twice', async () => {
    const late = Promise.withResolvers<void>();
    const { task, log } = await opened(() => ({
      async processBatch(records, out) {
        late.promise.then(() => {
          for (const one of records) out.emit(one);
        });
        throw new Error('broke');
      },
    }));
    await task.process(batchOf(texts), 0, 4);
    late.resolve();
    await late.promise;
    await task.process(batchOf([]), 0, 0);
    assert.deepEqual([written(log, 'output').length, written(log, 'dead').length], [0, 4]);
  });

  test('stops the pipeline, or is dropped, where the stage says so', async () => {
    const broken = (): Processor => ({
      processBatch: () => Promise.reject(new Error('broke')),
    });
    const stopped = await opened(broken, { stageOnRecordError: 'STOP_PIPELINE' });
    await assert.rejects(async () => stopped.task.process(batchOf(texts), 0, 4), { code: 'STAGE_STOPPED_PIPELINE' });
    const discarding = await opened(broken, { stageOnRecordError: 'DISCARD' });
    await discarding.task.process(batchOf(texts), 0, 4);
    assert.deepEqual(discarding.task.counters().x?.dropped, { 'discard:STAGE_FAILED': 4 });
  });
});

test('a schedule that throws is counted each time and told once a minute; the task goes on', async () => {
  const logs: string[] = [];
  const failing = (): Processor => ({
    process: (one, out) => out.emit(one),
    scheduled: () => {
      throw new Error('no clock');
    },
  });
  const everySecond: ScheduleDefinition = { name: 'second', per: 'task', everyMs: () => 1000, missed: () => 'last' };
  const { task, log } = await opened(failing, {}, logs, [everySecond]);
  await task.opened(0);
  for (const now of [1000, 2000, 62_000]) await task.tick(now);
  await task.process(batchOf(texts), 0, 1);
  assert.deepEqual(task.counters().x?.errors, { STAGE_FAILED: 3 });
  assert.deepEqual(logs, new Array(2).fill('error x: Its schedule failed (STAGE_FAILED): no clock'));
  assert.equal(written(log, 'output').length, 1);
  const stopping = await opened(failing, { stageOnRecordError: 'STOP_PIPELINE' }, [], [everySecond]);
  await stopping.task.opened(0);
  assert.throws(() => stopping.task.tick(1000), { code: 'STAGE_STOPPED_PIPELINE' });
});

describe('stages are closed in reverse order', () => {
  const chain = documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 'one', operator: 'first', from: ['s'] },
    { name: 'two', operator: 'second', from: ['one'] },
    { name: 'three', operator: 'third', from: ['two'] },
    { name: 't', operator: 'target', from: ['three'] },
  );
  const closing = (id: string, closed: string[], fails: boolean) =>
    operator(id, () => ({
      process: (one, out) => out.emit(one),
      close: () => {
        closed.push(id);
        if (fails) throw new Error(`${id} does not close`);
      },
    }));

  test('when a later one fails to open, and its error is the one that is told', async () => {
    const closed: string[] = [];
    const logs: string[] = [];
    const registry = registryWith(
      closing('first', closed, false),
      closing('second', closed, true),
      operator('third', () => {
        throw new Error('no room');
      }),
    );
    await assert.rejects(
      openTask(planOf(chain, registry), { onLog: (_level, stage, message) => logs.push(`${stage}: ${message}`) }),
      { code: 'STAGE_OPEN_FAILED', message: 'Stage "three" could not be started: no room' },
    );
    assert.deepEqual(closed, ['second', 'first']);
    assert.deepEqual(logs, ['two: It could not be closed: second does not close']);
  });

  test('at the end, each of them, whatever the others do', async () => {
    const closed: string[] = [];
    const registry = registryWith(
      closing('first', closed, true),
      closing('second', closed, true),
      closing('third', closed, true),
    );
    const { task } = await openTask(planOf(chain, registry));
    await task.close();
    assert.deepEqual(closed, ['third', 'second', 'first']);
  });
});
