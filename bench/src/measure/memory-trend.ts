import { spreadOf } from './statistics.ts';

/** Resident memory over the course of a pass: does it grow with the number of records read? */
export class MemoryTrend {
  readonly #records: number;
  readonly #middle: number[] = [];
  readonly #end: number[] = [];

  constructor(records: number) {
    this.#records = records;
  }

  add(committed: number, rssMb: number): void {
    const share = committed / this.#records;
    // The first quarter is warm-up: heaps and buffers find their size there.
    if (share >= 0.25 && share < 0.5) this.#middle.push(rssMb);
    else if (share >= 0.75) this.#end.push(rssMb);
  }

  /** Median of the last quarter less median of the second, in MiB; undefined where there were too few samples. */
  growthMb(): number | undefined {
    if (this.#middle.length < 3 || this.#end.length < 3) return undefined;
    return spreadOf(this.#end).median - spreadOf(this.#middle).median;
  }
}
