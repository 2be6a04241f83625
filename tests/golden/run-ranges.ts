import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { RunAnswer, RunLayout, RunSpec, TaskPlace, TaskRange } from '@penstock/model';
import { createRandom, type GivenStore, type Random, wholeBetween } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { ControlServer, TestExecutor } from '@penstock/testkit/worker';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from './golden-pipeline.ts';
import { pick } from './measurements.ts';
import { settling } from './positions.ts';

const EXECUTORS = 2;
const THREADS = 2;
/** As Spark does with a task: `spark.task.maxFailures`. */
const MAX_FAILURES = 4;

export interface RangesOptions {
  readonly access: TopicAccess;
  readonly spec: RunSpec;
  readonly seed: number;
  /** Of its organisation. */
  readonly assets?: GivenStore | undefined;
  readonly references?: GoldenPipeline['references'];
  /** How often a worker is killed while it works. */
  readonly kills: number;
  /** Where a clock makes records: how many slots are wanted of it, and a count of those that have come out so far. */
  readonly slots?: { readonly wanted: number; made(): Promise<number> };
}

/** What happened on the way, to be sure that it did. */
export interface RangesReport {
  rounds: number;
  kills: number;
  moves: number;
  repeated: number;
  contested: number;
  retries: number;
}

/**
 * Works a pipeline off as a Spark driver would: cuts ranges over all tasks, empty ones among them, and has two real
 * worker processes do them. Does on purpose what clusters do by accident: moves tasks, asks twice, asks both, kills.
 * Resolves when everything there is has been committed, or when it is done.
 */
export const runRanges = async (t: TestContext, options: RangesOptions): Promise<RangesReport> => {
  const driver = await RangeDriver.start(t, options);
  await driver.work();
  driver.hangUp();
  return driver.report;
};

interface Place extends TaskPlace {
  readonly topic: string;
  /** Executor and thread in one number. */
  slot: number;
  position: number;
}

class RangeDriver {
  readonly report: RangesReport = { rounds: 0, kills: 0, moves: 0, repeated: 0, contested: 0, retries: 0 };
  readonly #t: TestContext;
  readonly #access: TopicAccess;
  readonly #spec: RunSpec;
  readonly #random: Random;
  readonly #kills: number;
  readonly #slots: RangesOptions['slots'];
  readonly #executors: TestExecutor[];
  #layout: RunLayout | undefined;
  #places: Place[] = [];

  private constructor(t: TestContext, options: RangesOptions, executors: TestExecutor[], spec: RunSpec) {
    this.#t = t;
    this.#access = options.access;
    this.#spec = spec;
    this.#kills = options.kills;
    this.#slots = options.slots;
    this.#random = createRandom(options.seed);
    this.#executors = executors;
  }

  static async start(t: TestContext, options: RangesOptions): Promise<RangeDriver> {
    const { endpointsFile } = await ControlServer.start(t, options.spec.kafkaRate, options.assets, options.references);
    const spec: RunSpec = {
      ...options.spec,
      threads: THREADS,
      control: { endpointsFile, token: 'token' },
      cluster: { tag: 'golden', executors: EXECUTORS },
    };
    const executors = await Promise.all(Array.from({ length: EXECUTORS }, () => TestExecutor.start(t, spec)));
    const driver = new RangeDriver(t, options, executors, spec);
    await driver.#open();
    return driver;
  }

  /** Cuts ranges and has them done until nothing is left. */
  async work(): Promise<void> {
    if (this.#slots !== undefined) return this.#workByTheClock(this.#slots);
    const topics = this.#topics;
    const isRead = settling(this.#access, this.#spec.pipelineId, topics, 0);
    // What a killed worker had open ends when its tasks are asked for again; positions are looked at after that.
    for (let kills = 0; kills < this.report.kills || !(await isRead()); ) {
      kills = this.report.kills;
      await this.#round(true);
    }
    // Only tasks that stay where they are hear from each other that nothing more will come.
    const isSettled = settling(this.#access, this.#spec.pipelineId, topics);
    while (!(await isSettled())) {
      const ends = await this.#ends();
      const ranges = this.#places.map((place): TaskRange => {
        const { part, partition, position } = place;
        return { part, partition, from: position, until: Math.max(position, endOf(ends, place)) };
      });
      await Promise.all([...this.#bySlot(ranges)].map(([slot, own]) => this.#runSlot(slot, own)));
    }
  }

  /**
   * Rounds come at the batch interval, also where there is nothing to read. Being moved without end, faster than it can
   * commit, no task of a clock would get anywhere: each disturbance waits until something has come of the one before.
   */
  async #workByTheClock({ wanted, made }: NonNullable<RangesOptions['slots']>): Promise<void> {
    let disturbedAt = 0;
    const isOver = (slots: number): boolean =>
      slots >= wanted && slots > disturbedAt && this.report.kills === this.#kills;
    for (let slots = 0; !isOver(slots); slots = await made()) {
      const isDisturbed = slots > disturbedAt;
      if (isDisturbed) disturbedAt = slots;
      await Promise.all([this.#round(isDisturbed), setTimeout(COMMIT_INTERVAL_MS)]);
    }
  }

  async #round(isDisturbed: boolean): Promise<void> {
    const ends = await this.#ends();
    this.report.rounds++;
    if (isDisturbed) this.#move();
    const ranges = this.#places.map((place) => this.#cut(place, endOf(ends, place)));
    const slots = this.#bySlot(ranges);
    if (isDisturbed && this.#isTimeToKill) await this.#killWithin(slots);
    else if (isDisturbed && this.#random() < 0.1) await this.#contest(slots);
    else await Promise.all([...slots].map(([slot, own]) => this.#runSlot(slot, own)));
  }

  get #isTimeToKill(): boolean {
    return this.report.kills < this.#kills && (this.#slots !== undefined || this.report.rounds % 3 === 2);
  }

  hangUp(): void {
    for (const executor of this.#executors) executor.hangUp();
  }

  async #open(): Promise<void> {
    const first = this.#executorOf(0);
    const { parts, layout } = await first.get({ kind: 'prepare', purge: false });
    this.#layout = layout;
    this.#places = parts.flatMap(({ topic, partitions }, part) =>
      Array.from({ length: partitions }, (_, partition) => ({
        part,
        partition,
        topic: topic ?? '',
        slot: (part + partition) % (EXECUTORS * THREADS),
        position: 0,
      })),
    );
    for (const [slot, places] of this.#bySlot(this.#places)) {
      const { positions } = await this.#executorOf(slot).get({
        kind: 'open',
        thread: slot % THREADS,
        layout,
        places: places.map(({ part, partition }) => ({ part, partition })),
      });
      for (const { part, partition, committedOffset } of positions)
        this.#placeOf({ part, partition }).position = committedOffset ?? 0;
    }
  }

  async #ends(): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const ends = new Map<string, ReadonlyMap<number, number>>();
    for (const topic of this.#topics) ends.set(topic, await this.#access.admin.latestOffsets(topic, 'read-committed'));
    return ends;
  }

  /** What is read; a clock reads nothing. */
  get #topics(): string[] {
    return [...new Set(this.#places.map(({ topic }) => topic))].filter((topic) => topic !== '');
  }

  /** Now and then a task goes to another worker or thread; often where that seldom happens. */
  #move(): void {
    const share = this.#slots === undefined ? 0.08 : 0.5;
    for (const place of this.#places) {
      if (this.#random() > share) continue;
      place.slot = wholeBetween(this.#random, 0, EXECUTORS * THREADS - 1);
      this.report.moves++;
    }
  }

  /** Nothing, a little or a lot. */
  #cut({ part, partition, position }: Place, end: number): TaskRange {
    const left = end - position;
    const length = pick(this.#random, [0, 1, 7, Math.ceil(left / 9), Math.ceil(left / 6), Math.ceil(left / 3)]);
    return { part, partition, from: position, until: position + Math.min(left, length) };
  }

  #bySlot<T extends TaskPlace>(items: readonly T[]): Map<number, T[]> {
    const slots = new Map<number, T[]>();
    for (const item of items) {
      const { slot } = this.#placeOf(item);
      slots.set(slot, [...(slots.get(slot) ?? []), item]);
    }
    return slots;
  }

  /** Has one thread do its ranges, now and then twice. */
  async #runSlot(slot: number, ranges: readonly TaskRange[]): Promise<void> {
    const { tasks } = await this.#ask(slot, ranges);
    for (const { part, partition, topic, committedOffset } of tasks)
      this.#placeOf({ part, partition }).position = topic === '' ? 0 : committedOffset;
    if (this.#random() > 0.15) return;
    this.report.repeated++;
    await this.#ask(slot, ranges);
  }

  /** Failures that can pass are tried again: after a contest somebody may still be about to take a task. */
  async #ask(slot: number, ranges: readonly TaskRange[]): Promise<RunAnswer> {
    for (let failures = 0; ; ) {
      const answer = await this.#executorOf(slot).ask(this.#question(slot, ranges));
      if (answer.ok && 'tasks' in answer) return answer;
      const error = answer.ok ? undefined : answer.error;
      if (error?.retryable !== true || ++failures === MAX_FAILURES) throw new Error(JSON.stringify(answer));
      this.report.retries++;
    }
  }

  /** Both workers get the same ranges at once; whatever comes of it, the next round asks for them again. */
  async #contest(slots: ReadonlyMap<number, readonly TaskRange[]>): Promise<void> {
    this.report.contested++;
    const asked = [...slots].flatMap(([slot, ranges]) => {
      const other = (slot + THREADS) % (EXECUTORS * THREADS);
      return [slot, other].map((one) => this.#executorOf(one).ask(this.#question(one, ranges)));
    });
    await Promise.all(asked);
  }

  /** One worker dies while all of them work: at once, or when another one has answered. */
  async #killWithin(slots: ReadonlyMap<number, readonly TaskRange[]>): Promise<void> {
    const victim = wholeBetween(this.#random, 0, EXECUTORS - 1);
    const asked = [...slots].map(([slot, ranges]) => this.#executorOf(slot).ask(this.#question(slot, ranges)));
    if (this.#random() < 0.5) await Promise.race(asked.map((answer) => answer.catch(() => undefined)));
    const executor = this.#executorOf(victim * THREADS);
    const settled = Promise.allSettled(asked);
    executor.kill();
    await executor.exited;
    this.#executors[victim] = await TestExecutor.start(this.#t, this.#spec);
    this.report.kills++;
    // As Spark does, what was lost is asked for again while the others are at work: a transaction that it has left open
    // ends when its task is taken over.
    const lost = [...slots].filter(([slot]) => Math.floor(slot / THREADS) === victim);
    const again = lost.map(([slot, ranges]) => this.#executorOf(slot).ask(this.#question(slot, ranges)));
    await Promise.allSettled([settled, ...again]);
  }

  #question(slot: number, ranges: readonly TaskRange[]) {
    const { kafkaRate } = this.#spec;
    return {
      kind: 'run' as const,
      thread: slot % THREADS,
      ...(this.#layout === undefined ? {} : { layout: this.#layout }),
      kafkaRate,
      ranges,
    };
  }

  #executorOf(slot: number): TestExecutor {
    const executor = this.#executors[Math.floor(slot / THREADS)];
    if (executor === undefined) throw new Error(`there is no slot ${slot}`);
    return executor;
  }

  #placeOf({ part, partition }: TaskPlace): Place {
    const place = this.#places.find((one) => one.part === part && one.partition === partition);
    if (place === undefined) throw new Error(`there is no partition ${partition} of part ${part}`);
    return place;
  }
}

const endOf = (ends: ReadonlyMap<string, ReadonlyMap<number, number>>, { topic, partition }: Place): number =>
  ends.get(topic)?.get(partition) ?? 0;
