import { operators, renderReference } from '@penstock/operators';
import type { Generator } from './generated-files.ts';

export const operatorReference: Generator = {
  what: 'reference of the operators, from their definitions',
  make: async () => new Map([['docs/generated/operators.md', renderReference(operators)]]),
};
