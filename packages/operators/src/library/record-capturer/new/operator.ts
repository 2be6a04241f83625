import { defineVariant } from '../../../shared/measurement-variant.ts';
import { recordCapturerBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const recordCapturerNew = defineVariant(recordCapturerBy);
