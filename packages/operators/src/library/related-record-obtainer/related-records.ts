import { defineStore } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';

/** The newest record of a point that is obtained. */
export interface RelatedRecord {
  /** Event time, Unix ms. */
  readonly time: number;
  readonly modelId: string;
  readonly modelIdPath: string;
  /** As it came, as JSON text: obtained it has the digits it had. */
  readonly record: string;
}

/** By asset and point. */
export const relatedRecords = defineStore<RelatedRecord>({
  name: 'related',
  version: 1,
  keyParts: 2,
  encode: ({ time, modelId, modelIdPath, record }) => [time, modelId, modelIdPath, record],
  decode: (stored) => {
    const [time, modelId, modelIdPath, record] = Array.isArray(stored) ? stored : [];
    if (
      typeof time !== 'number' ||
      typeof modelId !== 'string' ||
      typeof modelIdPath !== 'string' ||
      typeof record !== 'string'
    )
      throw new Error('The stored entry is no latest record.');
    return { time, modelId, modelIdPath, record };
  },
  toItem: ({ record }) => JSON.parse(record) as JsonObject,
});
