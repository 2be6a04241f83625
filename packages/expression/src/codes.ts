import { type CodeCatalogue, code } from '@penstock/model';

/** Codes of the expression language; what a compiler finds is an issue of the option the expression stands in. */
export const EXPRESSION_CODES = {
  EXPRESSION_FAILED: code(
    'record',
    'An expression could not be computed for the record.',
    'See the message; guard the expression, or correct the record and replay it.',
  ),
} as const satisfies CodeCatalogue;
