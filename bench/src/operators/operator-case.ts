import type { OperatorDefinition, ProcessorDefinition } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import type { GivenStore } from '@penstock/testkit';
import { type OperatorCase, readCaseFiles, type StageBeside } from '@penstock/testkit/case-files';
import { besideOf, OperatorHarness } from '@penstock/testkit/operator';

/** What an operator is measured with: the configuration of a case of its own folder, and those of its records that it works on. */
export interface BenchCase {
  readonly title: string;
  readonly config: JsonObject;
  readonly lanes: readonly string[];
  readonly beside: readonly StageBeside[];
  readonly store: GivenStore;
  readonly references: NonNullable<OperatorCase['references']>;
  /** Body of what a service answers to its requests. */
  readonly answer: string | undefined;
  readonly records: readonly JsonObject[];
}

/** Where nothing else is said of them, records that only were kept have been worked on. */
const TAKEN_IN = /^(kept-|captured|merged)/;

/**
 * The case of every processor of a library: the one that is marked `bench`, or else the first that is shown. Records that
 * are errors, and those that are dropped for a reason that costs next to nothing, are left out.
 */
export const benchCases = async (
  library: string,
  operators: readonly OperatorDefinition[],
): Promise<ReadonlyMap<string, BenchCase>> => {
  const files = readCaseFiles(library);
  const found = new Map<string, BenchCase>();
  for (const definition of operators) {
    if (definition.kind !== 'processor') continue;
    const own = files.filter(({ id }) => id === definition.id).flatMap(({ cases }) => cases);
    const one = own.find(({ bench }) => bench === true) ?? own.find(({ shown }) => shown === true);
    if (one !== undefined) found.set(definition.id, await benchCaseOf(definition, one, operators));
  }
  return found;
};

const benchCaseOf = async (
  definition: ProcessorDefinition,
  one: OperatorCase,
  operators: readonly OperatorDefinition[],
): Promise<BenchCase> => {
  const {
    title,
    config,
    lanes = ['out'],
    beside = [],
    assets,
    trees,
    models,
    http = {},
    record = {},
    steps = [],
  } = one;
  const references = Object.assign({}, one.references, ...steps.map((step) => step.references ?? {}));
  const sent = steps.flatMap(({ send = [] }) => send.map((fields): JsonObject => ({ ...record, ...fields })));
  const answers = Object.values(http).flat();
  const needsRuntime = (definition.runtimes ?? []).length > 0;
  const bench = {
    ...{ title, config, lanes, beside, references },
    store: { assets, trees, models },
    answer: answers.find(({ status = 200, body }) => status === 200 && body !== undefined)?.body,
  };
  // What an operator beside it takes is nothing to it, and a script of another language is not run here.
  const isWhole = beside.length > 0 || needsRuntime;
  return { ...bench, records: isWhole ? sent : await workedOn(definition, one, sent, references, operators) };
};

const workedOn = async (
  definition: ProcessorDefinition,
  { config, lanes, beside, assets, trees, models, http }: OperatorCase,
  sent: readonly JsonObject[],
  references: BenchCase['references'],
  operators: readonly OperatorDefinition[],
): Promise<JsonObject[]> => {
  const options = { lanes, http, assets, trees, models, references, beside: besideOf(beside, operators) };
  const harness = await OperatorHarness.create(definition, config, options);
  const { dropped, errors } = harness.run;
  const kept: JsonObject[] = [];
  try {
    for (const record of sent) {
      const before = [dropped.length, errors.length] as const;
      await harness.send([record]);
      const isRefused = dropped.slice(before[0]).some(({ reason }) => !TAKEN_IN.test(reason));
      if (!isRefused && errors.length === before[1]) kept.push(record);
    }
  } finally {
    await harness.close();
  }
  return kept;
};
