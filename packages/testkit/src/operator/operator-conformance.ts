import { type OperatorDefinition, type OperatorRegistry, SCHEDULE_STORE, storesOfOperator } from '@penstock/engine';
import type { ShownCase } from './case-files.ts';
import { testDefinition, testOperatorNames } from './definition-conformance.ts';
import { besideOf, needsRuntime } from './operator-cases.ts';
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

/**
 * The rules every operator keeps, whatever it does. An operator that is added is tested without a line here; of those
 * with a runtime, which takes seconds to load, only the definition: what runs them is in a lane of its own.
 */
export const testOperatorConformance = (options: ConformanceOptions): void => {
  const { operators, registry, shownCases, library } = options;
  testOperatorNames(operators, registry, library);
  for (const definition of operators) {
    testDefinition(definition, shownCases[definition.id] ?? [], library);
    if (!needsRuntime(definition)) testRunning(definition, options);
  }
};

/** The rules that are about what a stage does with records. */
export const testRunning = (
  definition: OperatorDefinition,
  { operators, shownCases }: Pick<ConformanceOptions, 'operators' | 'shownCases'>,
): void => {
  if (definition.kind !== 'processor') return;
  const examples = shownCases[definition.id] ?? [];
  const optionsOf = ({ lanes, beside, http, assets, trees, models, references }: ShownCase) => ({
    lanes,
    http,
    assets,
    trees,
    models,
    references,
    beside: besideOf(beside, operators),
  });
  testProcessor(definition, examples, optionsOf);
  testSchedules(definition);
  if (storesOfOperator(definition).some(({ name }) => name !== SCHEDULE_STORE))
    testState(definition, examples, optionsOf);
};
