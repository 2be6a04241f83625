import type { Random } from '@penstock/testkit';
import { until } from '@penstock/testkit';
import { killWorker } from '@penstock/testkit/service';
import { type PipelineFacts, pipelineFacts } from './chaos-facts.ts';
import type { ChaosWorld } from './chaos-world.ts';
import type { Kill, Victims } from './killer.ts';

const WORKER_SHARE = 0.5;
const SERVICE_SHARE = 0.25;

export const STANDALONE_VICTIMS = ['worker', 'service', 'broker'] as const;
type Victim = (typeof STANDALONE_VICTIMS)[number];

/** Standalone Mode: worker, service and broker; puts back what does not come back by itself. */
export class StandaloneVictims implements Victims {
  readonly recoveryMs = 120_000;
  readonly #world: ChaosWorld;
  readonly #random: Random;

  constructor(world: ChaosWorld, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  next(): Victim {
    const dice = this.#random();
    return dice < WORKER_SHARE ? 'worker' : dice < WORKER_SHARE + SERVICE_SHARE ? 'service' : 'broker';
  }

  facts(): Promise<PipelineFacts> {
    return pipelineFacts(this.#world);
  }

  async kill(victim: Victim): Promise<Kill> {
    const { service, kafka } = this.#world;
    let at = Date.now();
    switch (victim) {
      case 'service':
        await service.end('SIGKILL');
        await service.start();
        break;
      case 'broker':
        await kafka.kill9();
        await kafka.start();
        break;
      case 'worker':
        await until('looking for a worker to kill', this.recoveryMs, async () => {
          const { workerPid } = await this.facts();
          at = Date.now();
          return workerPid !== undefined && killWorker(service.dataDir, workerPid) ? true : undefined;
        });
    }
    return { at };
  }
}
