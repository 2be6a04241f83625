import type { JsonObject, JsonValue } from '@penstock/model';

/** How the state of one stage is shown (contract A.3): by the operator's own definition. */
export interface StageStateView {
  /** The item for a stored entry, or undefined where there is nothing to show. */
  toItem(stored: JsonValue, assetId: string, pointId: string): JsonObject | undefined;
}

/**
 * Finds the view for a stage of a document. `stage-unknown`: the document has no such stage; `no-state`: the operator
 * keeps nothing that can be shown.
 */
export type FindStageState = (
  document: JsonObject,
  stageInstanceName: string,
) => StageStateView | 'stage-unknown' | 'no-state';
