import { isJsonObject, type JsonObject } from '@penstock/model';

const MINUTE = 60_000;

export interface MergeTerms {
  /** Points that are merged, beside the trigger. */
  readonly points: readonly string[];
  readonly trigger: string;
  readonly expiryMinutes: number;
}

/** Latest Record Merger by an expression that gives every asset a tag of its own, written plainly from its contract (E.3). */
export class MergeReference {
  readonly #terms: MergeTerms;
  /** Newest record by point, under the asset's tag. */
  readonly #assets = new Map<string, Map<string, JsonObject>>();

  constructor(terms: MergeTerms) {
    this.#terms = terms;
  }

  /** What comes out for a record; a tag that is left behind by its time to live begins anew. */
  add(record: JsonObject): JsonObject | undefined {
    const { points, trigger, expiryMinutes } = this.#terms;
    const [assetId, pointId] = [String(record.assetId), String(record.pointId)];
    if (pointId !== trigger && !points.includes(pointId)) return undefined;
    let kept = this.#assets.get(assetId) ?? new Map<string, JsonObject>();
    const newest = Math.max(...[...kept.values()].map(({ time }) => Number(time)));
    if (Number(record.time) - newest > expiryMinutes * MINUTE) kept = new Map();
    this.#assets.set(assetId, kept);
    const known = kept.get(pointId);
    if (known === undefined || Number(record.time) >= Number(known.time)) kept.set(pointId, record);
    if (pointId !== trigger) return undefined;
    const mergedRecords = [...kept.keys()].sort().map((name) => kept.get(name) ?? null);
    const attr = isJsonObject(record.attr) ? record.attr : {};
    const latestRecordMerger = { mergedTag: `tag of ${assetId}`, mergedRecords };
    return { ...record, pointId: 'merged', attr: { ...attr, latestRecordMerger } };
  }
}
