import { defineVariant } from '../../../shared/measurement-variant.ts';
import { pointSelectorBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const pointSelectorNew = defineVariant(pointSelectorBy);
