/** Names of top-level record fields that decide where a record is, for example `['assetId', 'pointId']`. */
export type KeyFields = readonly string[];

/** A part of a key: a field by its JSON Pointer (`/assetId`, `/attr/site/id`), or an expression (contract D.6, `${…}`). */
export type KeyPart = string;

/**
 * What brings the records of a stage together: all records with the same key reach the same task, in whichever
 * partitions they lie. Where the source does not see to that, the plan is cut in front of the stage.
 */
export type KeySpec =
  | { readonly kind: 'parts'; readonly parts: readonly KeyPart[] }
  /** Wherever the records are: nothing is brought together. */
  | { readonly kind: 'task' }
  /** All records of the pipeline in one task. */
  | { readonly kind: 'single' };

/** The pointer to a top-level field. */
export const fieldPointer = (name: string): KeyPart => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The key of operators that work on points of assets. */
export const ASSET_AND_POINT: KeySpec = { kind: 'parts', parts: ['/assetId', '/pointId'] };

/** The same in the data format of 0.4.0. */
export const ASSET_AND_MEASUREMENT: KeySpec = { kind: 'parts', parts: ['/assetId', '/measurementId'] };
