import { defineLookUp, type StreamRecord } from '@penstock/engine';
import type { AssetFacts } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';

/** The asset of a record, by its `assetId`; undefined where the organisation has none of it. */
export const assetLookUpBy = (of: Addressing) =>
  defineLookUp<string, AssetFacts, { readonly inputOutput: readonly { readonly inputPoint: string }[] }>({
    name: 'asset',
    policy: () => ASSET_POLICY,
    open: ({ inputOutput }) => {
      const table = of.table(inputOutput, ({ inputPoint }) => of.referenceOf(inputPoint));
      return {
        needs: (record: StreamRecord) => {
          const { assetId } = record;
          if (assetId === undefined || table.rowsFor(record).length === 0) return [];
          return [{ key: assetId, question: assetId }];
        },
        ask: (assetId, { assets }, signal) => assets.asset(assetId, signal),
        follow: ({ assets }, forget) => assets.onChanged(forget),
        sizeOf: (asset) => JSON.stringify(asset).length * 2,
      };
    },
  });

/** The same for operators of the classic format alone. */
export const assetLookUp = assetLookUpBy(POINTS);
