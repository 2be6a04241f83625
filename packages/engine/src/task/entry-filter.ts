import type { PlanPart } from '../plan/plan.ts';
import { Field } from '../record/measurement-scanner.ts';
import type { PointFilter } from '../record/stream-record.ts';

/** A leading selection, applied to scanned records before they are built. */
export interface EntryFilter {
  /** Index of the stage on whose behalf records are skipped. */
  readonly stage: number;
  /** Under which reason that stage counts them. */
  readonly reason: string;
  readonly isWanted: PointFilter;
}

/**
 * The filter of a part whose input goes to a selecting stage and nowhere else. Gates of the stage come before its
 * selection and count under other reasons, so a stage with gates is left alone. It looks at the point alone, which is
 * less than the stage does: what it skips, the stage would have dropped.
 */
export const entryFilterOf = (part: PlanPart): EntryFilter | undefined => {
  const [first] = part.entry.stages;
  if (first === undefined || part.entry.stages.length !== 1 || part.entry.cuts.length !== 0) return undefined;
  const stage = part.stages[first];
  if (stage?.definition.kind !== 'processor' || stage.definition.selects === undefined) return undefined;
  const { requiredFields, preconditions, qualityFilter } = stage.settings;
  if (requiredFields.length > 0 || preconditions.length > 0 || qualityFilter !== 'NONE') return undefined;
  const selected = stage.definition.selects(stage.config);
  const points = new Set(selected.flatMap((one) => ('pointId' in one ? [one.pointId] : [])));
  const measurements = new Set(selected.flatMap((one) => ('measurementId' in one ? [one.measurementId] : [])));
  return {
    stage: first,
    reason: 'not-selected',
    isWanted:
      measurements.size === 0
        ? ({ present, pointId }) => (present & Field.pointId) !== 0 && points.has(pointId)
        : ({ present, pointId, measurementId }) =>
            ((present & Field.measurementId) !== 0 && measurements.has(measurementId)) ||
            ((present & Field.pointId) !== 0 && points.has(pointId)),
  };
};
