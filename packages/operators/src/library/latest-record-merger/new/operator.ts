import { defineVariant } from '../../../shared/measurement-variant.ts';
import { latestRecordMergerBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const latestRecordMergerNew = defineVariant(latestRecordMergerBy);
