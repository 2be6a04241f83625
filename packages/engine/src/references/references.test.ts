import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import Type from 'typebox';
import { defineProcessor } from '../operator/index.ts';
import { batchOfMessages } from '../preview/memory-log.ts';
import { runPreview } from '../preview/run-preview.ts';
import type { Task } from '../task/task.ts';
import { documentOf } from '../testing/operators.ts';
import { listed, listedByClock, listedSlowly, pointList } from '../testing/references.ts';
import { openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';
import { defineReference } from './reference.ts';
import { References } from './references.ts';

const documentWith = (operator: string): JsonValue =>
  documentOf(
    { name: 'source', operator: 'source' },
    { name: 'stage', operator, from: ['source'] },
    { name: 'target', operator: 'target', from: ['stage'] },
  );
const planWith = (definition: Pick<typeof listed, 'stageName' | 'references'>) =>
  planOf(documentWith(definition.stageName), registryWith(definition));

const points = { name: pointList.name, version: pointList.version };
const snapshot = (list: string, ...listed: string[]) => ({
  revision: list.length,
  data: { list, points: listed },
});

const send = (task: Task, ...values: string[]): void | Promise<void> => {
  const messages = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 0 }));
  return task.process(batchOfMessages('input', messages), 0, messages.length);
};
const lists = (log: Parameters<typeof written>[0]): string[] =>
  written(log, 'output').map((text) => (JSON.parse(text ?? '') as { list: string }).list);

test('a task is not opened before all of its reference data is there', async () => {
  const plan = planWith(listed);
  const references = References.of(plan);
  assert.deepEqual(
    [references.missing, references.wanted],
    [[{ name: 'points', version: 1 }], [{ name: 'points', version: 1 }]],
  );
  await assert.rejects(openTask(plan, { references }), { code: 'REFERENCE_MISSING', retryable: true });
  await assert.rejects(openTask(plan), { code: 'REFERENCE_MISSING' });
  references.put(points, snapshot('one', 'p'));
  assert.deepEqual(references.missing, []);
  const { task, log } = await openTask(plan, { references });
  await send(task, record({ pointId: 'p' }), record({ pointId: 'q' }));
  assert.deepEqual([lists(log), task.counters().stage?.dropped], [['one'], { 'not-listed': 1 }]);
});

test('what is put goes for the next batch, of all tasks of the thread, and is decoded once for them', async () => {
  let decoded = 0;
  const counting = defineReference({
    ...pointList,
    decode: (data: unknown) => {
      decoded += 1;
      return pointList.decode(data);
    },
  });
  const stage = { ...listed, references: [counting], create: redirected(counting) };
  const plan = planWith(stage);
  const references = References.of(plan);
  references.put(points, snapshot('one', 'p'));
  const [first, second] = [await openTask(plan, { references }), await openTask(plan, { references })];
  for (const { task } of [first, second]) await send(task, record({}));
  assert.equal(
    references.put(points, snapshot('three', 'p', 'q')),
    'Reference data "points": revision 5 (2 points) is in use from the next batch on.',
  );
  for (const { task } of [first, second]) await send(task, record({ pointId: 'q' }));
  assert.deepEqual([lists(first.log), lists(second.log), decoded], [['one', 'three'], ['one', 'three'], 2]);
});

test('it is never replaced within a batch, however long that takes and whatever its messages hold', async () => {
  const turns: (() => void)[] = [];
  const slow = listedSlowly(() => new Promise((resolve) => turns.push(resolve)));
  const plan = planWith(slow);
  const references = References.of(plan);
  references.put(points, snapshot('old'));
  const { task, log } = await openTask(plan, { references });
  const pending = send(task, record({}), record({}), record({}));
  references.put(points, snapshot('newest'));
  for (let at = 0; at < 3; at++) {
    turns.shift()?.();
    await Promise.resolve();
  }
  await pending;
  assert.deepEqual(lists(log), ['old', 'old', 'old']);
  const next = send(task, record({}));
  turns.shift()?.();
  await next;
  assert.deepEqual(lists(log), ['old', 'old', 'old', 'newest']);
});

test('a message of more records than are worked off at once is one batch', async () => {
  const plan = planWith(listed);
  const references = References.of(plan);
  references.put(points, snapshot('old', 'p'));
  let pieces = 0;
  const { task, log } = await openTask(plan, {
    references,
    onPiece: async () => {
      pieces += 1;
      references.put(points, snapshot('newest', 'p'));
    },
  });
  await send(task, `[${Array.from({ length: 600 }, () => record({})).join()}]`);
  await send(task, record({}));
  assert.ok(pieces > 0);
  assert.deepEqual(lists(log), [...Array.from({ length: 600 }, () => 'old'), 'newest']);
});

test('what a stage does by the clock goes by the newest as well', async () => {
  const plan = planWith(listedByClock);
  const references = References.of(plan);
  references.put(points, snapshot('one'));
  const { task, log } = await openTask(plan, { references });
  await task.opened(0);
  await task.tick(1000);
  references.put(points, snapshot('three'));
  await task.tick(2000);
  await send(task, record({}));
  assert.deepEqual(lists(log), ['one,three']);
});

test('after a crash a task goes on with the newest, also with records that it had worked off by an older one', async () => {
  const plan = planWith(listed);
  const references = References.of(plan);
  references.put(points, snapshot('one', 'p'));
  const crashed = await openTask(plan, { references });
  await send(crashed.task, record({}));
  await crashed.task.close();
  references.put(points, snapshot('three', 'p'));
  const { task, log } = await openTask(plan, { references });
  await send(task, record({}));
  assert.deepEqual(lists(log), ['three']);
});

test('what cannot be read is told, and stages go on with what they have', async () => {
  const plan = planWith(listed);
  const references = References.of(plan);
  references.put(points, snapshot('one', 'p'));
  const { task, log } = await openTask(plan, { references });
  assert.throws(() => references.put(points, { revision: 2, data: { list: 'bad' } }), {
    code: 'REFERENCE_NOT_VALID',
    message: 'Revision 2 of the reference data "points" cannot be read: "points" is no list',
  });
  await send(task, record({}));
  assert.deepEqual(lists(log), ['one']);
});

test('only what an operator declares is given to its stage', async () => {
  const plan = planWith({ ...listed, references: [] });
  await assert.rejects(openTask(plan), {
    code: 'STAGE_OPEN_FAILED',
    message: /The operator of stage "stage" does not declare the reference data "points"/,
  });
});

test('a preview goes by it, too', async () => {
  const plan = planWith(listed);
  const references = References.of(plan);
  references.put(points, snapshot('one', 'p'));
  const values = [{ value: Buffer.from(record({})), timestamp: 0 }];
  const stages = await runPreview({ plan, values, clock: { now: () => 0 }, references });
  assert.deepEqual(
    stages.find(({ instanceName }) => instanceName === 'stage')?.output.map((one) => (one as { list?: string }).list),
    ['one'],
  );
});

const redirected =
  (to: typeof pointList): typeof listed.create =>
  (config, context) =>
    listed.create(config, { ...context, reference: () => context.reference(to) as never });

test('stages that ask the same share what is brought, and each has what it asked for', async () => {
  const listOf = defineReference<string, { readonly list?: string }>({
    name: 'list',
    version: 1,
    query: ({ list }) => (list === undefined ? undefined : { list }),
    decode: (data) => String(data),
  });
  const named = defineProcessor({
    ...listed,
    id: 'named',
    stageName: 'named',
    config: Type.Object({ list: Type.Optional(Type.String()) }),
    references: [listOf],
    create: (config, context) => {
      const reference = config.list === undefined ? undefined : context.reference(listOf);
      return {
        process(given, out) {
          given.set('list', `${given.get('list') ?? ''}${reference?.current ?? '-'}`);
          out.emit(given);
        },
      };
    },
  });
  const stage = (name: string, from: string, config: JsonObject) => ({ name, operator: 'named', from: [from], config });
  const plan = planOf(
    documentOf(
      { name: 'source', operator: 'source' },
      stage('first', 'source', { list: 'a' }),
      stage('second', 'first', { list: 'b' }),
      stage('third', 'second', { list: 'a' }),
      stage('fourth', 'third', {}),
      { name: 'target', operator: 'target', from: ['fourth'] },
    ),
    registryWith(named),
  );
  const references = References.of(plan);
  const [a, b] = references.wanted;
  assert.deepEqual(references.wanted, [
    { name: 'list', version: 1, query: { list: 'a' } },
    { name: 'list', version: 1, query: { list: 'b' } },
  ]);
  assert.ok(a !== undefined && b !== undefined);
  references.put(a, { revision: 1, data: 'A' });
  await assert.rejects(openTask(plan, { references }), { code: 'REFERENCE_MISSING' });
  references.put(b, { revision: 1, data: 'B' });
  const { task, log } = await openTask(plan, { references });
  await send(task, record({}));
  references.put(a, { revision: 2, data: 'C' });
  await send(task, record({}));
  assert.deepEqual(lists(log), ['ABA-', 'CBC-']);
});
