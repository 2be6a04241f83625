import { defineStore } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import type { TString } from 'typebox';
import { textField } from './config/fields.ts';
import type { Addressing } from './points/addressing.ts';

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
 * The last captured record of each asset and point, or measurement, as JSON text: restored it has the digits it was
 * captured with. One store for all stages with the same cache name.
 */
const capturedStore = (name: string) =>
  defineStore<string, { readonly cacheName: string }>({
    name,
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

const CAPTURED = {
  pointId: capturedStore('captured'),
  // Of its own: a point and a measurement may have the same id.
  measurementId: capturedStore('captured-measurements'),
};

/** The store of one of the data formats: each has its own definition, which stages that share it have in common. */
export const capturedRecordsBy = ({ idField }: Pick<Addressing, 'idField'>) => CAPTURED[idField];
