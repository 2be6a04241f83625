import { type OperatorDefinition, type OperatorRegistry, SCHEDULE_STORE, storesOfOperator } from '@penstock/engine';
import type { ShownCase } from './case-files.ts';
import { testDefinition, testOperatorNames } from './definition-conformance.ts';
import { besideOf } from './operator-cases.ts';
import { testProcessor } from './processor-conformance.ts';
import { testSchedules } from './schedule-conformance.ts';
import { testState } from './state-conformance.ts';

export interface ConformanceOptions {
  readonly operators: readonly OperatorDefinition[];
  readonly registry: OperatorRegistry;
  /** By id of the operator. */
  readonly shownCases: Readonly<Record<string, readonly ShownCase[]>>;
  /** The folder with a folder of each operator. */
  readonly library: string;
}

/** The rules every operator keeps, whatever it does. An operator that is added is tested without a line here. */
export const testOperatorConformance = ({ operators, registry, shownCases, library }: ConformanceOptions): void => {
  testOperatorNames(operators, registry, library);
  for (const definition of operators) {
    const examples = shownCases[definition.id] ?? [];
    testDefinition(definition, examples, library);
    if (definition.kind !== 'processor') continue;
    const optionsOf = ({ lanes, beside }: ShownCase) => ({ lanes, beside: besideOf(beside, operators) });
    testProcessor(definition, examples, optionsOf);
    testSchedules(definition);
    if (storesOfOperator(definition).some(({ name }) => name !== SCHEDULE_STORE))
      testState(definition, examples, optionsOf);
  }
};
