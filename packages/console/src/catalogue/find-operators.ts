import type { Operator } from '@penstock/client/session';
import type { StageKind } from '../document/shape.ts';

/** Categories in the order in which they are shown; what an operator names beside these comes last. */
const CATEGORIES = [
  'source',
  'target',
  'select',
  'quality',
  'window',
  'state',
  'script',
  'lookup',
  'generate',
  'format',
] as const;
export type Category = (typeof CATEGORIES)[number];
export const isCategory = (text: string): text is Category => CATEGORIES.some((name) => name === text);

const KINDS: Readonly<Record<string, StageKind>> = { source: 'source', processor: 'processor', target: 'target' };
export const kindOfOperator = ({ kind }: Operator): StageKind => KINDS[kind] ?? 'other';

/** Operators whose name, words or category have all words of a query. */
export const findOperators = (operators: readonly Operator[], query: string): readonly Operator[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return operators.filter(({ label, id, keywords, category, summary }) => {
    const text = [label, id, category, summary, ...keywords].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
};

/** Operators by category. */
export const byCategory = (
  operators: readonly Operator[],
): readonly { readonly category: string; readonly operators: readonly Operator[] }[] => {
  const used = new Set(operators.map(({ category }) => category));
  const others = [...used].filter((category) => !isCategory(category)).sort();
  return [...CATEGORIES, ...others]
    .filter((category) => used.has(category))
    .map((category) => ({ category, operators: operators.filter((operator) => operator.category === category) }));
};
