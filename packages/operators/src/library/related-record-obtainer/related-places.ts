import { defineLookUp, type StreamRecord } from '@penstock/engine';
import type { PlacesQuestion, TreePlace } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import { tagOf } from '../../shared/assets/tree-tag.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { isOnTree, type RelatedConfig } from './config.ts';

/** The assets below that of a record: one answer for each row on trees that it triggers, in the order of the table. */
export const relatedPlaces = defineLookUp<PlacesQuestion, readonly TreePlace[], RelatedConfig>({
  name: 'places',
  policy: () => ASSET_POLICY,
  open: ({ inputOutput }) => {
    const rows = inputOutput.filter(isOnTree).map(({ inputPoint, assetTag, recursive }) => ({
      input: pointReferenceOf(inputPoint),
      ...tagOf(assetTag),
      side: recursive ? ('all-below' as const) : ('below' as const),
    }));
    const table = new PointTable(rows, ({ input }) => input);
    return {
      needs: (record: StreamRecord) => {
        const { assetId } = record;
        if (assetId === undefined) return [];
        return table.rowsFor(record).map(({ tagKey, tagValue, side }) => {
          const question = { assetId, tagKey, tagValue, side };
          return { key: JSON.stringify(question), question };
        });
      },
      ask: (question, { assets }, signal) => assets.places(question, signal),
      follow: ({ assets }, forget) => assets.onPlacesChanged(() => forget('all')),
      sizeOf: (found) => JSON.stringify(found).length * 2,
    };
  },
});
