import { messageOf } from '@penstock/model';
import { isCertainlyGone } from './instance-identity.ts';
import { RunKeeper, type SupervisorDeps } from './run-keeper.ts';
import { otherOwners, readOpenTags, releaseLeases, takeLeases } from './run-store.ts';
import { renewStartLock } from './start-lock.ts';

/** A lease not renewed for this long may be taken by another instance. */
export const LEASE_MS = 10_000;
/** How often it looks when nothing wakes it. */
const INTERVAL_MS = 1000;
/** A supervisor that did not get round for this long was not listening either. */
const DEAF_AFTER_MS = 5000;
/** How often applications are looked for that belong to no open run. */
const KILL_UNKNOWN_EVERY_MS = 60_000;

/**
 * Sees to it that every run whose lease this instance holds gets what is desired. Each run is looked after on its own:
 * what hangs or fails for one disturbs no other. Everything it knows is in the database or found by looking.
 */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  readonly #keeper: RunKeeper;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #heldSince = new Map<string, number>();
  #lastRound: number | undefined;
  #listeningSince = 0;
  #unknownKilledAt = 0;
  #killing: Promise<void> | undefined;
  #isWoken = false;
  #wakeUp: (() => void) | undefined;
  #loop: Promise<void> | undefined;
  #isEnding = false;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#keeper = new RunKeeper(deps, () => this.wake());
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Runs it looks after, and how long ago it last got round, ms; undefined where it never has. */
  get standing(): { readonly runs: number; readonly roundAgeMs: number } | undefined {
    if (this.#lastRound === undefined) return undefined;
    return { runs: this.#heldSince.size, roundAgeMs: Math.max(0, this.#deps.clock.now() - this.#lastRound) };
  }

  /** Something has changed that is worth a look now. */
  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  /**
   * Ends the loop, lets what is under way finish, and gives the leases back. Workers live on, unless `stopWorkers`:
   * then they are told to finish and waited for. What is desired stays, so the next start goes on with them.
   */
  async stop(options: { readonly stopWorkers?: boolean } = {}): Promise<void> {
    this.#isEnding = true;
    this.wake();
    await this.#loop;
    await this.settled();
    if (options.stopWorkers === true) {
      await Promise.all([...this.#heldSince.keys()].map((runId) => this.#keeper.stopWorker(runId)));
    }
    await releaseLeases(this.#deps.store.db, this.#deps.instanceId);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#killing;
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /** One round: leases, then a look at every run held that is not being looked at already. */
  async round(): Promise<void> {
    const { store, clock, instanceId, place, isAtHome } = this.#deps;
    if (isAtHome?.() === false) return;
    const now = clock.now();
    const owners = await otherOwners(store.db, instanceId);
    const gone = owners.filter((owner) => isCertainlyGone(owner, place));
    const held = await takeLeases(store.db, { instanceId, gone }, now, now + LEASE_MS);
    if (this.#lastRound === undefined || now - this.#lastRound > DEAF_AFTER_MS) this.#listeningSince = now;
    this.#lastRound = now;
    const ids = new Set(held.map(({ runId }) => runId));
    for (const runId of this.#heldSince.keys()) if (!ids.has(runId)) this.#heldSince.delete(runId);
    for (const { runId, state } of held) {
      if (!this.#heldSince.has(runId)) this.#heldSince.set(runId, now);
      if (state === 'STARTING') await renewStartLock(store.db, runId, instanceId, now);
      this.#lookAt(runId);
    }
    if (now - this.#unknownKilledAt >= KILL_UNKNOWN_EVERY_MS && this.#killing === undefined) {
      this.#unknownKilledAt = now;
      this.#killing = this.#killUnknown().finally(() => {
        this.#killing = undefined;
      });
    }
  }

  /** Applications without an open run: of runs that were over before YARN let go of them, or of a lost database. */
  async #killUnknown(): Promise<void> {
    const { store, modes, log } = this.#deps;
    const hunters = modes.all.filter(({ killUnknown }) => killUnknown !== undefined);
    if (hunters.length === 0) return;
    try {
      const tags = await readOpenTags(store.db);
      for (const mode of hunters) await mode.killUnknown?.(tags);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'applications of no run could not be looked for');
    }
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      this.#isWoken = false;
      try {
        await this.round();
      } catch (error) {
        this.#deps.log.error({ reason: messageOf(error) }, 'supervision is interrupted: the database cannot be used');
      }
      if (!this.#isEnding && !this.#isWoken) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, INTERVAL_MS);
    this.#wakeUp = resolve;
    await promise;
    clearTimeout(timer);
    this.#wakeUp = undefined;
  }

  #lookAt(runId: string): void {
    if (this.#busy.has(runId)) return;
    const listeningSince = Math.max(this.#listeningSince, this.#heldSince.get(runId) ?? 0);
    const look = this.#keeper
      .look(runId, listeningSince)
      .catch((error: unknown) =>
        this.#deps.log.error({ runId, reason: messageOf(error) }, 'a run could not be looked after'),
      )
      .finally(() => this.#busy.delete(runId));
    this.#busy.set(runId, look);
  }
}
