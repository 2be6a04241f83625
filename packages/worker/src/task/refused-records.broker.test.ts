import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { runPipeline } from '../testing/run-pipeline.ts';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-refused-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const LARGE = { config: { 'max.message.bytes': String(32 << 20) } };
const lettersOf = async (topics: TopicAccess, pipelineId: string) =>
  (await topics.read('PENSTOCK_DEAD_LETTERS_o1')).filter(
    ({ headers }) => headers['penstock.pipelineId'] === pipelineId,
  );

test('a record without a key does not hold up a compacted topic: it is a dead letter, the others go out', async (t) => {
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-compact', { partitions: 1 });
  await topics.admin.ensureTopic('out-compact', { partitions: 1, config: { 'cleanup.policy': 'compact' } });
  const good = Array.from({ length: 6 }, (_, n) => measurement({ assetId: `a${n}` }));
  const bad = '{"hello":"no ids"}';
  await topics.write(
    'in-compact',
    [...good.slice(0, 3), bad, ...good.slice(3)].map((value) => ({ value, partition: 0 })),
  );
  const document = documentOf([consumer('in-compact'), producer('out-compact', 'EDHKafkaConsumer_01')]);
  const run = await runPipeline(t, topics.client, 'p-compact', document);
  await run.caughtUp();
  await run.drain();
  assert.deepEqual(
    (await topics.read('out-compact')).map(({ value }) => value),
    good,
  );
  const letters = await lettersOf(topics, 'p-compact');
  assert.deepEqual(
    letters.map(({ value, headers }) => [value, headers['penstock.code'], headers['penstock.stage']]),
    [[bad, 'KAFKA_RECORD_REFUSED', 'EDHKafkaProducer_01']],
  );
  assert.deepEqual(run.events, []);
});

const appender = (rows: number): JsonObject => ({
  inputOutput: Array.from({ length: rows }, (_, n) => ({
    inputPoint: 'turbine::power',
    conditions: '*',
    outputPoint: `turbine::power_${n}`,
  })),
});

test('an entry of state that is too large is an error of its record, and the state is as if it had not come', async (t) => {
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-state', { partitions: 1, ...LARGE });
  await topics.admin.ensureTopic('out-state', { partitions: 1, ...LARGE });
  const large = measurement({ value: 2, text: 'x'.repeat(3_900_000) });
  const small = (n: number): string => measurement({ assetId: `other-${n}`, value: n });
  const values = [
    measurement({ value: 1 }),
    ...Array.from({ length: 100 }, (_, n) => small(n)),
    large,
    ...Array.from({ length: 100 }, (_, n) => small(n)),
  ];
  const document = documentOf([
    consumer('in-state', { 'kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen': 16_000_000 }),
    {
      name: 'LastRecordAppender_01',
      label: 'Last Record Appender',
      from: ['EDHKafkaConsumer_01'],
      config: appender(5),
    },
    producer('out-state', 'LastRecordAppender_01'),
  ]);
  const run = await runPipeline(t, topics.client, 'p-state', document);
  await topics.write(
    'in-state',
    values.map((value) => ({ value, partition: 0 })),
  );
  await run.caughtUp();
  await topics.write('in-state', [{ value: measurement({ value: 3 }), partition: 0 }]);
  await run.caughtUp();
  await run.drain();
  const letters = await lettersOf(topics, 'p-state');
  assert.deepEqual(
    letters.map(({ value, headers }) => [value === large, headers['penstock.code'], headers['penstock.stage']]),
    [[true, 'STATE_ENTRY_TOO_LARGE', 'LastRecordAppender_01']],
  );
  const out = (await topics.read('out-state'))
    .map(({ value }) => JSON.parse(value ?? ''))
    .filter(({ assetId }) => assetId === 'a');
  assert.deepEqual(
    out.map(({ value, attr }) => [value, attr.lastRecordAppender.lastRecord?.value]),
    [...new Array(5).fill([1, undefined]), ...new Array(5).fill([3, 1])],
  );
});

test('a record larger than a cut takes goes through without its original, or is a dead letter in pieces', async (t) => {
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-cut', { partitions: 2, ...LARGE });
  await topics.admin.ensureTopic('out-cut', { partitions: 1, ...LARGE });
  const script = (body: string): JsonObject => ({
    script: `for (var i = 0; i < records.length; i++) { var record = records[i]; ${body} output.write(record); }`,
    memoryLimitMb: 256,
  });
  const changed = measurement({ assetId: 'changed', text: 'x'.repeat(9_000_000) });
  const doubled = measurement({ assetId: 'doubled', text: 'x'.repeat(9_000_000) });
  const document = documentOf([
    consumer('in-cut', { 'kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen': 16_000_000 }),
    {
      name: 'JavaScript_01',
      label: 'JavaScript',
      from: ['EDHKafkaConsumer_01'],
      config: script(
        "record.value.seen = 1; if (record.value.assetId === 'doubled') record.value.more = record.value.text;",
      ),
    },
    { name: 'LastRecordAppender_01', label: 'Last Record Appender', from: ['JavaScript_01'], config: appender(1) },
    producer('out-cut', 'LastRecordAppender_01'),
  ]);
  const run = await runPipeline(t, topics.client, 'p-cut', document);
  await topics.write(
    'in-cut',
    [changed, doubled].map((value) => ({ value, partition: 0 })),
  );
  await run.caughtUp();
  await run.drain();
  const out = (await topics.read('out-cut')).map(({ value }) => JSON.parse(value ?? ''));
  assert.deepEqual(
    out.map(({ assetId, seen, text }) => [assetId, seen, text.length]),
    [['changed', 1, 9_000_000]],
  );
  const [head] = await lettersOf(topics, 'p-cut');
  assert.deepEqual(
    [head?.headers['penstock.stage'], head?.headers['penstock.code'], doubled.startsWith(head?.value ?? '-')],
    ['LastRecordAppender_01', 'KAFKA_RECORD_TOO_LARGE', true],
  );
  const pieces = (await topics.read('PENSTOCK_DEAD_LETTERS_o1')).filter(
    ({ headers }) => headers['penstock.letter'] === head?.headers['penstock.letter'] && 'penstock.piece' in headers,
  );
  assert.equal(pieces.length, Number(head?.headers['penstock.pieces']));
  const whole = pieces.map(({ value }) => value).join('');
  assert.ok(whole.startsWith(doubled));
  assert.equal(JSON.parse(whole.slice(doubled.length)).more.length, 9_000_000);
});
