import type { JsonObject } from '@penstock/model';
import { canonical } from '@penstock/testkit';
import { CHAOS_ORG } from '../chaos-input.ts';
import type { OutputCheck, SeenRecord } from '../scenario.ts';
import { emptyVerdict, type Verdict } from '../verdict/compare.ts';
import { CLOCK_ASSETS, CLOCK_EVERY_MS, CLOCK_POINT, CLOCK_STEP } from './wide-pipeline.ts';

const MAX_EXAMPLES = 5;
const MAX_EXAMPLE_LENGTH = 400;

/** The record that the clock makes of an asset for the trigger of this number, as it comes out of the tagger. */
const recordOf = (assetId: string, number: number, time: number): JsonObject => ({
  orgId: CHAOS_ORG,
  modelId: 'station',
  modelIdPath: '/station',
  assetId,
  pointId: `${CLOCK_POINT}_tagged`,
  time,
  value: number * CLOCK_STEP,
  quality: 0,
  attr: {
    recordGenerator: {
      assetCfg: 'byAssetIDs',
      generateBy: 'triggerPoint',
      offset: number,
      curQueryBatch: time,
      triggerPoint: '',
      generatorKey: `${assetId}::${CLOCK_POINT}`,
    },
  },
  dq: 0,
});

/**
 * What the clock has made: of each asset a record for every second since its first, which is number 0, each once and in
 * order. When the first one was due is not known beforehand: the time of any record and its number say so. How many there
 * have to be follows from the clock and is waited for (`isUpTo`), not counted here.
 */
export class ClockCheck implements OutputCheck {
  readonly #seen = new Map<string, SeenRecord[]>();
  readonly #verdict = emptyVerdict();

  see(seen: SeenRecord): void {
    const assetId = String(seen.record.assetId);
    const own = this.#seen.get(assetId);
    if (own === undefined) this.#seen.set(assetId, [seen]);
    else own.push(seen);
  }

  /** Whether every asset has a record that was due at this moment or later, in Unix ms. */
  isUpTo(moment: number): boolean {
    return CLOCK_ASSETS.every((assetId) =>
      (this.#seen.get(assetId) ?? []).some(({ record }) => Number(record.time) >= moment),
    );
  }

  judge(): Verdict {
    for (const [assetId, seen] of this.#seen) {
      this.#verdict.actual += seen.length;
      if (!CLOCK_ASSETS.includes(assetId)) this.#count('wrong', seen.length, `nobody asked for records of ${assetId}`);
    }
    for (const assetId of CLOCK_ASSETS) this.#judge(assetId, this.#seen.get(assetId) ?? []);
    return this.#verdict;
  }

  #judge(assetId: string, seen: readonly SeenRecord[]): void {
    const [first] = seen;
    if (first === undefined) {
      this.#verdict.expected++;
      this.#count('lost', 1, `there is no record of ${assetId}`);
      return;
    }
    const numbers = seen.map(({ record }) => numberOf(record));
    const begin = Number(first.record.time) - (numbers[0] ?? 0) * CLOCK_EVERY_MS;
    const last = Math.max(...numbers);
    this.#verdict.expected += last + 1;
    const found = new Set<number>();
    let reached = -1;
    for (const [index, { record, key }] of seen.entries()) {
      const number = numbers[index] ?? 0;
      const where = `record ${number} of ${assetId}`;
      if (found.has(number)) {
        this.#count('duplicated', 1, `${where} comes again`);
        continue;
      }
      found.add(number);
      const expected = recordOf(assetId, number, begin + number * CLOCK_EVERY_MS);
      if (canonical(record) !== canonical(expected) || key !== `${assetId}${expected.pointId}`)
        this.#count('wrong', 1, `${where} is ${JSON.stringify(record)}`);
      if (number < reached) this.#count('outOfOrder', 1, `${where} comes after ${reached}`);
      reached = Math.max(reached, number);
    }
    const missing = Array.from({ length: last + 1 }, (_, number) => number).filter((number) => !found.has(number));
    if (missing.length > 0)
      this.#count('lost', missing.length, `${assetId} has no records ${missing.slice(0, 10).join()}`);
  }

  #count(what: 'lost' | 'duplicated' | 'wrong' | 'outOfOrder', by: number, example: string): void {
    this.#verdict[what] += by;
    if (this.#verdict.examples.length < MAX_EXAMPLES)
      this.#verdict.examples.push(`clock: ${example}`.slice(0, MAX_EXAMPLE_LENGTH));
  }
}

const numberOf = (record: JsonObject): number => {
  const { attr } = record as { attr?: { recordGenerator?: { offset?: unknown } } };
  const number = attr?.recordGenerator?.offset;
  return typeof number === 'number' ? number : -1;
};
