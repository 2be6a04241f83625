import { fieldInvalid } from '../../use-case/use-case.ts';

/** Query parameters, read liberally: each at most once, numbers and booleans as text. Errors: `FIELD_INVALID`. */
export interface EnosQuery {
  text(name: string): string | undefined;
  required(name: string): string;
  wholeNumber(name: string, options: { readonly fallback: number; readonly min: number; readonly max: number }): number;
  flag(name: string, fallback: boolean): boolean;
}

export const parseQuery = (rawQuery: string): EnosQuery => {
  const pairs = new URLSearchParams(rawQuery);
  const text = (name: string): string | undefined => {
    const [first, ...others] = pairs.getAll(name);
    if (others.some((other) => other !== first))
      throw fieldInvalid(`/${name}`, `The query parameter "${name}" is given more than once.`);
    return first?.trim() === '' ? undefined : first?.trim();
  };
  return {
    text,
    required: (name) => {
      const value = text(name);
      if (value === undefined) throw fieldInvalid(`/${name}`, `The query parameter "${name}" is missing.`);
      return value;
    },
    wholeNumber: (name, { fallback, min, max }) => {
      const value = text(name);
      if (value === undefined) return fallback;
      const number = /^\+?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      throw fieldInvalid(`/${name}`, `The query parameter "${name}" must be a whole number from ${min} to ${max}.`);
    },
    flag: (name, fallback) => {
      const value = text(name)?.toLowerCase();
      if (value === undefined) return fallback;
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      throw fieldInvalid(`/${name}`, `The query parameter "${name}" must be true or false.`);
    },
  };
};
