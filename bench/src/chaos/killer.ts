import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../data/random.ts';
import { type ChaosWorld, pipelineFacts, positionOf } from './chaos-world.ts';
import { until } from './until.ts';
import { killWorker } from './workers.ts';

export type Victim = 'worker' | 'service' | 'broker';

const WORKER_SHARE = 0.5;
const SERVICE_SHARE = 0.25;
/** Share of kills that come without waiting for the last one to be overcome. */
const BLIND_SHARE = 0.25;
const RECOVERY_MS = 120_000;

export interface KillReport {
  readonly number: number;
  readonly victim: Victim;
  /** How long it took until the pipeline was seen running and offsets were committed again; undefined: not waited for. */
  readonly recoveredMs: number | undefined;
}

/** Kills worker, service and broker by force at random moments, and puts back what does not come back by itself. */
export class Killer {
  readonly #world: ChaosWorld;
  readonly #random: Random;

  constructor(world: ChaosWorld, seed: number) {
    this.#world = world;
    this.#random = createRandom(seed ^ 0x5eed);
  }

  async run(kills: number, onKill: (report: KillReport) => void): Promise<void> {
    for (let number = 1; number <= kills; number++) {
      await delay(200 + this.#random() * 2800);
      const victim = this.#choose();
      const isBlind = this.#random() < BLIND_SHARE;
      const killedAt = await this.#kill(victim);
      if (isBlind) {
        onKill({ number, victim, recoveredMs: undefined });
        continue;
      }
      const before = await until('reading the position', RECOVERY_MS, () => positionOf(this.#world));
      await until(`waiting for progress after killing the ${victim}`, RECOVERY_MS, async () => {
        // Throws at once when the service has given the pipeline up; then waiting is in vain.
        const { state, heartbeatAt, toldCommitted } = await pipelineFacts(this.#world);
        // The service must have heard of progress: a worker that ends before that counts as one that never worked.
        return state === 'RUNNING' && heartbeatAt > killedAt && toldCommitted > before.sum ? true : undefined;
      });
      onKill({ number, victim, recoveredMs: Date.now() - killedAt });
    }
  }

  #choose(): Victim {
    const dice = this.#random();
    return dice < WORKER_SHARE ? 'worker' : dice < WORKER_SHARE + SERVICE_SHARE ? 'service' : 'broker';
  }

  /** Gives the moment of the kill; resolves when what does not come back by itself has been started again. */
  async #kill(victim: Victim): Promise<number> {
    const { service, kafka } = this.#world;
    let killedAt = Date.now();
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
        await until('looking for a worker to kill', RECOVERY_MS, async () => {
          const { workerPid } = await pipelineFacts(this.#world);
          killedAt = Date.now();
          return workerPid !== undefined && killWorker(service.dataDir, workerPid) ? true : undefined;
        });
    }
    return killedAt;
  }
}
