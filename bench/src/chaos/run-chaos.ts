import { createRandom, until } from '@penstock/testkit';
import { InputProducer } from '@penstock/testkit/kafka';
import { endsOfCuts, haveReached, positionOf } from './chaos-facts.ts';
import { type ChaosMode, type ChaosWorld, createChaosWorld } from './chaos-world.ts';
import { type ClusterEnding, clusterEnding } from './cluster/cluster-ending.ts';
import { CLUSTER_VICTIMS, ClusterVictims } from './cluster/cluster-victims.ts';
import { Killer, type Victims } from './killer.ts';
import { Recoveries, type Recovery } from './recovery.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { STANDALONE_VICTIMS, StandaloneVictims } from './standalone-victims.ts';
import type { Verdict } from './verdict/compare.ts';
import { verifyChaos } from './verdict/verify-chaos.ts';

const CATCH_UP_MS = 600_000;

export interface ChaosOrder {
  readonly folder: string;
  readonly mode: ChaosMode;
  readonly pipeline: ScenarioName;
  readonly kills: number;
  readonly seed: number;
  /** Of all sources together. */
  readonly recordsPerSecond: number;
  readonly onProgress: (line: string) => void;
}

export interface ChaosResult {
  readonly mode: ChaosMode;
  readonly pipeline: ScenarioName;
  readonly kills: number;
  /** By kind of victim. */
  readonly killed: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly input: number;
  readonly output: number;
  readonly expected: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly wrong: number;
  readonly outOfOrder: number;
  readonly seconds: number;
  /** Longest time from a kill until offsets were committed again. */
  readonly slowestRecoveryMs: number;
  /** The same by kind of victim, in seconds. */
  readonly recoverySeconds: Readonly<Record<string, Recovery>>;
  readonly cluster?: ClusterFindings;
  readonly examples: readonly string[];
}

export interface ClusterFindings extends ClusterEnding {
  /** Starts of the pipeline after YARN's attempts were used up. */
  readonly restarts: number;
  /** Kills of the service while a program was submitting for it. */
  readonly killedWhileSubmitting: number;
}

/** Whether nothing was found that should not be. */
export const isFlawless = ({ lost, duplicated, wrong, outOfOrder, cluster }: ChaosResult): boolean =>
  lost + duplicated + wrong + outOfOrder === 0 &&
  (cluster === undefined || cluster.severalApplications.length + cluster.leftBehind.length === 0);

interface Hunt {
  readonly victims: Victims;
  /** All kinds there are. */
  readonly kinds: readonly string[];
  /** After the pipeline was paused. */
  findings(): Promise<ClusterFindings | undefined>;
}

/** One whole chaos run: start, kill, wait for the end of the input, compare. Rejects when it cannot be carried out. */
export const runChaos = async (order: ChaosOrder): Promise<ChaosResult> => {
  const scenario = await SCENARIOS[order.pipeline]();
  try {
    const world = await createChaosWorld(order.folder, order.mode, scenario, order.onProgress);
    try {
      return await runIn(world, order);
    } finally {
      await world.close();
    }
  } finally {
    await scenario.close();
  }
};

const runIn = async (world: ChaosWorld, order: ChaosOrder): Promise<ChaosResult> => {
  const { mode, kills, seed, onProgress } = order;
  const { scenario } = world;
  const startedAt = Date.now();
  const producers = scenario.sources.map(
    ({ topic, input }) =>
      new InputProducer({
        client: world.client,
        topic,
        next: input(seed),
        recordsPerSecond: order.recordsPerSecond / scenario.sources.length,
      }),
  );
  const written = (): number => producers.reduce((sum, producer) => sum + producer.written, 0);
  const random = createRandom(seed ^ 0x5eed);
  const { victims, kinds, findings } = huntIn(world, random, onProgress);
  const killed = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  const recoveries = new Recoveries();
  for (const producer of producers) producer.start();
  onProgress(`pipeline ${world.pipelineId} runs; ${kills} kills to come`);
  try {
    await until('waiting for first output', CATCH_UP_MS, async () =>
      (await positionOf(world)).sum > 0 ? true : undefined,
    );
    await new Killer(world, victims, random).run(kills, ({ number, victim, recoveredMs }) => {
      for (const producer of producers) producer.check();
      killed[victim] = (killed[victim] ?? 0) + 1;
      if (recoveredMs !== undefined) recoveries.add(victim, recoveredMs);
      const recovery = recoveredMs === undefined ? 'not waited for' : `going on after ${recoveredMs} ms`;
      onProgress(`kill ${number}/${kills}: ${victim}, ${recovery}; ${written()} records written`);
    });
  } finally {
    await Promise.all(producers.map((producer) => producer.stop()));
  }
  onProgress(`${written()} records written; waiting until all are processed`);
  await until('waiting for the end of the input', CATCH_UP_MS, async () => {
    if ((await positionOf(world)).isAtEnd) return true;
    await victims.facts();
    return undefined;
  });
  await scenario.settled(world.client);
  const ends = await endsOfCuts(world);
  await until('waiting for what is behind cuts', CATCH_UP_MS, async () => {
    if (await haveReached(world, ends)) return true;
    await victims.facts();
    return undefined;
  });
  await world.pause();
  const cluster = await findings();
  onProgress('comparing every output record with the reference');
  const verdict: Verdict = await verifyChaos(
    world,
    seed,
    producers.map((producer) => producer.written),
  );
  return {
    mode,
    pipeline: order.pipeline,
    kills,
    killed,
    seed,
    input: written(),
    output: verdict.actual,
    expected: verdict.expected,
    lost: verdict.lost,
    duplicated: verdict.duplicated,
    wrong: verdict.wrong,
    outOfOrder: verdict.outOfOrder,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    slowestRecoveryMs: recoveries.slowestMs,
    recoverySeconds: recoveries.summary(),
    ...(cluster === undefined ? {} : { cluster }),
    examples: verdict.examples,
  };
};

const huntIn = (world: ChaosWorld, random: () => number, onProgress: (line: string) => void): Hunt => {
  const { yarn } = world;
  if (yarn === undefined)
    return {
      victims: new StandaloneVictims(world, random),
      kinds: STANDALONE_VICTIMS,
      findings: async () => undefined,
    };
  const victims = new ClusterVictims(world, yarn, random, onProgress);
  return {
    victims,
    kinds: CLUSTER_VICTIMS,
    findings: async () => ({
      ...(await clusterEnding(yarn)),
      restarts: victims.restarts,
      killedWhileSubmitting: victims.killedWhileSubmitting,
    }),
  };
};
