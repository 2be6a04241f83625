import type { DeliveryGuarantee, JsonObject } from '@penstock/model';
import type { DataSet, DataShape } from '../data/measurements.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Those that have bars. */
export const WORKLOADS = ['select', 'map', 'window', 'script'] as const;
/** Those that are measured by name alone: they read topics of their own. */
export const FURTHER_WORKLOADS = ['window-wide', 'keyless'] as const;
export type WorkloadName = (typeof WORKLOADS)[number] | (typeof FURTHER_WORKLOADS)[number];

/** One of the things that are measured: what the worker is told, and what must come out. */
export interface Workload {
  readonly name: WorkloadName;
  /** What it reads. */
  readonly shape: DataShape;
  /** What it writes is not all there once its input has been read, since its plan is cut. */
  readonly isCut: boolean;
  /** One line for people. */
  readonly what: string;
  /** The pipeline document between two topics. */
  readonly document: (input: string, output: string, guarantee: DeliveryGuarantee) => JsonObject;
  /** Computed from the data set's seed alone. */
  readonly reference: (data: DataSet) => Fingerprint;
  /**
   * An output record as a key and a text that is equal exactly for equal content, whatever the order of fields in
   * it. Throws where the record has not the shape it must have.
   */
  readonly contentOf: (record: JsonObject) => readonly [key: string, content: string];
}
