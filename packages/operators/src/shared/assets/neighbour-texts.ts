import type { LookUpAnswer } from '@penstock/engine';
import type { AssetFacts, JsonObject, TreePlace } from '@penstock/model';
import { type Criteria, nothingOf, pickerOf } from './criteria.ts';

/**
 * What is added to records of the assets next to theirs, as JSON text: records of a batch have the same neighbours again
 * and again, and each of these is spelled once for as long as it is what it is.
 */
export class NeighbourTexts {
  readonly #pick: ReturnType<typeof pickerOf>;
  readonly #known = new WeakMap<AssetFacts, string>();

  constructor(criteria: Criteria, orgId: string) {
    this.#pick = pickerOf(criteria, orgId);
  }

  /** A list with an entry for each neighbour, and one for each tree in which there is none. */
  listOf(places: readonly TreePlace[], answers: readonly LookUpAnswer<AssetFacts>[]): string {
    const assets = new Map<string, AssetFacts>();
    for (const { value } of answers) if (value !== undefined) assets.set(value.assetId, value);
    const entries = places.flatMap((place) => {
      const root = place.rootId === null ? undefined : assets.get(place.rootId);
      const tree = inner({ treeId: place.treeId, treeExtra: treeExtraOf(place, root) });
      if (place.assetIds.length === 0) return [`{${tree}}`];
      return place.assetIds.map((assetId) => `{${tree},${this.#textOf(assetId, assets.get(assetId))}}`);
    });
    return `[${entries.join(',')}]`;
  }

  #textOf(assetId: string, asset: AssetFacts | undefined): string {
    // Removed between the two questions.
    if (asset === undefined) return inner({ ...nothingOf(assetId) });
    const known = this.#known.get(asset);
    if (known !== undefined) return known;
    const text = inner({ ...this.#pick(asset) });
    this.#known.set(asset, text);
    return text;
  }
}

/** The members of an object, without its braces. */
const inner = (value: JsonObject): string => JSON.stringify(value).slice(1, -1);

/** A tree has a model and a label in EnOS, where it is made of its root. */
const treeExtraOf = ({ name, description }: TreePlace, root: AssetFacts | undefined): JsonObject => ({
  modelId: root?.modelId ?? null,
  name,
  description,
  inValid: false,
  label: root?.label ?? null,
  modelIdPath: root?.modelIdPath ?? null,
});
