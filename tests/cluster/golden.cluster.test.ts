import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { type ClockPipeline, clockPipelines } from '../golden/clock/clock-pipelines.ts';
import { checkSlots, furtherSlots, readSlots } from '../golden/clock/clock-slots.ts';
import { differencesOf, type GoldenOutput, readGoldenOutput, writtenOutputs } from '../golden/golden-output.ts';
import { GOLDEN_PARTITIONS, type GoldenPipeline } from '../golden/golden-pipeline.ts';
import { goldenPipelines } from '../golden/golden-pipelines.ts';
import { createInputTopic, createOutputTopics, writeInput } from '../golden/golden-world.ts';
import { inputTopicsOf, settling } from '../golden/positions.ts';
import { cutTwice } from '../golden/script-pipelines.ts';
import { MERGED_PARTITIONS, mergedDocument, mergedMessages } from '../golden/unequal/merged-topics.ts';
import { finishedSums, sumsIn, type UnequalMessage } from '../golden/unequal/unequal-partitions.ts';
import { originToCal } from '../system/origin-to-cal.ts';
import { type ClusterPipeline, SMALL } from './cluster-pipeline.ts';
import { ClusterWorld, type Organization } from './cluster-world.ts';
import { lineageInUse, organizationWith } from './golden-organization.ts';

/** So many run at once. Each has an organisation of its own, since those start one pipeline at a time. */
const LANES = 3;
/** Where a plan is cut, records change their place. */
const TWO_WORKERS: JsonObject = { ...SMALL, yarn: { workerCount: 2, master: 1, slave: 1 } };
const DONE_MS = 120_000;

let world: ClusterWorld;

before(async () => {
  world = await ClusterWorld.start();
});
after(() => world?.stop());

/** A golden pipeline saved in the service under a name of its own. */
const open = async (access: TopicAccess, organization: Organization, golden: GoldenPipeline, run: string) => {
  const input = await createInputTopic(access, golden.name + (run.endsWith('moved') ? '.moved' : ''));
  const topics = await createOutputTopics(access, golden, input, run);
  const document: JsonObject = golden.document(topics);
  const pipeline = await organization.create(run, document);
  const { orgId } = organization;
  const own = golden.ownLibraries === undefined ? {} : { ownLibraries: golden.ownLibraries };
  const spec = { pipelineId: pipeline.id, orgId, messageChannel: 0 as const, document, ...own };
  const inputs = inputTopicsOf(spec, GOLDEN_PARTITIONS);
  return {
    pipeline,
    input,
    /** Resolves when it has committed all there is. */
    done: () => pipeline.until('its end of input', DONE_MS, settling(access, pipeline.id, inputs)),
    output: (): Promise<GoldenOutput> => readGoldenOutput(access, golden, pipeline.id, orgId, topics),
  };
};

const check = async (t: TestContext, golden: GoldenPipeline): Promise<void> => {
  const access = await world.connect(t);
  const organization = await organizationWith(world, golden.name, golden);
  const runs = [];
  for (const mode of [0, 1] as const) {
    const run = await open(access, organization, golden, `${golden.name}.mode${mode}`);
    if (mode === 0) await writeInput(access, run.input, golden.input());
    t.after(() => run.pipeline.end());
    await run.pipeline.start(mode, mode === 1 && golden.ordered !== 'partition' ? { resourceConfig: TWO_WORKERS } : {});
    await run.done();
    await run.pipeline.pause();
    runs.push(await run.output());
    for (const data of Object.values(golden.references ?? {})) await checkLineage(run.pipeline, data);
    await run.pipeline.stop();
  }
  const [alone, cluster] = runs as [GoldenOutput, GoldenOutput];
  assert.deepEqual(differencesOf(alone, cluster), []);
  assert.deepEqual(alone.deadLetterCodes, golden.deadLetters);
  assert.deepEqual(writtenOutputs(golden, alone), Object.keys(golden.outputs));
};

const checkLineage = async (pipeline: ClusterPipeline, lineage: JsonValue): Promise<void> => {
  const inUse = (await pipeline.events()).filter(({ code }) => code === 'REFERENCE_IN_USE');
  assert.ok(
    inUse.some(({ message }) => message.includes(lineageInUse(lineage))),
    JSON.stringify(inUse),
  );
};

/** Moves a pipeline from mode to mode with its state, and compares it with one that ran straight on. */
const checkMoves = async (t: TestContext, golden: GoldenPipeline): Promise<void> => {
  const access = await world.connect(t);
  const organization = await organizationWith(world, `${golden.name}-moved`, golden);
  const moved = await open(access, organization, golden, `${golden.name}.moved`);
  t.after(() => moved.pipeline.end());
  const messages = golden.input();
  const third = Math.ceil(messages.length / 3);
  const starts = [
    { mode: 1, options: { resourceConfig: TWO_WORKERS } },
    { mode: 0, options: {} },
    { mode: 1, options: {} },
  ] as const;
  for (const [part, { mode, options }] of starts.entries()) {
    await writeInput(access, moved.input, messages.slice(part * third, (part + 1) * third));
    await moved.pipeline.start(mode, options);
    await moved.done();
    await moved.pipeline.pause();
  }
  const straight = await open(access, organization, golden, `${golden.name}.straight-moved`);
  t.after(() => straight.pipeline.end());
  await straight.pipeline.start(0);
  await straight.done();
  await straight.pipeline.pause();
  assert.deepEqual(differencesOf(await straight.output(), await moved.output()), []);
};

/** A slot comes once, on two executors and then in a process; a pause leaves nothing in front of a stage. */
const checkClock = async (t: TestContext, clock: ClockPipeline): Promise<void> => {
  const access = await world.connect(t);
  const organization = await organizationWith(world, clock.name, clock);
  const output = `clock-${clock.name}`;
  await access.admin.ensureTopic(output, { partitions: 3 });
  const input = clock.hasInput ? await createInputTopic(access, clock.name) : '';
  const pipeline = await organization.create(clock.name, clock.document(input, output));
  t.after(() => pipeline.end());
  for (const [mode, options] of [
    [1, { resourceConfig: TWO_WORKERS }],
    [0, {}],
  ] as const) {
    await pipeline.start(mode, options);
    await pipeline.until('further slots', DONE_MS, await furtherSlots(access, output, clock, 3));
    await pipeline.pause();
  }
  checkSlots(await readSlots(access, output), clock);
  const codes = (await pipeline.events()).map(({ code }) => code);
  assert.ok(!codes.includes('CUTS_NOT_DRAINED'), codes.join());
};

/** Two sources under one rate, behind both of them windows by key, on two executors and then in a process. */
const checkMerged = async (t: TestContext): Promise<void> => {
  const access = await world.connect(t);
  const organization = await world.organization('merged');
  const topics = ['merged-first', 'merged-second'] as const;
  const output = 'merged-out';
  await access.admin.ensureTopic(output, { partitions: GOLDEN_PARTITIONS });
  const inputs = mergedMessages();
  for (const [source, topic] of topics.entries())
    await access.admin.ensureTopic(topic, { partitions: MERGED_PARTITIONS[source] ?? 1 });
  const document = mergedDocument(topics, output);
  const pipeline = await organization.create('merged-topics', document);
  t.after(() => pipeline.end());
  const run = { pipelineId: pipeline.id, orgId: organization.orgId, messageChannel: 0 as const, document };
  const half = (messages: readonly UnequalMessage[]): number => Math.ceil(messages.length / 2);
  for (const [mode, options, take] of [
    [1, { resourceConfig: TWO_WORKERS }, (messages) => messages.slice(0, half(messages))],
    [0, {}, (messages) => messages.slice(half(messages))],
  ] satisfies [0 | 1, object, (messages: readonly UnequalMessage[]) => readonly UnequalMessage[]][]) {
    for (const [source, topic] of topics.entries()) await access.write(topic, take(inputs[source] ?? []));
    await pipeline.start(mode, options);
    const isSettled = settling(access, pipeline.id, inputTopicsOf(run, GOLDEN_PARTITIONS));
    await pipeline.until('its end of input', DONE_MS, isSettled);
    await pipeline.pause();
  }
  assert.deepEqual(sumsIn((await access.read(output)).map(({ value }) => value)), finishedSums());
};

/** All three at work as applications of their own, and the lineage changes under them. */
const checkSystem = async (t: TestContext): Promise<void> => {
  const access = await world.connect(t);
  await originToCal(t, { access, organization: await world.organization('flow'), mode: 1 });
};

interface Waiting {
  readonly name: string;
  run(t: TestContext): Promise<void>;
}

const waiting: Waiting[] = [
  {
    name: 'what devices upload is stored once, over a change of the lineage, and nobody restarts',
    run: checkSystem,
  },
  {
    name: 'a pipeline paused and started in the other mode and back, with fewer executors, keeps its state',
    run: (t) => checkMoves(t, cutTwice),
  },
  ...goldenPipelines.flatMap((golden): Waiting[] => {
    const { name, onCluster } = golden;
    if (onCluster === undefined) return [];
    return [{ name: `${name} leaves what it leaves in Standalone Mode: ${onCluster}`, run: (t) => check(t, golden) }];
  }),
  { name: 'merged-topics: every finished window is that of the reference', run: checkMerged },
  ...clockPipelines.flatMap((clock): Waiting[] => {
    const { name, onCluster } = clock;
    if (onCluster === undefined) return [];
    return [{ name: `${name}: every slot comes once: ${onCluster}`, run: (t) => checkClock(t, clock) }];
  }),
];

describe('in Cluster Mode', { concurrency: LANES }, () => {
  for (let lane = 0; lane < LANES; lane++)
    test(`lane ${lane}`, async (t) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await t.test(next.name, next.run);
    });
});
