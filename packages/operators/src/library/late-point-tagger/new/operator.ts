import { defineVariant } from '../../../shared/measurement-variant.ts';
import { latePointTaggerBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const latePointTaggerNew = defineVariant(latePointTaggerBy);
