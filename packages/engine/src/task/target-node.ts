import type { Emitter, Processor, Target } from '../operator/index.ts';
import type { InputPartition, Position } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { StageSettings } from '../stage-settings.ts';
import { type Gate, type StageHooks, StageNode } from './stage-node.ts';

/** Whether a target is given what it has written already. */
interface Repetition {
  isOn: boolean;
}

/** A target of a running task: a stage like any other, which also has its say when the task begins and commits. */
export class TargetNode extends StageNode {
  readonly #target: Target;
  readonly #repetition: Repetition;
  /** Offset up to which it has written already what the task does once more; -1: it is not ahead of the task. */
  #aheadUntil = -1;

  constructor(
    instanceName: string,
    target: Target,
    gate: Gate | undefined,
    settings: StageSettings,
    hooks: StageHooks,
  ) {
    const repetition: Repetition = { isOn: false };
    super(instanceName, processorOf(target, repetition), gate, settings, hooks);
    this.#target = target;
    this.#repetition = repetition;
  }

  /** A target gathers records by itself; it needs no large batches to be fast. */
  override get takesBatches(): boolean {
    return false;
  }

  get isFull(): boolean {
    return this.#target.isFull === true;
  }

  get aheadUntil(): number {
    return this.#aheadUntil;
  }

  /** Whether it learns of its owner by itself: see `Target.claim`. */
  get claims(): boolean {
    return this.#target.claim !== undefined;
  }

  async claim(input: InputPartition): Promise<void> {
    await this.#target.claim?.(input);
  }

  async begin(start: Position): Promise<void> {
    const until = (await this.#target.begin?.(start)) ?? -1;
    this.#aheadUntil = until > start.offset && this.#target.again !== undefined ? until : -1;
  }

  /** What comes next was read from `offset`; undefined: it was not read, but comes by the clock. */
  comesFrom(offset: number | undefined): void {
    this.#repetition.isOn = offset !== undefined && offset < this.#aheadUntil;
  }

  flush(position: Position | undefined): void | Promise<void> {
    return this.#target.flush?.(position, this);
  }

  committed(position: Position | undefined): void {
    this.#target.committed?.(position);
  }
}

const processorOf = (target: Target, repetition: Repetition): Processor => ({
  ...(target.write === undefined ? {} : { process: writeOf(target, repetition) }),
  ...(target.writeBatch === undefined ? {} : { processBatch: target.writeBatch.bind(target) }),
  ...(target.close === undefined ? {} : { close: target.close.bind(target) }),
});

/** Targets that are never ahead of their task are called as they are. */
const writeOf = (target: Target, repetition: Repetition): NonNullable<Processor['process']> => {
  if (target.again === undefined) return (target.write as NonNullable<Target['write']>).bind(target);
  return (record: StreamRecord, out: Emitter): void => {
    if (repetition.isOn) target.again?.(record, out);
    else target.write?.(record, out);
  };
};

/** Stands in for targets that a preview must not open. */
export const passingTarget: Target = { write: (record, out) => out.emit(record) };
