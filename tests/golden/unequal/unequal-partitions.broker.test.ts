import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { RunSpec } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';
import { GOLDEN_PARTITIONS } from '../golden-pipeline.ts';
import { GOLDEN_ORG, GoldenWorld } from '../golden-world.ts';
import { runRanges } from '../run-ranges.ts';
import { runStandalone } from '../run-standalone.ts';
import { finishedSums, sumsIn, unequalDocument, unequalMessages } from './unequal-partitions.ts';

let world: GoldenWorld;

before(async () => {
  world = await GoldenWorld.start();
});
after(() => world.stop());

const messages = unequalMessages();

/** The whole input lies in its topic; the rate keeps the partitions from being read one after the other. */
const openRun = async (
  t: TestContext,
  name: string,
): Promise<{ access: TopicAccess; spec: RunSpec; output: string }> => {
  const access = await world.connect(t);
  const [input, output] = [`unequal-in-${name}`, `unequal-out-${name}`];
  await access.admin.ensureTopic(input, { partitions: GOLDEN_PARTITIONS });
  await access.admin.ensureTopic(output, { partitions: GOLDEN_PARTITIONS });
  await access.write(input, messages);
  const spec: RunSpec = {
    runId: `run-${name}`,
    pipelineId: name,
    orgId: GOLDEN_ORG,
    messageChannel: 0,
    document: unequalDocument(input, output),
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

/** Works on the run until it has committed this many records of its source, and kills it. */
const killAfter = async (t: TestContext, { control: _another, ...run }: RunSpec, records: number): Promise<void> => {
  const worker = await WorkerProcess.start(t, run.kafka.bootstrapServers, run);
  const isFar = worker.control.heard(
    ({ tasks }) =>
      tasks
        .filter(({ part }) => part === 0)
        .reduce((sum, { committedOffset }) => sum + Math.max(0, committedOffset), 0) >= records,
  );
  await Promise.race([isFar, worker.endedEarly()]);
  worker.kill('SIGKILL');
  await worker.exited;
};

describe('keyless, and one of four partitions progresses 13 times slower: every finished window is that of the reference', () => {
  test('Standalone Mode, killed twice', async (t) => {
    const { access, spec, output } = await openRun(t, 'unequal-alone');
    for (const share of [0.3, 0.6]) await killAfter(t, spec, messages.length * share);
    await runStandalone(t, access, spec);
    await assertWhole(access, output);
  });

  test('by ranges as in Cluster Mode, with two crashes, moves and repetitions', async (t) => {
    const { access, spec, output } = await openRun(t, 'unequal-ranges');
    const report = await runRanges(t, { access, spec, seed: 13, kills: 2 });
    t.diagnostic(JSON.stringify(report));
    assert.equal(report.kills, 2);
    await assertWhole(access, output);
  });
});
