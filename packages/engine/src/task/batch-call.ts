import type { Emitter } from '../operator/index.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/**
 * One call of an operator with many records. It remembers which of them came to an end, so that when the call fails
 * only the others are errors; and it is deaf once the call is over, because what becomes of those is decided then.
 */
export class BatchCall implements Emitter {
  readonly #stage: Emitter;
  /** What came of the records: the records themselves or others with their origin. */
  readonly #outcomes: StreamRecord[] = [];
  #isOver = false;

  constructor(stage: Emitter) {
    this.#stage = stage;
  }

  end(): void {
    this.#isOver = true;
  }

  /** Records of the call of which nothing came. */
  unfinished(records: readonly StreamRecord[]): StreamRecord[] {
    const same = new Set(this.#outcomes);
    const origins = new Map<unknown, Set<number>>();
    for (const { batch, index } of this.#outcomes) {
      if (batch === undefined) continue;
      const indexes = origins.get(batch);
      if (indexes === undefined) origins.set(batch, new Set([index]));
      else indexes.add(index);
    }
    return records.filter((record) => !same.has(record) && origins.get(record.batch)?.has(record.index) !== true);
  }

  emit(record: StreamRecord, lane?: number): void {
    if (this.#isOver) return;
    this.#outcomes.push(record);
    this.#stage.emit(record, lane);
  }

  drop(record: StreamRecord, reason: string): void {
    if (this.#isOver) return;
    this.#outcomes.push(record);
    this.#stage.drop(record, reason);
  }

  error(record: StreamRecord, code: string, message: string): void {
    if (this.#isOver) return;
    this.#outcomes.push(record);
    this.#stage.error(record, code, message);
  }
}
