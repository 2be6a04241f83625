import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { RunSpec } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { createInputTopic, GOLDEN_ORG, GoldenWorld } from '../golden-world.ts';
import { runRanges } from '../run-ranges.ts';
import { runStandalone } from '../run-standalone.ts';
import { type ClockPipeline, clockPipelines } from './clock-pipelines.ts';
import { checkSlots, countSlots, furtherSlots, readSlots } from './clock-slots.ts';

let world: GoldenWorld;

before(async () => {
  world = await GoldenWorld.start();
});
after(() => world.stop());

const openRun = async (t: TestContext, access: TopicAccess, pipeline: ClockPipeline, run: string) => {
  const pipelineId = `${pipeline.name}.${run}`;
  const output = `clock-out-${pipelineId}`;
  await access.admin.ensureTopic(output, { partitions: 3 });
  const input = pipeline.hasInput ? await createInputTopic(access, pipelineId) : '';
  const spec: RunSpec = {
    runId: `run-${pipelineId}`,
    pipelineId,
    orgId: GOLDEN_ORG,
    messageChannel: 0,
    document: pipeline.document(input, output),
    kafka: { bootstrapServers: world.kafka.bootstrapServers },
    threads: 1,
    memoryMb: 1024,
    kafkaRate: 1,
    control: { endpointsFile: 'file:///nowhere', token: 'token' },
  };
  const { assets } = pipeline;
  return {
    alone: async (slots: number, threads: number) =>
      runStandalone(
        t,
        access,
        { ...spec, threads },
        { assets, isDone: await furtherSlots(access, output, pipeline, slots) },
      ),
    ranges: async (slots: number, kills: number, seed: number) =>
      runRanges(t, {
        access,
        spec,
        seed,
        kills,
        assets,
        slots: { wanted: slots, made: await countSlots(access, output, pipeline) },
      }),
    slots: () => readSlots(access, output),
  };
};

/** Runs count their slots from when they began. */
const withoutCount = (text: string): string => text.replace(/"offset":\d+/, '"offset":0');

describe('what the clock makes comes once for every slot, whatever runs it and however often that changes', () => {
  for (const [seed, pipeline] of clockPipelines.entries())
    test(pipeline.name, async (t) => {
      const access = await world.connect(t);
      const moved = await openRun(t, access, pipeline, 'moved');
      const cluster = await openRun(t, access, pipeline, 'ranges');
      const work = async (): Promise<void> => {
        await moved.alone(2, 2);
        const report = await moved.ranges(3, 1, seed);
        t.diagnostic(JSON.stringify(report));
        assert.equal(report.kills, 1);
        // With other threads the assets are shared out anew.
        await moved.alone(2, 1);
      };
      await Promise.all([work(), cluster.ranges(5, 0, seed + 7)]);
      const [one, other] = [await moved.slots(), await cluster.slots()];
      for (const slots of [one, other]) checkSlots(slots, pipeline);
      let compared = 0;
      for (const [key, records] of one)
        for (const { time, text } of records) {
          const same = other.get(key)?.find((record) => record.time === time);
          if (same === undefined) continue;
          assert.equal(withoutCount(text), withoutCount(same.text));
          compared++;
        }
      assert.ok(compared >= pipeline.points, `${compared} records to compare`);
    });
});
