import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { differencesOf, type GoldenOutput, readGoldenOutput, writtenOutputs } from '../golden-output.ts';
import type { GoldenPipeline } from '../golden-pipeline.ts';
import { createInputTopic, createOutputTopics, GOLDEN_ORG, GoldenWorld, writeInput } from '../golden-world.ts';
import { runRanges } from '../run-ranges.ts';
import { runStandalone } from '../run-standalone.ts';

/** A golden pipeline under an id of its own with output topics of its own; the input may be shared. */
const openRun = async (
  t: TestContext,
  world: GoldenWorld,
  access: TopicAccess,
  pipeline: GoldenPipeline,
  input: string,
  id: string,
) => {
  const topics = await createOutputTopics(access, pipeline, input, id);
  const spec = world.specOf(pipeline, id, topics);
  const { assets, references } = pipeline;
  return {
    alone: (): Promise<void> => runStandalone(t, access, spec, { assets, references }),
    ranges: (seed: number, kills: number) => runRanges(t, { access, spec, seed, kills, assets, references }),
    output: (): Promise<GoldenOutput> => readGoldenOutput(access, pipeline, id, GOLDEN_ORG, topics),
  };
};

/**
 * Tests of a file, on a broker of its own: golden pipelines worked off by ranges with a crash, moves and repetitions leave
 * what one worker leaves; and those that are `moved` between the modes what one leaves that ran straight on.
 */
export const testModes = (pipelines: readonly GoldenPipeline[], moved: readonly GoldenPipeline[]): void => {
  let world: GoldenWorld;
  before(async () => {
    world = await GoldenWorld.start();
  });
  after(() => world.stop());

  describe('a golden pipeline worked off by ranges with crashes, moves and repetitions leaves what one worker leaves', () => {
    for (const [seed, pipeline] of pipelines.entries())
      test(pipeline.name, async (t) => {
        const access = await world.connect(t);
        const input = await createInputTopic(access, pipeline.name);
        await writeInput(access, input, pipeline.input());
        const alone = await openRun(t, world, access, pipeline, input, `${pipeline.name}.alone`);
        const cluster = await openRun(t, world, access, pipeline, input, `${pipeline.name}.ranges`);
        const [report] = await Promise.all([cluster.ranges(seed, 1), alone.alone()]);
        t.diagnostic(JSON.stringify(report));
        assert.equal(report.kills, 1);
        const expected = await alone.output();
        assert.deepEqual(differencesOf(expected, await cluster.output()), []);
        assert.deepEqual(expected.deadLetterCodes, pipeline.deadLetters);
        assert.deepEqual(writtenOutputs(pipeline, expected), Object.keys(pipeline.outputs));
      });
  });

  describe('a pipeline paused in one mode and started in the other goes on as if nothing had been', () => {
    for (const [seed, pipeline] of moved.entries())
      test(pipeline.name, async (t) => {
        const access = await world.connect(t);
        const input = await createInputTopic(access, `${pipeline.name}.moved`);
        const moved = await openRun(t, world, access, pipeline, input, `${pipeline.name}.moved`);
        const messages = pipeline.input();
        const third = Math.ceil(messages.length / 3);
        await writeInput(access, input, messages.slice(0, third));
        await moved.alone();
        await writeInput(access, input, messages.slice(third, 2 * third));
        await moved.ranges(seed, 0);
        await writeInput(access, input, messages.slice(2 * third));
        await moved.alone();
        const straight = await openRun(t, world, access, pipeline, input, `${pipeline.name}.straight`);
        await straight.alone();
        assert.deepEqual(differencesOf(await straight.output(), await moved.output()), []);
      });
  });
};
