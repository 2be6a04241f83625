import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { runPipeline } from '../testing/run-pipeline.ts';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-many-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const LARGE = { config: { 'max.message.bytes': String(32 << 20) } };
const RECORDS = 60_000;

test('a message of 8 MiB becomes its records, once each and in order, sent in pieces and committed together', async (t) => {
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  await topics.admin.ensureTopic('in-many', { partitions: 1, ...LARGE });
  await topics.admin.ensureTopic('out-many', { partitions: 1, ...LARGE });
  const records = Array.from({ length: RECORDS }, (_, n) => measurement({ value: n }));
  const message = `[${records.slice(0, 100).join(',')},7,${records.slice(100).join(', ')}]`;
  assert.ok(message.length > 8 << 20);
  const [before, behind] = [measurement({ value: -1 }), measurement({ value: -2 })];
  const document = documentOf([consumer('in-many'), producer('out-many', 'EDHKafkaConsumer_01')]);
  await topics.write(
    'in-many',
    [before, message, `${behind}\n${behind}`].map((value) => ({ value, partition: 0 })),
  );
  const run = await runPipeline(t, topics.client, 'p-many', document);
  await run.caughtUp();
  await run.drain();
  const out = await topics.read('out-many');
  assert.deepEqual(
    out.map(({ value }) => value),
    [before, ...records, behind, behind],
  );
  const letters = await topics.read('PENSTOCK_DEAD_LETTERS_o1');
  assert.deepEqual(
    letters.map(({ value, headers }) => [value, headers['penstock.place'], headers['penstock.place.length']]),
    [['7', '100', '1']],
  );
  assert.deepEqual(run.events, []);
});
