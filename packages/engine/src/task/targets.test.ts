import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import { defineTarget, type Target, type TargetPort } from '../operator/index.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import { runPreview } from '../preview/run-preview.ts';
import { batchOf } from '../record/testing.ts';
import { targetUnreachable } from '../targets/target-failure.ts';
import { documentOf, facts } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, registryWith } from '../testing/tasks.ts';

/** A destination that behaves as a test wants it to. */
const destination = (create: () => Target, port: Partial<TargetPort> = {}) =>
  defineTarget({
    id: 'odd',
    stageName: 'odd',
    library: 'test',
    version: 1,
    label: 'odd',
    instancePrefix: 'odd',
    libraries: [],
    category: 'target',
    keywords: [],
    summary: 'odd',
    description: 'odd',
    config: Type.Object({}),
    target: (): TargetPort => ({ promise: 'idempotent', topics: [], open: create, ...port }),
  });
const documentWith = (config: Record<string, JsonValue> = {}): JsonValue =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
    { name: 't', operator: 'odd', config, from: ['s'] },
  );
const opened = (create: () => Target, config: Record<string, JsonValue> = {}) =>
  openTask(planOf(documentWith(config), registryWith(destination(create))));
const values = [1, 2, 3].map((n) => record({ n }));
const at = (offset: number) => ({ topic: 'input', partition: 0, offset });

describe('a target', () => {
  test('is told where the task begins, gets its records, and is flushed before the commit with the position', async () => {
    const seen: unknown[] = [];
    const { task, log } = await opened(() => ({
      begin: ({ offset }) => void seen.push(['begin', offset]),
      writeBatch: async (records, out) => {
        await Promise.resolve();
        seen.push(['write', records.map(({ index }) => index)]);
        for (const one of records) out.emit(one);
      },
      flush: (position) => void seen.push(['flush', position?.offset]),
      close: () => void seen.push(['close']),
    }));
    log.commit = async () => void seen.push(['commit']);
    await task.begin(at(7));
    await task.process(batchOf(values), 0, 3);
    await task.commit(at(10));
    await task.close();
    assert.deepEqual(seen, [['begin', 7], ['write', [0, 1, 2]], ['flush', 10], ['commit'], ['close']]);
    assert.deepEqual(task.counters().t, { input: 3, output: 3, errors: {}, dropped: {} });
  });

  test('that learns of a refusal only when it is flushed makes an error of the record, with its bytes', async () => {
    const { task, log } = await opened(() => {
      const held: Parameters<NonNullable<Target['write']>>[0][] = [];
      return {
        write: (one) => void held.push(one),
        flush: (_position, out) => {
          for (const [index, one] of held.splice(0).entries())
            if (index === 1) out.error(one, 'ROW_REFUSED', 'no');
            else out.emit(one);
        },
      };
    });
    await task.process(batchOf(values), 0, 3);
    assert.equal(log.messages.length, 0);
    await task.commit(at(3));
    assert.deepEqual(
      log.messages.map((message) => [
        message.topic,
        message.value?.toString(),
        headersOfMessage(message)['penstock.code'],
      ]),
      [['dead', values[1], 'ROW_REFUSED']],
    );
    assert.deepEqual(task.counters().t, { input: 3, output: 2, errors: { ROW_REFUSED: 1 }, dropped: {} });
  });

  test('does On Record Error what every stage does', async () => {
    const refusing = (): Target => ({ write: (one, out) => out.error(one, 'ROW_REFUSED', 'no') });
    const { task, log } = await opened(refusing, { stageOnRecordError: 'DISCARD' });
    await task.process(batchOf(values), 0, 3);
    assert.deepEqual(task.counters().t?.dropped, { 'discard:ROW_REFUSED': 3 });
    assert.equal(log.messages.length, 0);
    const stopping = await opened(refusing, { stageOnRecordError: 'STOP_PIPELINE' });
    assert.throws(() => stopping.task.process(batchOf(values), 0, 1), { code: 'STAGE_STOPPED_PIPELINE' });
  });

  for (const isFinished of [false, true])
    test(`that is away ends the attempt of the task, and no record (${isFinished ? 'all' : 'none'} taken)`, async () => {
      const { task, log } = await opened(() => ({
        async writeBatch(records, out) {
          if (isFinished) for (const one of records) out.emit(one);
          throw targetUnreachable('t', 'connection refused');
        },
      }));
      await assert.rejects(async () => task.process(batchOf(values), 0, 3), {
        code: 'TARGET_UNREACHABLE',
        retryable: true,
      });
      assert.equal(log.messages.length, 0);
      assert.deepEqual(task.counters().t?.errors, {});
    });

  test('that reaches outside is not opened by a preview', async () => {
    const outside = destination(() => assert.fail('it was opened'), { isOutside: true });
    const plan = planOf(documentWith(), registryWith(outside));
    const previews = await runPreview({
      plan,
      values: [{ value: Buffer.from(values[0] as string), timestamp: 0 }],
      clock: { now: () => 0 },
    });
    assert.equal(previews.find(({ instanceName }) => instanceName === 't')?.output.length, 1);
  });

  test('that promises less than the pipeline is to give is warned of', () => {
    const codesOf = (promise: TargetPort['promise']) =>
      compilePlan(documentWith(), {
        registry: registryWith(destination(() => ({}), { promise })),
        facts,
      }).issues.map(({ code, severity, path }) => [code, severity, path]);
    assert.deepEqual(codesOf('at-least-once'), [['TARGET_PROMISE_WEAKER', 'warning', '/stages/1']]);
    assert.deepEqual(codesOf('idempotent'), []);
  });
});

describe('a target that outlived the last commit of its task', () => {
  /** One that writes at once, as if a database had committed before Kafka. */
  const ahead = (until: number | undefined) => {
    const seen: string[] = [];
    const nOf = (one: { get(name: string): JsonValue | undefined }) => String(one.get('n'));
    const target: Target = {
      begin: async () => until,
      write: (one, out) => {
        seen.push(`write ${nOf(one)}`);
        out.emit(one);
      },
      again: (one, out) => {
        seen.push(`again ${nOf(one)}`);
        if (nOf(one) === '1') out.error(one, 'ROW_REFUSED', 'as before');
        else out.emit(one);
      },
      committed: (position) => void seen.push(`committed ${position?.offset}`),
    };
    return { seen, target };
  };

  test('is given what it has once more, to the offset; then the rest', async () => {
    const { seen, target } = ahead(2);
    const { task, log } = await opened(() => target);
    await task.begin(at(0));
    await task.process(batchOf(values), 0, 3);
    await task.commit(at(3));
    assert.deepEqual(seen, ['again 1', 'again 2', 'write 3', 'committed 3']);
    assert.equal(log.messages.filter(({ topic }) => topic === 'dead').length, 1, 'a refusal is told once more');
    assert.deepEqual(task.counters().t, { input: 3, output: 2, errors: { ROW_REFUSED: 1 }, dropped: {} });
  });

  test('writes everything where it is not ahead, or was asked to begin anew', async () => {
    for (const until of [undefined, 0, -1]) {
      const { seen, target } = ahead(until);
      const { task } = await opened(() => target);
      await task.begin(at(0));
      await task.process(batchOf(values), 0, 3);
      assert.deepEqual(seen, ['write 1', 'write 2', 'write 3'], String(until));
    }
  });

  test('has its say beside others, each for itself', async () => {
    const [first, second] = [ahead(2), ahead(undefined)];
    const targets = [first.target, second.target];
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 't', operator: 'odd', from: ['s'] },
      { name: 'u', operator: 'odd', from: ['s'] },
    );
    const registry = registryWith(destination(() => targets.shift() as Target));
    const { task } = await openTask(planOf(document, registry));
    await task.begin(at(0));
    await task.process(batchOf(values), 0, 3);
    assert.deepEqual(first.seen, ['again 1', 'again 2', 'write 3']);
    assert.deepEqual(second.seen, ['write 1', 'write 2', 'write 3']);
  });

  test('says when it holds enough', async () => {
    let isFull = false;
    const { task } = await opened(() => ({
      get isFull() {
        return isFull;
      },
      write: (one, out) => out.emit(one),
    }));
    assert.equal(task.isFull, false);
    isFull = true;
    assert.equal(task.isFull, true);
  });
});
