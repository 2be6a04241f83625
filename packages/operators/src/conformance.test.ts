import { fileURLToPath } from 'node:url';
import { testOperatorCases, testOperatorConformance } from '@penstock/testkit/operator';
import { operators, shownCases } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

const library = fileURLToPath(new URL('./library', import.meta.url));

testOperatorConformance({ operators, registry: createRegistry(operators), shownCases, library });
testOperatorCases(operators, library);
