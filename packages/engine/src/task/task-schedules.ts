import type { ScheduleSlot } from '../operator/index.ts';
import type { PlanPart } from '../plan/plan.ts';
import { type ShardOwners, scheduleStoreOf, shardsOf } from '../state/schedule-store.ts';
import type { TimeOptions } from '../time/event-time.ts';
import { type DueSlot, StageSchedules } from './stage-schedules.ts';
import type { StageStores } from './stage-stores.ts';

export interface TaskSchedulesOptions {
  readonly plan: { readonly time: Pick<TimeOptions, 'maxFutureMs'> };
  readonly part: PlanPart;
  readonly partition: number;
  readonly owners?: ShardOwners;
  readonly isPreview?: boolean;
}

/** The schedules of all stages of a task. */
export class TaskSchedules {
  readonly #stages: readonly { readonly index: number; readonly name: string; readonly schedules: StageSchedules }[];
  readonly #options: TaskSchedulesOptions;
  /** Whether there may be more that is due than has been taken. */
  isBehind = false;
  /** Whether slots count as worked off, or as begun with, that are not committed. */
  isChanged = false;

  constructor(options: TaskSchedulesOptions, stores: StageStores) {
    const { part, partition, owners } = options;
    this.#options = options;
    this.#stages = part.stages.flatMap(({ definition, config, instanceName }, index) => {
      if (definition.kind !== 'processor' || definition.schedules === undefined) return [];
      const kept = scheduleStoreOf(definition);
      const store = kept?.isKept?.(config) === true ? stores.of(instanceName, kept) : undefined;
      const schedules = new StageSchedules({ definition, config, store, shards: shardsOf(partition, owners) });
      return schedules.isEmpty ? [] : [{ index, name: instanceName, schedules }];
    });
  }

  /** See `StageSchedules.slots`; over all stages. */
  get slots(): number {
    return this.#stages.reduce((sum, { schedules }) => sum + schedules.slots, 0);
  }

  get isEmpty(): boolean {
    return this.#stages.length === 0;
  }

  /** See `StageSchedules.open`; gives what began anew. */
  open(nowMs: number): { readonly stage: string; readonly schedule: string }[] {
    const { plan, isPreview = false } = this.#options;
    this.isChanged = !this.isEmpty;
    return this.#stages.flatMap(({ name, schedules }) =>
      schedules.open(nowMs, plan.time.maxFutureMs, isPreview).map((schedule) => ({ stage: name, schedule })),
    );
  }

  /** See `StageSchedules.restate`. */
  restate(): void {
    for (const { schedules } of this.#stages) schedules.restate();
  }

  /** The oldest slot that is due, which counts as worked off from here on, and the index of its stage. */
  take(nowMs: number): { readonly stage: number; readonly slot: ScheduleSlot } | undefined {
    const found = this.#next(nowMs);
    this.isBehind = found !== undefined;
    if (found === undefined) return undefined;
    this.isChanged = true;
    return { stage: found.index, slot: found.schedules.take(found.due) };
  }

  /** What has been worked off is committed. */
  committed(): void {
    this.isChanged = false;
  }

  #next(nowMs: number): { index: number; schedules: StageSchedules; due: DueSlot } | undefined {
    let oldest: { index: number; schedules: StageSchedules; due: DueSlot } | undefined;
    for (const { index, schedules } of this.#stages) {
      const due = schedules.next(nowMs);
      if (due !== undefined && (oldest === undefined || due.at < oldest.due.at)) oldest = { index, schedules, due };
    }
    return oldest;
  }
}
