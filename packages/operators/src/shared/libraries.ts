/** `library` of our operators in documents. The two stages taken over from SDC keep SDC's. */
export const LIBRARY = 'penstock-operators-lib';

/** EnOS libraries whose operators of the classic data format behave as ours do (contract E.0). */
export const CLASSIC_LIBRARIES: readonly string[] = ['0.1.0', '0.2.0', '0.3.0', '0.4.0'];

/** Operators that every organisation has, without installing anything: what brings records in and out, and tells them apart. */
export const BASE_LIBRARY = 'base';
