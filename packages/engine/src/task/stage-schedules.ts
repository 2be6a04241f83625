import type { ProcessorDefinition, ScheduleSlot, Store } from '../operator/index.ts';
import { type SlotsDone, shardOf } from '../state/schedule-store.ts';
import { dueSlot, type MissedSlots, slotAt } from '../time/due-slot.ts';

interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  readonly missed: MissedSlots;
  readonly isPerKey: boolean;
  /** By shard. */
  readonly done: Map<string, SlotsDone>;
}

/** A slot that is due, with the shards it is due for. */
export interface DueSlot {
  readonly schedule: Schedule;
  readonly at: number;
  readonly shards: readonly string[];
}

export interface SchedulesOptions {
  readonly definition: ProcessorDefinition;
  readonly config: Readonly<Record<string, unknown>>;
  /** The shards of the task. */
  readonly shards: readonly string[];
  /** Where it is kept how far they are; undefined where no schedule is per key. */
  readonly store: Store<SlotsDone> | undefined;
}

/** A task of a schedule per task is one shard of its own. */
const TASK = '';

/** The schedules of one stage in one task. */
export class StageSchedules {
  readonly #schedules: readonly Schedule[];
  readonly #store: Store<SlotsDone> | undefined;
  readonly #shards: readonly string[];

  constructor({ definition, config, shards, store }: SchedulesOptions) {
    this.#store = store;
    this.#shards = shards;
    this.#schedules = (definition.schedules ?? []).flatMap(({ name, per, everyMs, missed }) => {
      const every = everyMs(config);
      if (every === undefined) return [];
      return [{ name, everyMs: every, missed: missed?.(config) ?? 'last', isPerKey: per === 'key', done: new Map() }];
    });
  }

  /** Slots of schedules per key that have been worked off, over all shards of the task and all its lives. */
  get slots(): number {
    let slots = 0;
    for (const { isPerKey, done } of this.#schedules)
      if (isPerKey) for (const { count } of done.values()) slots += count;
    return slots;
  }

  get isEmpty(): boolean {
    return this.#schedules.length === 0;
  }

  /**
   * Finds out where each schedule goes on, once what is kept has been restored. One that is new begins with the slot
   * after `now`, and so does one whose last slot lies further ahead than `maxAheadMs`: a clock was wrong then. Gives the
   * names of the latter. In a preview a schedule per key begins with the slot before, so that there is something to see.
   */
  open(now: number, maxAheadMs: number, isPreview: boolean): string[] {
    const wrong: string[] = [];
    for (const schedule of this.#schedules) {
      const { name, everyMs, isPerKey } = schedule;
      const newest = slotAt(now, everyMs);
      const begin = isPreview ? newest - everyMs : newest;
      if (!isPerKey) schedule.done.set(TASK, { last: newest, count: 0 });
      else
        for (const shard of this.#shards) {
          const kept = this.#store?.get([shard, name]);
          const isWrong = kept !== undefined && kept.last > now + Math.max(everyMs, maxAheadMs);
          if (isWrong && !wrong.includes(name)) wrong.push(name);
          const goesOn = kept === undefined || isWrong ? { last: begin, count: kept?.count ?? 0 } : kept;
          if (goesOn !== kept) this.#store?.put([shard, name], goesOn);
          schedule.done.set(shard, goesOn);
        }
    }
    return wrong;
  }

  /** Writes of each schedule once more how far it is, with the next commit. */
  restate(): void {
    for (const { name, isPerKey, done } of this.#schedules) {
      const [first] = done;
      if (isPerKey && first !== undefined) this.#store?.put([first[0], name], first[1]);
    }
  }

  /** The oldest slot that is due, for all shards it is due for. */
  next(now: number): DueSlot | undefined {
    let found: { schedule: Schedule; at: number; shards: string[] } | undefined;
    for (const schedule of this.#schedules) {
      const { everyMs, missed, isPerKey, done } = schedule;
      // What a task keeps is looked after once, however many slots have passed.
      const newest = slotAt(now, everyMs);
      for (const [shard, { last }] of done) {
        const at = isPerKey ? dueSlot(last, now, everyMs, missed) : newest > last ? newest : undefined;
        if (at === undefined) continue;
        if (found === undefined || at < found.at) found = { schedule, at, shards: [shard] };
        else if (at === found.at && found.schedule === schedule) found.shards.push(shard);
      }
    }
    return found;
  }

  /** Notes that a slot is worked off now; what it leads to is committed together with that. */
  take({ schedule, at, shards }: DueSlot): ScheduleSlot {
    const before = new Map(shards.map((shard) => [shard, schedule.done.get(shard)?.count ?? 0]));
    for (const [shard, count] of before) {
      const done: SlotsDone = { last: at, count: count + 1 };
      schedule.done.set(shard, done);
      if (schedule.isPerKey) this.#store?.put([shard, schedule.name], done);
    }
    const numberOf = (key: string): number | undefined => {
      if (!schedule.isPerKey) throw new Error(`Schedule "${schedule.name}" is one per task: it has no keys.`);
      return before.get(shardOf(key));
    };
    return {
      schedule: schedule.name,
      at,
      owns: (key) => numberOf(key) !== undefined,
      numberOf: (key) => numberOf(key) ?? 0,
    };
  }
}
