import { AppError } from '@penstock/model';

/** Something wrong in the text of an expression, found when it is compiled. Positions count UTF-16 units from 0. */
export interface ExpressionIssue {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/**
 * What evaluating an expression throws, and the only thing it throws: a value that does not fit an operation
 * (text in a sum, a division by zero, a result beyond the size limit). It concerns one record, never the pipeline.
 */
export class ExpressionError extends AppError {
  /** Where in the source the operation stands; undefined inside functions, which do not know it. */
  readonly place: { readonly offset: number; readonly length: number } | undefined;

  constructor(message: string, place?: { readonly offset: number; readonly length: number }) {
    super('EXPRESSION_FAILED', message, { domain: 'user' });
    this.name = 'ExpressionError';
    this.place = place;
  }

  /** The same error with the place of the operation that failed, and its text in the message. */
  at(source: string, offset: number, end: number): ExpressionError {
    if (this.place !== undefined) return this;
    const text = source.slice(offset, end);
    const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
    return new ExpressionError(`${this.message} In ${shown} (at ${offset}).`, { offset, length: end - offset });
  }
}

/** Thrown inside the compiler only; `compileExpression` turns it into an issue. */
export class ExpressionSyntaxError extends Error {
  readonly issue: ExpressionIssue;

  constructor(offset: number, length: number, message: string) {
    super(message);
    this.issue = { offset, length, message };
  }
}

/** Longest expression, in characters. */
export const MAX_SOURCE_LENGTH = 16_384;
/** Deepest nesting of operations in one expression. */
export const MAX_DEPTH = 200;
/** Longest text an expression may make, in characters: functions that repeat text could fill the memory otherwise. */
export const MAX_TEXT_LENGTH = 4_194_304;

/** Lets a text of acceptable length through. */
export const checkedText = (text: string): string => {
  if (text.length > MAX_TEXT_LENGTH)
    throw new ExpressionError(`The result is a text of more than ${MAX_TEXT_LENGTH} characters.`);
  return text;
};
