import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { openTaskLog } from '@penstock/kafka';
import { DeliveryGuarantee, type JsonObject, type RunAnswer, type RunSpec } from '@penstock/model';
import { operators, shownCases } from '@penstock/operators';
import { consumer, documentOf, measurement, producer } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { readFrames, writeFrame } from '../cluster/frames.ts';
import { type Archives, buildArchives } from './build-archives.ts';

let folder: string;
let archives: Archives;
let kafka: LocalKafka;
const steps: string[] = [];

/** As for a pipeline with a script in Python. */
const pack = (label = 'Python Evaluator'): Promise<Archives> =>
  buildArchives({
    cacheDir: join(folder, 'cache'),
    document: documentOf([{ name: 'Stage_01', label, from: [] }]),
    onProgress: (step) => steps.push(step),
  });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-archives-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
  const [one, two] = await Promise.all([pack(), pack()]);
  assert.ok(one !== undefined);
  assert.deepEqual(two, one);
  archives = one;
  for (const [name, { file }] of Object.entries(archives)) {
    await mkdir(join(folder, 'container', name), { recursive: true });
    execFileSync('tar', ['-xzf', file, '-C', join(folder, 'container', name)]);
  }
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const specOf = (document: JsonObject, pipelineId = 'packed'): RunSpec => ({
  runId: 'run-1',
  pipelineId,
  orgId: 'o1',
  messageChannel: 0,
  document,
  kafka: { bootstrapServers: kafka.bootstrapServers },
  threads: 2,
  memoryMb: 1024,
  kafkaRate: 1000,
  control: { endpointsFile: 'file:///nowhere', token: 'token' },
  cluster: { tag: 'tag', executors: 1 },
});

/** Starts the unpacked worker as an executor does, with nothing of this machine but its system libraries. */
const startUnpacked = async (t: TestContext, spec: RunSpec) => {
  const cwd = join(folder, 'container');
  await writeFile(join(cwd, 'run.json'), JSON.stringify(spec));
  const child = spawn(
    './node/bin/node',
    ['--no-node-snapshot', '--max-old-space-size=614', './engine/range-main.js', './run.json'],
    {
      cwd,
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: ['pipe', 'pipe', process.env.PENSTOCK_TEST_VERBOSE ? 'inherit' : 'ignore'],
    },
  );
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const answers = readFrames(child.stdout);
  return {
    exited,
    hangUp: () => child.stdin.end(),
    /** One question at a time. */
    ask: async (question: JsonObject): Promise<unknown> => {
      writeFrame(child.stdin, { id: 1, ...question });
      return (await answers.next()).value;
    },
  };
};

describe('the archives, unpacked where there is nothing else', () => {
  test('there is no other way to a package than through the archive', () => {
    for (let above = join(folder, 'container'); above !== dirname(above); above = dirname(above))
      assert.ok(!existsSync(join(above, 'node_modules')), above);
  });

  test('they are made once, however many ask; the next time they are there', async () => {
    assert.equal(steps.length, 3);
    const again = [await pack(), await pack()];
    assert.deepEqual(again, [archives, archives]);
    assert.equal(steps.length, 3);
    assert.equal((await readdir(join(folder, 'cache'))).length, 3);
  });

  test('Python goes with pipelines that have scripts in it, and with no others', async () => {
    const { python, ...others } = archives;
    assert.ok(python !== undefined);
    assert.deepEqual(await pack('JavaScript'), others);
    assert.deepEqual((await readdir(join(folder, 'container', 'python'))).sort(), [
      'README.md',
      'package.json',
      'pyodide.asm.mjs',
      'pyodide.asm.wasm',
      'pyodide.mjs',
      'python_stdlib.zip',
    ]);
  });

  test('a folder that cannot be one is an error that says so', async () => {
    const cacheDir = join(folder, 'file');
    await writeFile(cacheDir, '');
    await assert.rejects(buildArchives({ cacheDir }), {
      code: 'ARCHIVE_FAILED',
      message: /cannot be packed.*EEXIST.*file/,
    });
  });

  test('the worker answers and ends with its executor', async (t) => {
    const worker = await startUnpacked(t, specOf(documentOf([])));
    const answer = (await worker.ask({ kind: 'hello' })) as JsonObject;
    assert.deepEqual([answer.id, answer.ok, answer.threads], [1, true, 2]);
    worker.hangUp();
    assert.equal(await worker.exited, 0);
  });

  // What works on batches cannot stand beside stages that share a store.
  for (const worksOnBatches of [false, true])
    test(`every operator that works on ${worksOnBatches ? 'batches' : 'records'} does it there, and reads every compression`, {
      timeout: 120_000,
    }, async (t) => {
      const [input, output] = [`in-${worksOnBatches}`, `out-${worksOnBatches}`];
      const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
      const records = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
      await topics.admin.ensureTopic(input, { partitions: 1 });
      await topics.admin.ensureTopic(output, { partitions: 1 });
      for (const compression of records) {
        const log = await openTaskLog(topics.client, {
          transactionalId: input,
          groupId: 'test',
          guarantee: DeliveryGuarantee.AtLeastOnce,
          clientSettings: { 'compression.type': compression },
        });
        const value = measurement({ assetId: 'a', attr: { compression, padding: 'x'.repeat(2000) } });
        log.appender(input).append(0, 'a', value, Date.now());
        await log.commit(undefined);
        await log.close();
      }
      const source = 'EDHKafkaConsumer_01';
      // Those that tell their lanes apart need lanes of certain names; those that distribute, or bring records together by
      // a key of theirs, are behind a cut, in a part of their own; those that ask somebody need somebody to ask.
      const processors = operators.filter(
        (one) =>
          one.kind === 'processor' &&
          !['stream-selector', 'partitioner', 'batch-merger'].includes(one.id) &&
          (one.lookUps ?? []).length === 0 &&
          (one.references ?? []).length === 0 &&
          (one.id === 'javascript' || (one.worksOnBatches === true) === worksOnBatches),
      );
      const script = 'for (const record of records) { record.value.value += 1; output.write(record); }';
      const stages = processors.map(({ id, instancePrefix, label }) => ({
        name: `${instancePrefix}_01`,
        label,
        from: [source],
        config: label === 'JavaScript' ? { script } : (shownCases[id]?.[0]?.config ?? {}),
      }));
      const others = stages.map(({ name }) => name).filter((name) => name !== 'JavaScript_01');
      const document = documentOf([
        // Two of them share a store, by asset.
        consumer(input, { partitionedBy: 'ASSET' }),
        ...stages,
        producer(output, 'JavaScript_01'),
        { name: 'Trash_01', label: 'Trash', from: others },
      ]);
      const worker = await startUnpacked(t, specOf(document, output));
      const prepared = (await worker.ask({ kind: 'prepare', purge: false })) as JsonObject;
      assert.deepEqual([prepared.ok, prepared.error], [true, undefined]);
      const answer = (await worker.ask({
        kind: 'run',
        thread: 0,
        layout: prepared.layout ?? null,
        kafkaRate: 1000,
        ranges: [{ part: 0, partition: 0, from: 0, until: records.length }],
      })) as unknown as RunAnswer & { ok: boolean; error?: unknown };
      assert.deepEqual([answer.ok, answer.error], [true, undefined]);
      const inputs = stages.map(({ name }) => [name, answer.report.stages[name]?.input]);
      assert.deepEqual(
        inputs,
        stages.map(({ name }) => [name, records.length]),
      );
      // Kafka acknowledges a transaction a moment before readers see it.
      let written: JsonObject[] = [];
      while (written.length < records.length)
        written = (await topics.read(output)).map(({ value }) => JSON.parse(value ?? '') as JsonObject);
      assert.deepEqual(
        written.map(({ value, attr }) => [value, (attr as JsonObject).compression]),
        records.map((compression) => [2, compression]),
      );
      worker.hangUp();
      assert.equal(await worker.exited, 0);
    });
});
