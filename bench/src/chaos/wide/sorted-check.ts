import type { JsonObject } from '@penstock/model';
import type { OutputCheck, SeenRecord } from '../scenario.ts';
import { type ComparedRecord, Comparison, type Verdict } from '../verdict/compare.ts';
import { MAX_BATCH } from './wide-pipeline.ts';

const MAX_EXAMPLES = 5;

interface Arrival {
  readonly key: string;
  readonly id: string;
  readonly time: number;
}

/**
 * What a sorter has made of the batches of a topic. Where a batch ends depends on when records came and on what was
 * killed, so the order is judged by what holds whatever they were: read a partition until as many of its first records
 * have come as it had, whichever they are; what has come since the last such point was in one batch, or would not have
 * changed places. It is no larger than a batch may be, and is in the order of its times, those of equal ones as they came.
 */
export class SortedCheck implements OutputCheck {
  readonly #comparison = new Comparison('sorted');
  /** In the order of the input. */
  readonly #arrivals: Arrival[] = [];
  readonly #seen = new Map<number, string[]>();
  readonly #partitionOf = new Map<string, number>();
  readonly #nameOf: (record: JsonObject) => ComparedRecord;
  readonly #examples: string[] = [];
  #outOfOrder = 0;

  constructor(nameOf: (record: JsonObject) => ComparedRecord) {
    this.#nameOf = nameOf;
  }

  /** The partitions of the output are those of the input: what comes of one asset comes by one of each. */
  expect(record: JsonObject): void {
    const named = this.#nameOf(record);
    // The order is judged by batches, not by what has the same key.
    this.#comparison.expect({ ...named, key: named.id });
    this.#arrivals.push({ key: String(record.assetId), id: named.id, time: Number(record.time) });
  }

  see({ record, partition }: SeenRecord, where: string): void {
    const named = this.#nameOf(record);
    this.#comparison.see({ ...named, key: named.id }, where);
    const assetId = String(record.assetId);
    const before = this.#partitionOf.get(assetId) ?? partition;
    if (before !== partition) this.#count([`${where}: ${assetId} has come by partition ${before} before`]);
    this.#partitionOf.set(assetId, partition);
    const ids = this.#seen.get(partition);
    if (ids === undefined) this.#seen.set(partition, [named.id]);
    else ids.push(named.id);
  }

  judge(): Verdict {
    const byPartition = Map.groupBy(this.#arrivals, ({ key }) => this.#partitionOf.get(key) ?? -1);
    for (const [partition, arrivals] of byPartition) this.#count(misplaced(arrivals, this.#seen.get(partition) ?? []));
    const verdict = this.#comparison.judge();
    verdict.outOfOrder += this.#outOfOrder;
    verdict.examples.push(...this.#examples);
    return verdict;
  }

  #count(found: readonly string[]): void {
    this.#outOfOrder += found.length;
    this.#examples.push(...found.slice(0, MAX_EXAMPLES - this.#examples.length).map((text) => `sorted: ${text}`));
  }
}

/**
 * What is out of order in a partition, one line each. `ids`: what has come out of it; what is missing or has come twice
 * is counted elsewhere and left out here.
 */
export const misplaced = (arrivals: readonly Arrival[], ids: readonly string[], maxBatch = MAX_BATCH): string[] => {
  const seen = new Set(ids);
  const came = arrivals.filter(({ id }) => seen.has(id));
  const places = new Map(came.map(({ id }, place) => [id, place]));
  const order = [...seen].flatMap((id) => places.get(id) ?? []);
  const found: string[] = [];
  let begin = 0;
  let furthest = -1;
  for (const [index, place] of order.entries()) {
    furthest = Math.max(furthest, place);
    // Of a permutation: the first `index + 1` of the input have come exactly where none of them lies further on.
    if (furthest > index) continue;
    const batch = order.slice(begin, index + 1);
    if (batch.length > maxBatch) found.push(`${batch.length} records have changed places, more than a batch holds`);
    for (const [at, current] of batch.entries()) {
      const before = batch[at - 1];
      if (before === undefined) continue;
      const [one, other] = [came[before], came[current]];
      if (one === undefined || other === undefined) continue;
      const isSorted = one.time < other.time || (one.time === other.time && before < current);
      if (!isSorted) found.push(`${other.id} (${other.time}) behind ${one.id} (${one.time})`);
    }
    begin = index + 1;
  }
  return found;
};
