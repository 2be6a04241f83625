import { renderExpressionReference } from '@penstock/expression';
import type { Generator } from './generated-files.ts';

export const expressionReference: Generator = {
  what: 'reference of the expression language, from the definitions of its functions',
  make: async () => new Map([['docs/generated/expressions.md', renderExpressionReference()]]),
};
