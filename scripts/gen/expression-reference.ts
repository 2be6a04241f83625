import { renderAviatorReference, renderExpressionReference } from '@penstock/expression';
import type { Generator } from './generated-files.ts';

export const expressionReference: Generator = {
  what: 'references of the expression languages, from the definitions of their functions',
  make: async () =>
    new Map([
      ['docs/generated/expressions.md', renderExpressionReference()],
      ['docs/generated/filter-expressions.md', renderAviatorReference()],
    ]),
};
