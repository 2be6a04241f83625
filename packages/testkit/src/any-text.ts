import fc from 'fast-check';

const SURROGATES = { from: 0xd800, count: 0x800 } as const;
const CODE_POINTS = 0x110000 - SURROGATES.count;

const codePoint: fc.Arbitrary<string> = fc.nat(CODE_POINTS - 1).map(
  (index) => String.fromCodePoint(index < SURROGATES.from ? index : index + SURROGATES.count),
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('not a character');
    return point < SURROGATES.from ? point : point - SURROGATES.count;
  },
);

/**
 * Well-formed texts of any characters, as `fc.string({ unit: 'binary' })` gives them. That one lays a table of all
 * 1.1 million characters out first, which takes a second of every process that asks for one text.
 */
export const anyText = (
  constraints: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> => fc.string({ ...constraints, unit: codePoint });
