import { defineStore } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';

/** The newest record of one asset and point under a tag. */
export interface LatestRecord {
  /** Event time, Unix ms. */
  readonly time: number;
  /** As it came, as JSON text: merged into another record it has the digits it had in its own. */
  readonly record: string;
}

const MINUTE = 60_000;

/** By tag, asset and point. All entries of a tag go together once none of them is newer than the time to live. */
export const latestRecords = defineStore<LatestRecord, { readonly cacheExpireTime: number }>({
  name: 'latest',
  version: 1,
  keyParts: 3,
  ranges: true,
  encode: ({ time, record }) => [time, record],
  decode: (stored) => {
    const [time, record] = Array.isArray(stored) ? stored : [];
    if (typeof time !== 'number' || typeof record !== 'string')
      throw new Error('The stored entry is no latest record.');
    return { time, record };
  },
  expiry: { afterMs: ({ cacheExpireTime }) => cacheExpireTime * MINUTE, timeOf: ({ time }) => time },
  toItem: ({ record }) => JSON.parse(record) as JsonObject,
  pointOf: ([, assetId = '', pointId = '']) => [assetId, pointId],
});
