import type { FlowProgress, ProgressMessage } from './progress-message.ts';

/** What a task behind a cut knows of the flows that lead to it: learned from progress messages, so empty at its start. */
export class ProgressTable {
  /** By flow. */
  readonly flows = new Map<string, FlowProgress>();
  /** How many tasks each part in front of the cut has; undefined until one has said so. */
  readonly #tasks: Map<number, number | undefined>;
  /** Tasks that have named all their flows, by part. */
  readonly #introduced = new Map<number, Set<number>>();
  #isComplete = false;

  /** `writers`: the parts that write to the cut. */
  constructor(writers: readonly number[]) {
    this.#tasks = new Map(writers.map((part) => [part, undefined]));
  }

  /** True once every task in front of the cut has been heard: a flow that is not known may carry anything. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Takes note of a flow that has brought a record: it counts from now on, though nobody has spoken of it yet. */
  sight(flow: string): void {
    if (flow === '' || this.flows.has(flow) || (this.#isComplete && !this.#leadsHere(flow))) return;
    this.flows.set(flow, {
      flow,
      streamTime: Number.NEGATIVE_INFINITY,
      caughtUpAt: Number.NEGATIVE_INFINITY,
    });
  }

  take(message: ProgressMessage): void {
    // Of a plan that was released before, in which other parts wrote to the cut: nobody speaks for them any more.
    if (!this.#tasks.has(message.part)) return;
    for (const progress of message.flows) {
      const known = this.flows.get(progress.flow);
      this.flows.set(progress.flow, {
        flow: known?.flow ?? progress.flow,
        streamTime: Math.max(progress.streamTime, known?.streamTime ?? Number.NEGATIVE_INFINITY),
        // A partition that has caught up and is behind again has still passed on what it held then.
        caughtUpAt: Math.max(progress.caughtUpAt, known?.caughtUpAt ?? Number.NEGATIVE_INFINITY),
      });
    }
    const { part, partition, tasks, isComplete } = message;
    // Partitions can be added; a task that has not heard of it yet says the smaller number.
    this.#tasks.set(part, Math.max(tasks, this.#tasks.get(part) ?? 0));
    if (isComplete) {
      const introduced = this.#introduced.get(part) ?? new Set<number>();
      this.#introduced.set(part, introduced.add(partition));
    }
    const wasComplete = this.#isComplete;
    this.#isComplete = [...this.#tasks].every(
      ([writer, count]) => count !== undefined && (this.#introduced.get(writer)?.size ?? 0) >= count,
    );
    if (!this.#isComplete || wasComplete) return;
    for (const flow of this.flows.keys()) if (!this.#leadsHere(flow)) this.flows.delete(flow);
  }

  /** Whether its last task is one of those in front of the cut; records of tasks that are no more may still be there. */
  #leadsHere(flow: string): boolean {
    const part = Number(flow.slice(flow.lastIndexOf('>') + 1).split('.', 1)[0]);
    return this.#tasks.has(part);
  }
}
