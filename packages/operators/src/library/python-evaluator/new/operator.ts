import { defineVariant } from '../../../shared/measurement-variant.ts';
import { pythonEvaluatorBy } from '../operator.ts';

/** For records that are known by their `measurementId` (contract E.5). */
export const pythonEvaluatorNew = defineVariant(pythonEvaluatorBy);
