import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { batchOfMessages, type MemoryLog } from '../preview/memory-log.ts';
import { runPreview } from '../preview/run-preview.ts';
import { batchOf } from '../record/testing.ts';
import { documentOf } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, testTopics, written } from '../testing/tasks.ts';

const straight = (config: Record<string, JsonValue> = {}, source: Record<string, JsonValue> = {}): JsonValue =>
  documentOf(
    { name: 's', operator: 'source', config: { partitionedBy: ['assetId'], ...source } },
    { name: 'x', operator: 'strict', config, from: ['s'] },
    { name: 't', operator: 'target', from: ['x'] },
  );

const letters = (log: MemoryLog) =>
  log.messages
    .filter(({ topic }) => topic === 'dead')
    .map((message) => ({ value: message.value?.toString(), headers: headersOfMessage(message) }));

describe('a message that holds several records', () => {
  const numbered = [0, 1, 2, 3, 4].map((n) => record({ n }));

  test('becomes so many, in order, with their original bytes, whether in an array or one after the other', async () => {
    const [a, b, c, d, e] = numbered;
    const { task, log } = await openTask(planOf(straight()));
    const messages = [a ?? '', ` [ ${b} ,\n${c}]`, `${d}\n${e}\n`];
    await task.process(batchOf(messages), 0, 3);
    assert.deepEqual(written(log, 'output'), numbered);
    assert.deepEqual(task.counters().s, { input: 5, output: 5, errors: {}, dropped: {} });
  });

  test('gives the same as the records one by one, however they are packed', async () => {
    const value = fc.oneof(fc.integer(), fc.constant('bad'), fc.constant('ü{"[')).map((value) => record({ value }));
    const message = fc.tuple(fc.array(value, { minLength: 1, maxLength: 4 }), fc.constantFrom('array', 'sequence'));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 5 }), async (messages) => {
        const packed = messages.map(([values, how]) => (how === 'array' ? `[${values.join(',')}]` : values.join(' ')));
        const plain = messages.flatMap(([values]) => values);
        const run = async (values: readonly string[]) => {
          const { task, log } = await openTask(planOf(straight()));
          await task.process(batchOf(values), 0, values.length);
          return [written(log, 'output'), written(log, 'dead'), task.counters()];
        };
        assert.deepEqual(await run(packed), await run(plain));
      }),
    );
  });

  test('a record of it that goes wrong is a dead letter of its own bytes, which says where in the message it stood', async () => {
    const bad = record({ value: 'ü' });
    const message = `[${numbered[0]}, ${bad}]`;
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'x', operator: 'set', config: { field: 'extra', to: true }, from: ['s'] },
      { name: 'y', operator: 'strict', from: ['x'] },
      { name: 't', operator: 'target', from: ['y'] },
    );
    const headers = [{ key: Buffer.from('trace'), value: Buffer.from('1') }];
    const { task, log } = await openTask(planOf(document), { headersOf: () => headers });
    await task.process(batchOf(['{}', message], { partition: 3, firstOffset: 40 }), 1, 2);
    const [letter] = letters(log);
    assert.equal(letter?.value, bad);
    const { trace, ...facts } = letter.headers;
    assert.equal(trace, '1');
    assert.deepEqual(
      ['topic', 'partition', 'offset', 'place', 'place.start', 'place.length', 'record'].map(
        (name) => facts[`penstock.${name}`],
      ),
      [
        'input',
        '3',
        '41',
        '1',
        String(message.indexOf(bad)),
        String(Buffer.byteLength(bad)),
        record({ value: 'ü', extra: true }),
      ],
    );
  });

  test('what in it is no record does not take the others with it', async () => {
    const [a, b, c] = numbered;
    const long = record({ text: 'x'.repeat(1000) });
    const { task, log } = await openTask(planOf(straight()));
    await task.process(batchOf([`[${a},5,{"a":},[${b}],${b},${long}]`, `${c}{"broken"`]), 0, 2);
    assert.deepEqual(written(log, 'output'), [a, b, c]);
    assert.deepEqual(
      letters(log).map(({ value, headers }) => [value, headers['penstock.code'], headers['penstock.place']]),
      [
        ['5', 'RECORD_NOT_OBJECT', '1'],
        ['{"a":}', 'RECORD_NOT_JSON', '2'],
        [`[${b}]`, 'RECORD_NOT_OBJECT', '3'],
        [long, 'RECORD_TOO_LARGE', '5'],
        ['{"broken"', 'RECORD_NOT_JSON', '1'],
      ],
    );
    assert.match(
      letters(log)[1]?.headers['penstock.message'] ?? '',
      /record 2 of its message \(from 0\), at byte \d+\.$/,
    );
    const { input, output, errors } = task.counters().s ?? {};
    assert.deepEqual(
      [input, output, errors],
      [8, 3, { RECORD_NOT_OBJECT: 2, RECORD_NOT_JSON: 2, RECORD_TOO_LARGE: 1 }],
    );
  });

  test('bytes that are no UTF-8 are an error of the record they stand in', async () => {
    const [a] = numbered;
    const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    for (const message of [
      Buffer.concat([Buffer.from(`[${a},`), broken, Buffer.from(']')]),
      Buffer.concat([broken, Buffer.from(`\n${a}`)]),
    ]) {
      const { task, log } = await openTask(planOf(straight()));
      await task.process(batchOf([message]), 0, 1);
      assert.deepEqual([written(log, 'output'), task.counters().s?.errors], [[a], { RECORD_NOT_UTF8: 1 }]);
    }
  });

  test('where it is broken, what is left is one dead letter', async () => {
    const [a, b] = numbered;
    const { task, log } = await openTask(planOf(straight()));
    await task.process(batchOf([`[${a},]`, `[${b}`, `[${a} ${b}]`]), 0, 3);
    assert.deepEqual(written(log, 'output'), [a, b, a]);
    assert.deepEqual(
      letters(log).map(({ value, headers }) => [value, headers['penstock.offset'], headers['penstock.place']]),
      [
        [',]', '0', '1'],
        ['', '1', '1'],
        [`${b}]`, '2', '1'],
      ],
    );
  });

  test('may be larger than a record may be', async () => {
    const { task, log } = await openTask(planOf(straight({}, { maxRecordBytes: 60 })));
    const messages = [`[${numbered.join(',')}]`, numbered.join(''), record({ text: 'x'.repeat(100) })];
    await task.process(batchOf(messages), 0, 3);
    assert.deepEqual(written(log, 'output'), [...numbered, ...numbered]);
    assert.deepEqual(task.counters().s?.errors, { RECORD_TOO_LARGE: 1 });
  });

  test('an empty array is dropped, and counted', async () => {
    const { task, log } = await openTask(planOf(straight()));
    await task.process(batchOf(['[]', ' [\n] ', record({})]), 0, 3);
    assert.deepEqual(written(log, 'output'), [record({})]);
    assert.deepEqual(task.counters().s, { input: 3, output: 1, errors: {}, dropped: { 'no-records': 2 } });
  });

  test('stops the pipeline where the source says so, naming the record', async () => {
    const document = straight({}, { stageOnRecordError: 'STOP_PIPELINE' });
    const { task } = await openTask(planOf(document));
    await assert.rejects(
      async () => task.process(batchOf([`[${record({})},5]`]), 0, 1),
      /offset 0 of partition 0 .* record 1 of its message/,
    );
  });

  test('an object with something else behind it is one malformed message, as a byte order mark is', async () => {
    const { task, log } = await openTask(planOf(straight()));
    const messages = [`${record({})}}`, `${record({})} x`, `\ufeff[${record({})}]`, '"[{}]"', '5 {}'];
    await task.process(batchOf(messages), 0, messages.length);
    assert.deepEqual(
      letters(log).map(({ value, headers }) => [value, headers['penstock.place']]),
      messages.map((message) => [message, undefined]),
    );
  });

  test('the selection in front of a stage looks at its records', async () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'x', operator: 'select', config: { points: ['p'] }, from: ['s'] },
      { name: 't', operator: 'target', from: ['x'] },
    );
    const { task, log } = await openTask(planOf(document));
    const [wanted, other] = [record({}), record({ pointId: 'q' })];
    await task.process(batchOf([`[${other},${wanted}]`]), 0, 1);
    assert.deepEqual(written(log, 'output'), [wanted]);
    assert.equal(task.counters().x?.dropped['not-selected'], 1);
  });
});

describe('a message of very many records', () => {
  const many = Array.from({ length: 1000 }, (_, n) => record({ n }));

  test('is worked off a piece at a time', async () => {
    const seen: number[] = [];
    const { task, log } = await openTask(planOf(straight()), {
      onPiece: async () => {
        seen.push(log.messages.length);
      },
    });
    await task.process(batchOf([record({}), `[${many.join(',')}]`, record({ last: true })]), 0, 3);
    assert.deepEqual(written(log, 'output'), [record({}), ...many, record({ last: true })]);
    assert.deepEqual(seen, [257, 513, 769]);
  });

  test('so is a batch of messages that are many together', async () => {
    let pieces = 0;
    const { task, log } = await openTask(planOf(straight()), {
      onPiece: async () => {
        pieces += 1;
      },
    });
    const messages = Array.from({ length: 10 }, (_, n) => many.slice(100 * n, 100 * n + 100).join('\n'));
    await task.process(batchOf(messages), 0, 10);
    assert.deepEqual([written(log, 'output'), pieces], [many, 3]);
  });

  test('leads to the same state as the records one by one', async () => {
    const document = documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'c', operator: 'count', from: ['s'] },
      { name: 't', operator: 'target', from: ['c'] },
    );
    const run = async (values: readonly string[]) => {
      const { task, log } = await openTask(planOf(document));
      await task.process(batchOf(values), 0, values.length);
      await task.commit({ topic: 'input', partition: 0, offset: values.length });
      return [written(log, 'output'), written(log, 'state')];
    };
    assert.deepEqual(await run([`[${many.join(',')}]`]), await run(many));
  });
});

describe('behind a cut', () => {
  const document = documentOf(
    { name: 's', operator: 'source' },
    { name: 'c', operator: 'together', config: { by: ['/assetId'] }, from: ['s'] },
    { name: 'y', operator: 'strict', from: ['c'] },
    { name: 't', operator: 'target', from: ['y'] },
  );

  test('a record of a message still says where it stood, and its dead letter holds its own bytes', async () => {
    const bad = record({ value: 'bad' });
    const first = await openTask(planOf(document));
    await first.task.process(batchOf([`[${record({})}, ${bad}]`], { partition: 2, firstOffset: 7 }), 0, 1);
    const sent = first.log.messages.filter(({ topic, value }) => topic === testTopics.cuts[0] && value !== null);
    const behind = await openTask(planOf(document), {
      partIndex: 1,
      headersOf: (_batch, index) => sent[index]?.headers ?? [],
    });
    const batch = batchOfMessages('cut-0', sent);
    await behind.task.process(batch, 0, batch.count);
    assert.equal(written(behind.log, 'output').length, 1);
    const [letter] = letters(behind.log);
    assert.equal(letter?.value, bad);
    assert.deepEqual(
      ['partition', 'offset', 'place', 'place.start'].map((name) => letter.headers[`penstock.${name}`]),
      ['2', '7', '1', String(record({}).length + 3)],
    );
  });

  test('a message is one record, whatever it looks like', async () => {
    const behind = await openTask(planOf(document), { partIndex: 1 });
    await behind.task.process(batchOf([`[${record({})}]`]), 0, 1);
    assert.deepEqual(
      letters(behind.log).map(({ headers }) => headers['penstock.code']),
      ['RECORD_NOT_OBJECT'],
    );
  });
});

describe('a preview', () => {
  const preview = (text: string) =>
    runPreview({
      plan: planOf(straight()),
      values: [{ value: Buffer.from(text), timestamp: 0 }],
      clock: { now: () => 1000 },
    });

  test('shows each record of a message, and what in it is none', async () => {
    const [source, stage] = await preview(`[${record({})},5,${record({ value: 'x' })}]`);
    assert.deepEqual(
      [source?.output.length, source?.errors.map(({ record, code }) => [record, code])],
      [2, [['5', 'RECORD_NOT_OBJECT']]],
    );
    assert.equal(stage?.errors.length, 1);
  });

  test('shows a message in which there is none', async () => {
    const [source] = await preview('[]');
    assert.deepEqual(source?.dropped, [{ record: '[]', reason: 'no-records' }]);
  });

  test('shows records as texts where that is asked for, with all digits of their numbers', async () => {
    const digits = '9007199254740993.10';
    const text = record({}).replace('{', `{"exact":${digits},`);
    const plan = planOf(straight());
    const [source, stage] = await runPreview({
      plan,
      values: [{ value: Buffer.from(text), timestamp: 0 }],
      clock: { now: () => 1000 },
      asText: true,
    });
    for (const shown of [source?.output[0], stage?.input[0], stage?.output[0]])
      assert.match(String(shown), new RegExp(`^\\{"exact":${digits},`));
  });

  test('of more records than it can show is refused with a sentence', async () => {
    const message = Array.from({ length: 6000 }, () => record({})).join('');
    await assert.rejects(preview(message), { code: 'PREVIEW_RECORDS_TOO_MANY' });
  });
});
