import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MemoryLog,
  type MissedSlots,
  manifestFormatOf,
  type Plan,
  type PlanPart,
  type StateManifest,
  Task,
} from '@penstock/engine';
import { partitionForKey } from '@penstock/kafka';
import fc from 'fast-check';
import { topicsOf } from '../plan/run-topics.ts';
import { GENERATED_ASSETS, generatorPlan } from '../testing/generator.ts';
import { compareStores, movedStages } from './compare-manifest.ts';
import { changeOf } from './move-state.ts';
import { storeDefinitionsOf, storesOf } from './plan-stores.ts';

/**
 * A generator on a topic whose number of partitions changes: tasks are ticked, committed and crashed one by one, and
 * what is kept is moved as the preparation of a run does. Each record says when it was made.
 */

const EVERY = 10_000;
const MISSED_AFTER = 60_000;

const clock = { now: 0 };
const plans = new Map<string, Plan>();
const planOf = (missed: MissedSlots, sourcePartitions: number): Plan => {
  const known = plans.get(`${missed}/${sourcePartitions}`);
  if (known !== undefined) return known;
  const options = { pipelineId: 'p', input: 'in', output: 'out', sourcePartitions, everyMs: EVERY, missed };
  const plan = generatorPlan({ ...options, now: () => clock.now });
  plans.set(`${missed}/${sourcePartitions}`, plan);
  return plan;
};

interface Beat {
  readonly number: number;
  readonly at: number;
  readonly madeAt: number;
}

interface RunningTask {
  readonly task: Task;
  readonly log: MemoryLog;
  /** Messages of the log that are committed. */
  committed: number;
}

class World {
  readonly beats = new Map<string, Beat[]>();
  readonly #missed: MissedSlots;
  #plan: Plan;
  #partitions: number;
  /** The state topic, compacted, by partition. */
  #state = new Map<number, Map<string, string | null>>();
  #tasks = new Map<number, RunningTask>();

  constructor(missed: MissedSlots, partitions: number) {
    this.#missed = missed;
    this.#partitions = partitions;
    this.#plan = planOf(missed, partitions);
  }

  async tick(which: number): Promise<void> {
    const { task } = await this.#task(which % this.#partitions);
    do await task.tick(clock.now);
    while (task.isBehind);
  }

  async commit(which: number): Promise<void> {
    const running = await this.#task(which % this.#partitions);
    const { task, log } = running;
    if (task.wantsCommit) await task.commit({ topic: 'in', partition: which % this.#partitions, offset: 0 });
    for (const { topic, partition, key, value } of log.messages.slice(running.committed)) {
      const text = value?.toString() ?? null;
      if (topic === 'state-topic') this.#partition(partition).set(key ?? '', text);
      else if (topic === 'out') {
        const {
          assetId,
          time,
          value: madeAt,
          number,
        } = JSON.parse(text ?? '') as { assetId: string; time: number; value: number; number: number };
        this.beats.set(assetId, [...(this.beats.get(assetId) ?? []), { number, at: time, madeAt }]);
      }
    }
    running.committed = log.messages.length;
  }

  async crash(which: number): Promise<void> {
    const partition = which % this.#partitions;
    await this.#tasks.get(partition)?.task.close();
    this.#tasks.delete(partition);
  }

  /** A run ends with a pause or a crash, and the next finds another number of partitions. */
  async redistribute(partitions: number): Promise<void> {
    for (let partition = 0; partition < this.#partitions; partition++) await this.crash(partition);
    const before = this.#manifest();
    this.#partitions = partitions;
    this.#plan = planOf(this.#missed, partitions);
    const after = this.#manifest();
    assert.deepEqual(movedStages(before, after.stores, new Map()), [], 'no cut is made for it');
    const changes = compareStores(before, after.stores, new Map(), storeDefinitionsOf(this.#plan));
    for (const [partition, entries] of [...this.#state].map(([at, found]) => [at, [...found]] as const))
      for (const [key, value] of entries) {
        const change = changeOf(partition, key, value, changes, partitionForKey);
        if (change?.to === undefined) continue;
        this.#partition(partition).delete(key);
        this.#partition(change.to.partition).set(change.to.key, change.to.value);
      }
  }

  async settle(): Promise<void> {
    for (let partition = 0; partition < this.#partitions; partition++) {
      await this.tick(partition);
      await this.commit(partition);
    }
  }

  #manifest(): StateManifest {
    const stores = storesOf(this.#plan, [{ topic: 'in', partitions: this.#partitions }]);
    return { format: manifestFormatOf(stores), inputs: [], cuts: [], stores, stateTopicId: 'id' };
  }

  #partition(partition: number): Map<string, string | null> {
    const found = this.#state.get(partition) ?? new Map<string, string | null>();
    this.#state.set(partition, found);
    return found;
  }

  async #task(partition: number): Promise<RunningTask> {
    const known = this.#tasks.get(partition);
    if (known !== undefined) return known;
    const log = new MemoryLog();
    const task = await Task.open({
      plan: this.#plan,
      part: this.#plan.parts[0] as PlanPart,
      partition,
      runId: 'r',
      topics: { ...topicsOf(this.#plan), state: 'state-topic' },
      log,
      clock: { now: () => clock.now },
      headersOf: () => [],
      owners: { tasks: this.#partitions, partitionFor: partitionForKey },
    });
    for (const [key, value] of this.#partition(partition)) task.restore({ key, value });
    await task.opened(clock.now);
    const running = { task, log, committed: 0 };
    this.#tasks.set(partition, running);
    return running;
  }
}

const which = fc.nat(7);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 25_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 400_000 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('tick' as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('share' as const), partitions: fc.integer({ min: 1, max: 8 }) }),
  },
);

/** Why a slot may not have come: everybody who could have made it was late, and the choice is to leave it out then. */
const isMissed = (slot: number, next: Beat, missed: MissedSlots): boolean =>
  missed !== 'each' && slot < next.madeAt - MISSED_AFTER;

for (const missed of ['each', 'last', 'none'] as const)
  test(`no slot comes twice, and none is swallowed but by choice (${missed}), over crashes, commits and other partitions`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, partitions) => {
          clock.now = 1_000_003;
          const world = new World(missed, partitions);
          await world.settle();
          const begin = Math.floor(clock.now / EVERY) * EVERY;
          for (const one of steps) {
            if (one.kind === 'pass') clock.now += one.ms;
            else if (one.kind === 'tick') await world.tick(one.which);
            else if (one.kind === 'commit') await world.commit(one.which);
            else if (one.kind === 'crash') await world.crash(one.which);
            else await world.redistribute(one.partitions);
          }
          clock.now += EVERY;
          await world.settle();
          const newest = Math.floor(clock.now / EVERY) * EVERY;
          for (const key of GENERATED_ASSETS) {
            const beats = world.beats.get(key) ?? [];
            let expected = begin + EVERY;
            for (const beat of beats) {
              assert.ok(beat.at >= expected, `${key}: slot ${beat.at} came again, or behind a later one`);
              for (; expected < beat.at; expected += EVERY)
                assert.ok(isMissed(expected, beat, missed), `${key}: slot ${expected} was swallowed before ${beat.at}`);
              expected = beat.at + EVERY;
            }
            const numbers = beats.map(({ number }) => number);
            assert.deepEqual(numbers, [...beats.keys()], `${key}: slots are counted through`);
            assert.equal(beats.at(-1)?.at, newest, `${key}: the newest slot is in time and comes`);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
