import type { DeliveryGuarantee, JsonObject } from '@penstock/model';
import type { Fingerprint } from './fingerprint.ts';

export const WORKLOADS = ['select', 'map', 'window', 'script'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** One of the four things that are measured: what the worker is told, and what must come out. */
export interface Workload {
  readonly name: WorkloadName;
  /** One line for people. */
  readonly what: string;
  /** The pipeline document between two topics. */
  readonly document: (input: string, output: string, guarantee: DeliveryGuarantee) => JsonObject;
  /** Computed from the data set's seed alone. */
  readonly reference: (data: { readonly records: number; readonly seed: number }) => Fingerprint;
  /**
   * An output record as a key and a text that is equal exactly for equal content, whatever the order of fields in
   * it. Throws where the record has not the shape it must have.
   */
  readonly contentOf: (record: JsonObject) => readonly [key: string, content: string];
}
