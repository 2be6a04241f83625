const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A number given as a number or as text (contract I.1: tables and samples of the API disagree about which).
 * Blanks around it are allowed, and its unit behind it where it has one (`2 CU`). Undefined for anything else.
 */
export const parseNumber = (given: unknown, options: { readonly unit?: string } = {}): number | undefined => {
  if (typeof given === 'number') return Number.isFinite(given) ? given : undefined;
  if (typeof given !== 'string' || given.length > 40) return undefined;
  let text = given.trim();
  if (options.unit !== undefined && text.toUpperCase().endsWith(options.unit))
    text = text.slice(0, -options.unit.length).trimEnd();
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
};
