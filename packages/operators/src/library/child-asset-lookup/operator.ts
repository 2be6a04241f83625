import { defineProcessor } from '@penstock/engine';
import { type NeighbourOptions, neighbourLookup } from '../../shared/assets/neighbour-lookup.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';

/** Its definition for one of the data formats. */
export const childAssetLookupBy = (of: Addressing) =>
  neighbourLookup(of, {
    word: 'Child',
    side: 'below',
    attribute: 'tslChildLookup',
    summary: 'Adds the assets directly below the asset of each record in the trees with a tag.',
    keywords: ['child', 'children', 'below'],
    what: 'The record goes on under the output point with `attr.tslChildLookup`, a list of the assets directly below the one that its `assetId` names, in the asset trees that have the Tree Tag.',
  });

export const childAssetLookup = defineProcessor<NeighbourOptions>(childAssetLookupBy(POINTS));
