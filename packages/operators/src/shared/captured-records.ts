import { defineStore } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import type { TString } from 'typebox';
import { textField } from './config/fields.ts';

/** By which name a Record Capturer and the Record Restorers that read from it find each other. */
export const cacheNameField: TString = textField({
  title: 'Cache Name',
  description:
    'Record Capturers and Record Restorers of a pipeline with the same name share what is captured. Only for pipelines with several pairs that are to know nothing of each other.',
  default: 'common',
  minLength: 1,
  maxLength: 100,
  group: 'CacheConfig',
  advanced: true,
});

/**
 * The last captured record of each asset and point, as JSON text: restored it has the digits it was captured with. One
 * store for all stages with the same cache name.
 */
export const capturedRecords = defineStore<string, { readonly cacheName: string }>({
  name: 'captured',
  version: 1,
  keyParts: 2,
  encode: (record) => record,
  decode: (stored) => {
    if (typeof stored !== 'string') throw new Error('The stored entry is no captured record.');
    return stored;
  },
  group: ({ cacheName }) => cacheName,
  toItem: (record) => JSON.parse(record) as JsonObject,
});
