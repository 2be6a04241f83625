// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Why a text cannot be stored under a name of a field, or undefined. PostgreSQL refuses NUL in text, lone surrogates
 * have no UTF-8 form, and control characters have no business in names.
 */
export const textProblem = (value: string, maxLength: number): string | undefined => {
  if (value.length > maxLength) return `must have at most ${maxLength} characters`;
  if (!value.isWellFormed()) return 'holds half of a surrogate pair, which is no character';
  if (CONTROL.test(value)) return 'holds a control character';
  return undefined;
};

/** Like `textProblem`, for texts of several lines. */
export const multilineProblem = (value: string, maxLength: number): string | undefined =>
  textProblem(value.replace(/[\t\r\n]/g, ' '), maxLength);

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Whether a text can be an id at all: asked before the database is, so that hostile ones never get there. */
export const isPlausibleId = (value: string): boolean => ID.test(value);
