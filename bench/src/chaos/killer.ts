import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@penstock/testkit';
import { until } from '@penstock/testkit';
import { hasMovedOn, type PipelineFacts, positionOf } from './chaos-facts.ts';
import type { ChaosWorld } from './chaos-world.ts';

/** Share of kills that come without waiting for the last one to be overcome. */
const BLIND_SHARE = 0.25;

/** Whom to kill, and how; one for each mode. */
export interface Victims {
  /** How long it may take until a kill is overcome, in ms. */
  readonly recoveryMs: number;
  /** Who is next. */
  next(): string;
  /** Kills one by force. Resolves once it is dead and, unless `restored` says otherwise, started again. */
  kill(victim: string): Promise<Kill>;
  /** What the service says of the pipeline. Throws `Hopeless` when waiting is in vain. */
  facts(): Promise<PipelineFacts>;
}

export interface Kill {
  /** Unix ms. */
  readonly at: number;
  /** Where what was killed stays away for a while: resolves when it is back. */
  readonly restored?: Promise<void>;
}

export interface KillReport {
  readonly number: number;
  readonly victim: string;
  /** How long it took until the pipeline was seen running and offsets were committed again; undefined: not waited for. */
  readonly recoveredMs: number | undefined;
}

/** Kills at random moments, and waits until each kill is overcome, or does not. */
export class Killer {
  readonly #world: ChaosWorld;
  readonly #victims: Victims;
  readonly #random: Random;

  constructor(world: ChaosWorld, victims: Victims, random: Random) {
    this.#world = world;
    this.#victims = victims;
    this.#random = random;
  }

  async run(kills: number, onKill: (report: KillReport) => void): Promise<void> {
    for (let number = 1; number <= kills; number++) {
      await delay(200 + this.#random() * 2800);
      const victim = this.#victims.next();
      const isBlind = this.#random() < BLIND_SHARE;
      const { at, restored } = await this.#victims.kill(victim);
      const [recoveredMs] = await Promise.all([isBlind ? undefined : this.#recovered(victim, at), restored]);
      onKill({ number, victim, recoveredMs });
    }
  }

  async #recovered(victim: string, killedAt: number): Promise<number> {
    const { recoveryMs } = this.#victims;
    const before = await until('reading the position', recoveryMs, () => positionOf(this.#world));
    await until(`waiting for progress after killing the ${victim}`, recoveryMs, async () => {
      // Throws at once when the service has given the pipeline up; then waiting is in vain.
      const { state, heartbeatAt, toldCommitted } = await this.#victims.facts();
      // The service must have heard of progress: a worker that ends before that counts as one that never worked.
      if (state !== 'RUNNING' || heartbeatAt <= killedAt || toldCommitted <= before.sum) return undefined;
      return hasMovedOn(before, await positionOf(this.#world)) ? true : undefined;
    });
    return Date.now() - killedAt;
  }
}
