import { CHAOS_ORG, createChaosInput } from './chaos-input.ts';
import { type ChaosWorld, createChaosWorld, pipelineFacts, positionOf } from './chaos-world.ts';
import type { Verdict } from './compare.ts';
import { InputProducer } from './input-producer.ts';
import { Killer, type Victim } from './killer.ts';
import { until } from './until.ts';
import { verifyChaos } from './verify-chaos.ts';

const CATCH_UP_MS = 600_000;
const PAUSE_MS = 90_000;

export interface ChaosOrder {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  readonly recordsPerSecond: number;
  readonly onProgress: (line: string) => void;
}

export interface ChaosResult {
  readonly mode: 'standalone';
  readonly kills: number;
  readonly killed: Readonly<Record<Victim, number>>;
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
  readonly examples: readonly string[];
}

/** One whole chaos run: start, kill, wait for the end of the input, compare. Rejects when it cannot be carried out. */
export const runChaos = async (order: ChaosOrder): Promise<ChaosResult> => {
  const { kills, seed, onProgress } = order;
  const startedAt = Date.now();
  const world = await createChaosWorld(order.folder, onProgress);
  try {
    const producer = new InputProducer({
      cluster: world.cluster,
      topic: world.input,
      next: createChaosInput(seed),
      recordsPerSecond: order.recordsPerSecond,
    });
    producer.start();
    onProgress(`pipeline ${world.pipelineId} runs; ${kills} kills to come`);
    const killed: Record<Victim, number> = { worker: 0, service: 0, broker: 0 };
    let slowestRecoveryMs = 0;
    try {
      await until('waiting for first output', CATCH_UP_MS, async () =>
        (await positionOf(world)).sum > 0 ? true : undefined,
      );
      await new Killer(world, seed).run(kills, ({ number, victim, recoveredMs }) => {
        producer.check();
        killed[victim]++;
        slowestRecoveryMs = Math.max(slowestRecoveryMs, recoveredMs ?? 0);
        const recovery = recoveredMs === undefined ? 'not waited for' : `going on after ${recoveredMs} ms`;
        onProgress(`kill ${number}/${kills}: ${victim}, ${recovery}; ${producer.written} records written`);
      });
    } finally {
      await producer.stop();
    }
    onProgress(`${producer.written} records written; waiting until all are processed`);
    await until('waiting for the end of the input', CATCH_UP_MS, async () => {
      if ((await positionOf(world)).isAtEnd) return true;
      await pipelineFacts(world);
      return undefined;
    });
    await pause(world);
    onProgress('comparing every output record with the reference');
    const verdict: Verdict = await verifyChaos(world, seed, producer.written);
    return {
      mode: 'standalone',
      kills,
      killed,
      seed,
      input: producer.written,
      output: verdict.actual,
      expected: verdict.expected,
      lost: verdict.lost,
      duplicated: verdict.duplicated,
      wrong: verdict.wrong,
      outOfOrder: verdict.outOfOrder,
      seconds: Math.round((Date.now() - startedAt) / 1000),
      slowestRecoveryMs,
      examples: verdict.examples,
    };
  } finally {
    await world.close();
  }
};

/** Through the EnOS API; whatever the worker still had under way is then committed or gone for good. */
const pause = async (world: ChaosWorld): Promise<void> => {
  await until('waiting for a service that can pause', PAUSE_MS, () => world.service.ready());
  await until('asking for a pause', PAUSE_MS, async () => {
    await world.enos.call('POST', `streaming/pipeline/${world.pipelineId}`, { orgId: CHAOS_ORG, action: 'pause' });
    return true;
  });
  await until('waiting for the pause', PAUSE_MS, async () =>
    (await pipelineFacts(world)).state === 'PAUSED' ? true : undefined,
  );
};
