import type { StoreKey } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';

/** How the state of one stage is shown (contract A.3): by the operator's own definition. */
export interface StageStateView {
  /** Whose stores the stage uses (`ownerText`): its own, and those of groups it belongs to. */
  readonly owners: readonly string[];
  /**
   * The item for a stored entry, or undefined where there is nothing to show. Throws `STAGE_STATE_NOT_CURRENT` for an
   * entry of another version than the operator keeps, which nobody has brought up to date so far.
   */
  toItem(key: StoreKey, stored: JsonValue): JsonObject | undefined;
  /** The asset and point an entry is asked for by; an empty point where it is kept per asset. */
  pointOf(key: StoreKey): readonly [assetId: string, pointId: string];
}

/**
 * Finds the view for a stage of a document. `stage-unknown`: the document has no such stage; `no-state`: the operator
 * keeps nothing that can be shown.
 */
export type FindStageState = (
  orgId: string,
  document: JsonObject,
  stageInstanceName: string,
) => Promise<StageStateView | 'stage-unknown' | 'no-state'>;
