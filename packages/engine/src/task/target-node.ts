import type { Processor, Target } from '../operator/index.ts';
import type { Position } from '../ports.ts';
import type { StageSettings } from '../stage-settings.ts';
import { type Gate, type StageHooks, StageNode } from './stage-node.ts';

/** A target of a running task: a stage like any other, which also has its say when the task begins and commits. */
export class TargetNode extends StageNode {
  readonly #target: Target;

  constructor(
    instanceName: string,
    target: Target,
    gate: Gate | undefined,
    settings: StageSettings,
    hooks: StageHooks,
  ) {
    super(instanceName, processorOf(target), gate, settings, hooks);
    this.#target = target;
  }

  /** A target gathers records by itself; it needs no large batches to be fast. */
  override get takesBatches(): boolean {
    return false;
  }

  begin(start: Position): void | Promise<void> {
    return this.#target.begin?.(start);
  }

  flush(position: Position | undefined): void | Promise<void> {
    return this.#target.flush?.(position, this);
  }
}

const processorOf = (target: Target): Processor => ({
  ...(target.write === undefined ? {} : { process: target.write.bind(target) }),
  ...(target.writeBatch === undefined ? {} : { processBatch: target.writeBatch.bind(target) }),
  ...(target.close === undefined ? {} : { close: target.close.bind(target) }),
});

/** Stands in for targets that a preview must not open. */
export const passingTarget: Target = { write: (record, out) => out.emit(record) };
