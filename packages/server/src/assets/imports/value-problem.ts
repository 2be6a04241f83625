import { pointer } from '@penstock/model';

const MAX_DEPTH = 10;

/** Why a JSON value cannot be kept as it is, and which part of it; undefined where it can. */
export const valueProblem = (
  value: unknown,
  path = '',
  depth = 0,
): { readonly path: string; readonly message: string } | undefined => {
  if (typeof value === 'string')
    return value.isWellFormed() && !value.includes('\u0000')
      ? undefined
      : { path, message: 'The text holds NUL or half of a surrogate pair, which cannot be kept.' };
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? { path, message: 'The number has more digits than are kept exactly (2^53): give it as a text.' }
      : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH) return { path, message: `The value is nested deeper than ${MAX_DEPTH} levels.` };
  for (const [name, part] of Object.entries(value)) {
    const below = path + pointer(name);
    const problem = valueProblem(name, below) ?? valueProblem(part, below, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
};
