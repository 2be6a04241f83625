import { defineProcessor } from '@penstock/engine';
import { type NeighbourOptions, neighbourLookup } from '../../shared/assets/neighbour-lookup.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';

/** Its definition for one of the data formats. */
export const parentAssetLookupBy = (of: Addressing) =>
  neighbourLookup(of, {
    word: 'Parent',
    side: 'above',
    attribute: 'tslParentLookup',
    summary: 'Adds the asset directly above the asset of each record in the trees with a tag.',
    keywords: ['parent', 'above', 'site'],
    what: "The record goes on under the output point with `attr.tslParentLookup`, a list of the assets directly above the one that its `assetId` names, in the asset trees that have the Tree Tag: one for each tree. A stage behind it finds the parent as `${record:value('/attr/tslParentLookup[0]/id')}`.",
  });

export const parentAssetLookup = defineProcessor<NeighbourOptions>(parentAssetLookupBy(POINTS));
