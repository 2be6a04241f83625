import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { assetFactsOf, canonical } from '@penstock/testkit';
import { type ChaosRecord, parseRecord } from '../chaos-input.ts';
import { MERGE_EXPIRY_MINUTES } from '../chaos-stages.ts';
import { MergeReference } from '../merge-reference.ts';
import type { ChaosOracle, OutputCheck } from '../scenario.ts';
import type { ComparedRecord } from '../verdict/compare.ts';
import { ComparedOutput } from '../verdict/compared-output.ts';
import { ClockCheck } from './clock-check.ts';
import { lastAnswerTo } from './flaky-server.ts';
import { SortedCheck } from './sorted-check.ts';
import { WIDE_ASSETS } from './wide-assets.ts';
import { FETCHED_POINT, LOOKED_POINT, MERGE_TRIGGER, MERGED_POINTS, WIDE_TOPICS } from './wide-pipeline.ts';

/** Every record of the input leads to one of an output at most: its number is its name. */
const nameOf = (record: JsonObject): ComparedRecord => ({
  key: `${record.assetId}${record.pointId}`,
  id: String(record.seq),
  content: canonical(record),
});

/**
 * What the wide pipeline must make of its input, written plainly from the contract (E.3) and from nothing of the engine.
 * Each asset has one source, so that its records have an order wherever sources meet.
 */
export class WideReference implements ChaosOracle {
  readonly #merger = new MergeReference({
    points: MERGED_POINTS,
    trigger: MERGE_TRIGGER,
    expiryMinutes: MERGE_EXPIRY_MINUTES,
  });
  readonly #merged = new ComparedOutput('merged', nameOf);
  readonly #looked = new ComparedOutput('looked', nameOf);
  readonly #fetched = new ComparedOutput('fetched', nameOf);
  readonly #sorted = new SortedCheck(nameOf);
  readonly checks: ReadonlyMap<string, OutputCheck> = new Map<string, OutputCheck>([
    [WIDE_TOPICS.merged, this.#merged],
    [WIDE_TOPICS.looked, this.#looked],
    [WIDE_TOPICS.fetched, this.#fetched],
    [WIDE_TOPICS.sorted, this.#sorted],
    [WIDE_TOPICS.clock, new ClockCheck()],
  ]);

  add(source: number, { seq, text }: ChaosRecord): boolean {
    const record = parseRecord(text);
    if (record === undefined) return true;
    const merged = this.#merger.add(record);
    if (merged !== undefined) this.#merged.expect(nameOf(merged));
    if (source === 1) this.#sorted.expect(record);
    if (record.pointId === LOOKED_POINT) this.#looked.expect(nameOf(lookedUp(record)));
    if (source !== 0 || record.pointId !== FETCHED_POINT) return false;
    const { status, body } = lastAnswerTo(seq);
    if (status === 410) return true;
    const hasData = status === 200;
    const httpClient = { returnBy: 'http', response: hasData ? body : '', hasData };
    this.#fetched.expect(nameOf(withAttribute(record, `${FETCHED_POINT}_fetched`, { httpClient })));
    return false;
  }
}

/** Asset Lookup: attributes, one tag and the name; an asset that is not in the store has none. */
const lookedUp = (record: JsonObject): JsonObject => {
  const id = String(record.assetId);
  const facts = assetFactsOf(WIDE_ASSETS, id);
  const tslAssetLookup: JsonObject =
    facts === undefined
      ? { id, attributes: {}, tags: {}, extra: {} }
      : {
          id,
          attributes: { ...facts.attributes },
          tags: { hall: facts.tags.hall ?? null },
          extra: { tslInstanceName: facts.name },
        };
  return withAttribute(record, `${LOOKED_POINT}_asset`, { tslAssetLookup });
};

const withAttribute = (record: JsonObject, pointId: string, added: Record<string, JsonValue>): JsonObject => ({
  ...record,
  pointId,
  attr: { ...(isJsonObject(record.attr) ? record.attr : {}), ...added },
});
