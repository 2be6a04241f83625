import { defineLookUp, type LookUpDefinition, type StreamRecord } from '@penstock/engine';
import type { AssetFacts, PlacesQuestion, TreePlace } from '@penstock/model';
import type { Addressing } from '../points/addressing.ts';
import { ASSET_POLICY } from './policy.ts';
import { tagOf } from './tree-tag.ts';

interface NeighbourConfig {
  readonly inputOutput: readonly { readonly inputPoint: string }[];
  readonly treeTag: string;
}

export interface NeighbourLookUps {
  readonly places: LookUpDefinition<PlacesQuestion, readonly TreePlace[], NeighbourConfig>;
  readonly assets: LookUpDefinition<string, AssetFacts, NeighbourConfig>;
}

/**
 * Who is next to the asset of a record in the trees with a tag, and what they are: two look-ups, so that an asset that
 * is next to many others is asked for and kept once, and a change of it makes nothing else old.
 */
export const neighbourLookUps = (of: Addressing, side: PlacesQuestion['side']): NeighbourLookUps => {
  const places = defineLookUp<PlacesQuestion, readonly TreePlace[], NeighbourConfig>({
    name: 'places',
    policy: () => ASSET_POLICY,
    open: ({ inputOutput, treeTag }) => {
      const table = of.table(inputOutput, ({ inputPoint }) => of.referenceOf(inputPoint));
      const tag = tagOf(treeTag);
      return {
        needs: (record: StreamRecord) => {
          const { assetId } = record;
          if (assetId === undefined || table.rowsFor(record).length === 0) return [];
          return [{ key: assetId, question: { assetId, ...tag, side } }];
        },
        ask: (question, { assets }, signal) => assets.places(question, signal),
        follow: ({ assets }, forget) => assets.onPlacesChanged(() => forget('all')),
        sizeOf: (found) => JSON.stringify(found).length * 2,
      };
    },
  });
  const assets = defineLookUp<string, AssetFacts, NeighbourConfig, readonly TreePlace[]>({
    name: 'assets',
    policy: () => ASSET_POLICY,
    after: places,
    open: () => ({
      needs: (_record, [answer]) =>
        [...new Set((answer?.value ?? []).flatMap(idsIn))].map((assetId) => ({ key: assetId, question: assetId })),
      ask: (assetId, { assets: store }, signal) => store.asset(assetId, signal),
      follow: ({ assets: store }, forget) => store.onChanged(forget),
      sizeOf: (asset) => JSON.stringify(asset).length * 2,
    }),
  });
  return { places, assets };
};

/** The neighbours, and the root, which is what a tree itself is described by. */
const idsIn = ({ rootId, assetIds }: TreePlace): string[] => [...(rootId === null ? [] : [rootId]), ...assetIds];
