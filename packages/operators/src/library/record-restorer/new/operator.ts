import { defineVariant } from '../../../shared/measurement-variant.ts';
import { recordRestorerBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const recordRestorerNew = defineVariant(recordRestorerBy);
