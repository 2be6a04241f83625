import { defineLookUp, type StreamRecord } from '@penstock/engine';
import type { AssetFacts } from '@penstock/model';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import type { AssetLookupConfig } from './criteria.ts';

const HOUR_MS = 3_600_000;
/** With pauses of 5 s between them: minutes, in which a service is restarted or replaced. */
const RETRIES = 60;

/** The asset of a record, by its `assetId`; undefined where the organisation has none of it. */
export const assetLookUp = defineLookUp<string, AssetFacts, Pick<AssetLookupConfig, 'inputOutput'>>({
  name: 'asset',
  policy: () => ({
    // Changes are told; this only bounds how long one that went unheard may count.
    ttlMs: HOUR_MS,
    missingTtlMs: HOUR_MS,
    maxEntries: 200_000,
    maxBytes: 64 * 1024 * 1024,
    // They go to the service in questions of 200.
    concurrency: 400,
    timeoutMs: 60_000,
    retries: RETRIES,
  }),
  open: ({ inputOutput }) => {
    const table = new PointTable(inputOutput, ({ inputPoint }) => pointReferenceOf(inputPoint));
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
