import type { SampledRecord } from './sampled-record.ts';
import type { Direction, Walk } from './walk-partition.ts';

/** Records of several partitions in one order, bounded; the records of each partition keep the order of its walk. */
export class MergedWalks {
  readonly #direction: Direction;
  readonly #most: { readonly records: number; readonly bytes: number };
  /** Only where records lie: the records themselves are kept once. */
  readonly #walks: { readonly walk: Omit<Walk, 'records'>; readonly offsets: readonly number[] }[] = [];
  #records: readonly SampledRecord[] = [];

  constructor(direction: Direction, most: { readonly records: number; readonly bytes: number }) {
    this.#direction = direction;
    this.#most = most;
  }

  get records(): readonly SampledRecord[] {
    return this.#records;
  }

  add({ records, ...walk }: Walk): void {
    this.#walks.push({ walk, offsets: records.map(({ offset }) => offset) });
    this.#records = this.#bounded(this.#merge(this.#records, records));
  }

  /** By partition, where the next page of this direction begins; undefined where nothing is left anywhere. */
  next(): ReadonlyMap<number, number> | undefined {
    const taken = new Map<number, number>();
    for (const { partition } of this.#records) taken.set(partition, (taken.get(partition) ?? 0) + 1);
    const positions = new Map<number, number>();
    let isDone = true;
    for (const { walk, offsets } of this.#walks) {
      const left = offsets[taken.get(walk.partition) ?? 0];
      isDone &&= walk.isDone && left === undefined;
      positions.set(walk.partition, left === undefined ? walk.reached : this.#direction === 'older' ? left + 1 : left);
    }
    return isDone ? undefined : positions;
  }

  #merge(a: readonly SampledRecord[], b: readonly SampledRecord[]): SampledRecord[] {
    const merged: SampledRecord[] = [];
    let [i, j] = [0, 0];
    for (let first = a[i], second = b[j]; first !== undefined || second !== undefined; ) {
      if (second === undefined || (first !== undefined && this.#isNearer(first, second))) {
        merged.push(first as SampledRecord); // one of the two is there
        first = a[++i];
      } else {
        merged.push(second);
        second = b[++j];
      }
    }
    return merged;
  }

  #isNearer(a: SampledRecord, b: SampledRecord): boolean {
    return this.#direction === 'older' ? a.timestamp >= b.timestamp : a.timestamp <= b.timestamp;
  }

  /** At least one, however large. */
  #bounded(records: readonly SampledRecord[]): SampledRecord[] {
    let bytes = 0;
    const beyond = records.findIndex((record, index) => {
      bytes += record.kept;
      return index >= this.#most.records || (index > 0 && bytes > this.#most.bytes);
    });
    return beyond < 0 ? [...records] : records.slice(0, beyond);
  }
}
