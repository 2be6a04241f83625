import {
  type Plan,
  type RecordObserver,
  type SnapshotSlot,
  type StreamRecord,
  snapshotBounds,
  snapshotSlotsOf,
} from '@penstock/engine';
import { messageOf, type SnapshotRecord, type SnapshotRequest, type SnapshotResult } from '@penstock/model';

/** The task whose records are looked at: part of the plan, and partition of its input. */
export type SnapshotPlace = Pick<SnapshotRecord, 'part' | 'partition'>;

type Direction = SnapshotRecord['direction'];
type Slot = SnapshotSlot & { readonly records: SnapshotRecord[] };

/**
 * Catches the first records that pass each stage of some tasks, as text, since records go on changing. It belongs to
 * one thread; its tasks share it, each through an observer of its own (`Task.observe`). It never throws into a task:
 * looking at a record must not change what becomes of it.
 */
export class SnapshotCatcher {
  readonly request: SnapshotRequest;
  readonly #records: number;
  readonly #textLength: number;
  /** What was caught, in the order of the plan. */
  readonly #caught: readonly Slot[];
  /** Slots that tasks of this thread pass and that are not full, by stage. Records that find none are gone quickly. */
  readonly #open = { input: new Map<string, Slot>(), output: new Map<string, Slot>() };
  readonly #parts = new Set<number>();
  #size = 0;

  constructor(request: SnapshotRequest, plan: Plan) {
    const slots = snapshotSlotsOf(plan, request.stage);
    const bounds = snapshotBounds(slots.length, request.records);
    this.request = request;
    this.#records = bounds.records;
    this.#textLength = bounds.textLength;
    this.#caught = slots.map((slot) => ({ ...slot, records: [] }));
  }

  /** True when the tasks that were given an observer have nothing more to catch: take the observers away. */
  get isFull(): boolean {
    return this.#open.input.size + this.#open.output.size === 0;
  }

  /** Records caught so far. */
  get size(): number {
    return this.#size;
  }

  /** The observer for the task of a place; each task has its own. */
  observerOf(place: SnapshotPlace): RecordObserver {
    this.#expect(place.part);
    return {
      onRead: (source, record) => this.#catch(place, source, 'output', record),
      onInput: (stage, record) => this.#catch(place, stage, 'input', record),
      onOutput: (stage, record) => this.#catch(place, stage, 'output', record),
    };
  }

  /** What was caught so far, stage by stage. */
  result(): SnapshotResult {
    return { id: this.request.id, records: this.#caught.flatMap(({ records }) => records) };
  }

  #expect(part: number): void {
    if (this.#parts.has(part)) return;
    this.#parts.add(part);
    for (const slot of this.#caught) if (slot.part === part) this.#open[slot.direction].set(slot.stage, slot);
  }

  #catch({ part, partition }: SnapshotPlace, stage: string, direction: Direction, record: StreamRecord): void {
    const slot = this.#open[direction].get(stage);
    if (slot === undefined) return;
    slot.records.push({ stage, direction, part, partition, ...cut(textOf(record), this.#textLength) });
    this.#size++;
    if (slot.records.length >= this.#records) this.#open[direction].delete(stage);
  }
}

/** A record that has no JSON form will fail where it is written; here it only cannot be shown. */
const textOf = (record: StreamRecord): string => {
  try {
    return record.toJson();
  } catch (error) {
    return JSON.stringify({ notJson: messageOf(error) });
  }
};

const cut = (text: string, length: number): { text: string; isCut: boolean } => {
  if (text.length <= length) return { text, isCut: false };
  const isInsidePair = (text.codePointAt(length - 1) ?? 0) > 0xffff;
  // By way of bytes: a slice alone would keep the whole text in memory.
  const start = Buffer.from(text.slice(0, isInsidePair ? length - 1 : length), 'utf16le').toString('utf16le');
  return { text: start, isCut: true };
};
