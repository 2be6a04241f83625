import { setTimeout as delay } from 'node:timers/promises';
import type { YarnProcess } from '@penstock/dev';
import { Hopeless, type Random, until, wholeBetween } from '@penstock/testkit';
import { isGivenUp, type PipelineFacts, readFacts } from '../chaos-facts.ts';
import type { ChaosWorld } from '../chaos-world.ts';
import type { Kill, Victims } from '../killer.ts';
import type { ChaosCluster } from './chaos-cluster.ts';
import { type ContainerRole, killByForce } from './process-watch.ts';

/**
 * How often each is killed in thirty kills. `serviceAtStart` is the service between being asked for a start and
 * knowing YARN's id of the application.
 */
const DECK = {
  worker: 6,
  executor: 6,
  driver: 4,
  nodeManager: 3,
  resourceManager: 3,
  broker: 3,
  service: 2,
  serviceAtStart: 3,
} as const;
type Victim = keyof typeof DECK;

export const CLUSTER_VICTIMS = Object.keys(DECK) as readonly Victim[];

/** Attempts of YARN per application on the local cluster: `yarn.resourcemanager.am.max-attempts`. */
const MAX_ATTEMPTS = 8;
/** Longer than a node may be silent (30 s there): YARN gives its containers up while they go on. */
const LONG_OUTAGE_MS = 45_000;
const SHORT_OUTAGE_MS = 8_000;
/** A submission takes about this long. */
const SUBMISSION_MS = 6_000;

/** Cluster Mode: what runs in containers, YARN itself, the broker and the service. */
export class ClusterVictims implements Victims {
  readonly recoveryMs = 300_000;
  readonly #world: ChaosWorld;
  readonly #cluster: ChaosCluster;
  readonly #random: Random;
  readonly #onProgress: (line: string) => void;
  #deck: Victim[] = [];
  /** Starts of the pipeline after YARN's attempts were used up. */
  restarts = 0;
  /** Kills of the service while a program was submitting for it. */
  killedWhileSubmitting = 0;

  constructor(world: ChaosWorld, cluster: ChaosCluster, random: Random, onProgress: (line: string) => void) {
    this.#world = world;
    this.#cluster = cluster;
    this.#random = random;
    this.#onProgress = onProgress;
  }

  /** Dealt from a shuffled deck, so that thirty kills hold all of it whatever the seed. */
  next(): Victim {
    if (this.#deck.length === 0) this.#deck = this.#shuffled();
    const [victim = 'worker'] = this.#deck.splice(0, 1);
    return victim;
  }

  #shuffled(): Victim[] {
    const deck = CLUSTER_VICTIMS.flatMap((victim) => Array.from({ length: DECK[victim] }, () => victim));
    for (let last = deck.length - 1; last > 0; last--) {
      const other = wholeBetween(this.#random, 0, last);
      [deck[last], deck[other]] = [deck[other] ?? 'worker', deck[last] ?? 'worker'];
    }
    return deck;
  }

  /** Starts the pipeline again where all that happened is that YARN's attempts were used up. */
  async facts(): Promise<PipelineFacts> {
    const facts = await readFacts(this.#world);
    if (!isGivenUp(facts)) return facts;
    if (facts.reason !== 'APPLICATION_FAILED' || facts.attempts < MAX_ATTEMPTS)
      throw new Hopeless(`the pipeline is in ${facts.state}: ${facts.told}`);
    this.restarts++;
    this.#onProgress(`YARN's attempts are used up; starting the pipeline again: ${facts.told}`);
    await this.#world.start();
    return readFacts(this.#world);
  }

  async kill(victim: Victim): Promise<Kill> {
    const { service, kafka } = this.#world;
    const { resourceManager, nodeManagers } = this.#cluster.yarn;
    const at = Date.now();
    switch (victim) {
      case 'worker':
      case 'executor':
      case 'driver':
        return { at: await this.#killContainer(victim) };
      case 'nodeManager': {
        const node = nodeManagers[wholeBetween(this.#random, 0, nodeManagers.length - 1)];
        if (node === undefined) throw new Error('the cluster has no nodes');
        return this.#killForAWhile(node, this.#random() < 0.5 ? LONG_OUTAGE_MS : this.#random() * SHORT_OUTAGE_MS);
      }
      case 'resourceManager':
        return this.#killForAWhile(resourceManager, this.#random() * SHORT_OUTAGE_MS);
      case 'broker':
        await kafka.kill9();
        await kafka.start();
        return { at };
      case 'service':
        await service.end('SIGKILL');
        await service.start();
        return { at };
      case 'serviceAtStart':
        return { at: await this.#killServiceAtStart() };
    }
  }

  /** Any of the role, in whichever attempt: one that YARN has given up already can do as much harm as another. */
  #killContainer(role: ContainerRole): Promise<number> {
    return until(`looking for a ${role} to kill`, this.recoveryMs, async () => {
      const pids = this.#cluster.watch.running(role);
      const pid = pids[wholeBetween(this.#random, 0, pids.length - 1)];
      const at = Date.now();
      if (pid !== undefined && killByForce(pid)) return at;
      await this.facts();
      return undefined;
    });
  }

  async #killForAWhile(server: YarnProcess, outageMs: number): Promise<Kill> {
    const at = Date.now();
    await server.kill9();
    this.#onProgress(`${server.name} is away for ${Math.round(outageMs / 1000)} s`);
    return { at, restored: delay(outageMs).then(() => server.start()) };
  }

  /**
   * Pauses and starts the pipeline, and kills the service at a random moment until the program that submits has ended;
   * now and then this program as well, as when the whole machine dies.
   */
  async #killServiceAtStart(): Promise<number> {
    const { service } = this.#world;
    const { watch } = this.#cluster;
    await until('waiting for a pipeline that can be paused', this.recoveryMs, async () =>
      (await this.facts()).state === 'RUNNING' ? true : undefined,
    );
    await this.#world.pause();
    await this.#world.start();
    if (this.#random() < 0.75)
      await until('waiting for the submitting program', this.recoveryMs, () =>
        watch.submitting().length > 0 ? true : undefined,
      );
    const moment = Date.now() + this.#random() * SUBMISSION_MS;
    let submits = watch.submitting();
    for (let wasSubmitting = submits.length > 0; Date.now() < moment; wasSubmitting ||= submits.length > 0) {
      await delay(20);
      const now = watch.submitting();
      // It is about to end, or has ended just now: the last chance to be earlier than the service's knowledge.
      if (wasSubmitting && now.length === 0) break;
      submits = now;
    }
    submits = watch.submitting();
    const at = Date.now();
    await service.end('SIGKILL');
    if (submits.length > 0) this.killedWhileSubmitting++;
    const isWithSubmit = submits.length > 0 && this.#random() < 0.33;
    if (isWithSubmit) for (const pid of submits) killByForce(pid);
    this.#onProgress(
      `the service is killed ${submits.length > 0 ? 'while it submits' : 'around a submission'}` +
        `${isWithSubmit ? ', together with the submitting program' : ''}`,
    );
    await service.start();
    return at;
  }
}
