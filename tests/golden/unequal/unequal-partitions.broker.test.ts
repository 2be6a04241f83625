import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { isRepartitionTopicOf, type JsonObject, type RunSpec } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';
import { GOLDEN_PARTITIONS } from '../golden-pipeline.ts';
import { GOLDEN_ORG, GoldenWorld } from '../golden-world.ts';
import { runRanges } from '../run-ranges.ts';
import { runStandalone } from '../run-standalone.ts';
import { MERGED_PARTITIONS, mergedDocument, mergedMessages } from './merged-topics.ts';
import { finishedSums, sumsIn, type UnequalMessage, unequalDocument, unequalMessages } from './unequal-partitions.ts';

let world: GoldenWorld;

before(async () => {
  world = await GoldenWorld.start();
});
after(() => world.stop());

/** What lies in the topics of the sources, and the document that reads them. */
interface Case {
  readonly inputs: readonly { readonly partitions: number; readonly messages: readonly UnequalMessage[] }[];
  document(topics: readonly string[], output: string): JsonObject;
}

const unequal: Case = {
  inputs: [{ partitions: GOLDEN_PARTITIONS, messages: unequalMessages() }],
  document: ([input = ''], output) => unequalDocument(input, output),
};
const merged: Case = {
  inputs: mergedMessages().map((messages, topic) => ({ partitions: MERGED_PARTITIONS[topic] ?? 1, messages })),
  document: ([first = '', second = ''], output) => mergedDocument([first, second], output),
};

const sizeOf = ({ inputs }: Case): number => inputs.reduce((sum, { messages }) => sum + messages.length, 0);

/** The whole input lies in its topics; the rate keeps the partitions from being read one after the other. */
const openRun = async (
  t: TestContext,
  name: string,
  { inputs, document }: Case,
): Promise<{ access: TopicAccess; spec: RunSpec; output: string }> => {
  const access = await world.connect(t);
  const output = `unequal-out-${name}`;
  await access.admin.ensureTopic(output, { partitions: GOLDEN_PARTITIONS });
  const topics = inputs.map((_, source) => `unequal-in-${name}-${source}`);
  for (const [source, { partitions, messages }] of inputs.entries()) {
    const topic = topics[source] as string;
    await access.admin.ensureTopic(topic, { partitions });
    await access.write(topic, messages);
  }
  const spec: RunSpec = {
    runId: `run-${name}`,
    pipelineId: name,
    orgId: GOLDEN_ORG,
    messageChannel: 0,
    document: document(topics, output),
    kafka: { bootstrapServers: world.kafka.bootstrapServers },
    threads: 1,
    memoryMb: 1024,
    kafkaRate: 2000,
    control: { endpointsFile: 'file:///nowhere', token: 'token' },
  };
  return { access, spec, output };
};

const assertWhole = async (access: TopicAccess, output: string): Promise<void> => {
  const sums = sumsIn((await access.read(output)).map(({ value }) => value));
  assert.deepEqual(sums, finishedSums());
};

/** Works on the run until it has committed this many records of its sources, and kills it. */
const killAfter = async (t: TestContext, { control: _another, ...run }: RunSpec, records: number): Promise<void> => {
  const worker = await WorkerProcess.start(t, run.kafka.bootstrapServers, run);
  const isFar = worker.control.heard(
    ({ tasks }) =>
      tasks
        .filter(({ topic }) => !isRepartitionTopicOf(run.pipelineId, topic))
        .reduce((sum, { committedOffset }) => sum + Math.max(0, committedOffset), 0) >= records,
  );
  await Promise.race([isFar, worker.endedEarly()]);
  worker.kill('SIGKILL');
  await worker.exited;
};

describe('keyless, and one of four partitions progresses 13 times slower: every finished window is that of the reference', () => {
  test('Standalone Mode, killed twice', async (t) => {
    const { access, spec, output } = await openRun(t, 'unequal-alone', unequal);
    for (const share of [0.3, 0.6]) await killAfter(t, spec, sizeOf(unequal) * share);
    await runStandalone(t, access, spec);
    await assertWhole(access, output);
  });

  test('by ranges as in Cluster Mode, with two crashes, moves and repetitions', async (t) => {
    const { access, spec, output } = await openRun(t, 'unequal-ranges', unequal);
    const report = await runRanges(t, { access, spec, seed: 13, kills: 2 });
    t.diagnostic(JSON.stringify(report));
    assert.equal(report.kills, 2);
    await assertWhole(access, output);
  });
});

describe('two topics of different widths, and windows by key behind both: every finished window is that of the reference', () => {
  test('Standalone Mode, killed in between', async (t) => {
    const { access, spec, output } = await openRun(t, 'merged-alone', merged);
    await killAfter(t, spec, sizeOf(merged) * 0.4);
    await runStandalone(t, access, spec);
    await assertWhole(access, output);
  });

  test('by ranges as in Cluster Mode, with a crash, moves and repetitions', async (t) => {
    const { access, spec, output } = await openRun(t, 'merged-ranges', merged);
    const report = await runRanges(t, { access, spec, seed: 35, kills: 1 });
    t.diagnostic(JSON.stringify(report));
    assert.equal(report.kills, 1);
    await assertWhole(access, output);
  });
});
