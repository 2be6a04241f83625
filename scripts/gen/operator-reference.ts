import type { Generator } from './generated-files.ts';

/** Reads the list of the operators as it is on disk, so it comes after that. */
export const operatorReference: Generator = {
  what: 'reference of the operators, from their definitions',
  folder: 'docs/generated/operators',
  make: async () => {
    const { operators, renderReference, shownCases } = await import('@penstock/operators');
    const pages = renderReference(operators, shownCases);
    return new Map([...pages].map(([name, text]) => [`docs/generated/operators/${name}`, text]));
  },
};
