import { AppError, type JsonValue, pointer } from '@penstock/model';

/** JSON Pointer of the first number in a value that JSON cannot hold (infinite, NaN); undefined where all can. */
export const notFinitePath = (value: JsonValue): string | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : '';
  // A stack of its own: a text may be nested deeper than functions can call each other.
  const waiting: { readonly value: JsonValue; readonly path: Path | undefined }[] = [{ value, path: undefined }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path } = next;
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const [name, member] of Object.entries(next.value)) {
      if (typeof member === 'number') {
        if (!Number.isFinite(member)) return textOf({ name, above: path });
      } else if (typeof member === 'object' && member !== null)
        waiting.push({ value: member, path: { name, above: path } });
    }
  }
  return undefined;
};

interface Path {
  readonly name: string;
  readonly above: Path | undefined;
}

const textOf = (path: Path): string => {
  let text = '';
  for (let at: Path | undefined = path; at !== undefined; at = at.above) text = pointer(at.name) + text;
  return text;
};

/** An error of the record rather than the `null` that JSON would make of it. */
const refuse = (path: string): never => {
  throw new AppError(
    'RECORD_NUMBER_NOT_FINITE',
    `The number at ${path} is not finite (a division by zero, or a result beyond 1.8e308): JSON has no such number.`,
    { domain: 'user' },
  );
};

/** Objects within objects that are looked at by functions that call themselves; whatever is deeper takes the long way. */
const SHALLOW = 8;

/**
 * Whether nothing in a value is infinite or NaN. No answer (false) where it is too deep to be sure: `notFinitePath` is
 * then asked. Every changed field passes here, so it makes no objects.
 */
const isSurelyFinite = (value: JsonValue, depth: number): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === SHALLOW) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isSurelyFinite(value[i] as JsonValue, depth + 1)) return false;
    return true;
  }
  for (const name in value) {
    const member = value[name];
    if (typeof member === 'string' || typeof member === 'boolean') continue;
    if (!isSurelyFinite(member as JsonValue, depth + 1)) return false;
  }
  return true;
};

/** Throws where `value`, to be put at the JSON Pointer `path` of a record, holds a number that JSON cannot hold. */
export const checkFinite = (value: JsonValue, path: string): void => {
  if (isSurelyFinite(value, 0)) return;
  const below = notFinitePath(value);
  if (below !== undefined) refuse(path + below);
};
