import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperatorDefinition, ProcessorDefinition } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { type CaseStep, type OperatorCase, readCaseFiles, type StageBeside } from './case-files.ts';
import { OperatorHarness, testPipeline, validateConfig } from './operator-harness.ts';
import type { TestedBeside } from './single-stage.ts';

/** Whether its stages need what takes seconds to load. */
export const needsRuntime = ({ runtimes = [] }: OperatorDefinition): boolean => runtimes.length > 0;

/**
 * Makes a test of every case in `{library}/{operator}/cases/*.yaml`. `library` is a folder. `isTested`: those without a
 * runtime where nothing is said.
 */
export const testOperatorCases = (
  operators: readonly OperatorDefinition[],
  library: string,
  isTested: (definition: OperatorDefinition) => boolean = (definition) => !needsRuntime(definition),
): void => {
  for (const { id, name, cases } of readCaseFiles(library)) {
    const definition = operators.find((operator) => operator.id === id);
    if (definition !== undefined && !isTested(definition)) continue;
    for (const one of cases)
      test(`${id}, ${name}: ${one.title}`, async () => {
        assert.ok(definition, `there is no operator ${id}`);
        await runCase(definition, one, operators);
      });
  }
};

const runCase = async (
  definition: OperatorDefinition,
  { config, lanes, beside, http, assets, trees, models, references, record, steps = [] }: OperatorCase,
  operators: readonly OperatorDefinition[],
) => {
  const processor = processorOf(definition, config);
  if (processor === undefined) {
    assert.deepEqual([validateConfig(definition, config).issues, steps], [[], []]);
    return;
  }
  let options = { lanes, http, assets, trees, models, references, beside: besideOf(beside, operators) };
  let now = 0;
  let harness = await OperatorHarness.create(processor, config, options);
  try {
    for (const [index, step] of steps.entries()) {
      if (step.references !== undefined) {
        options = { ...options, references: { ...options.references, ...step.references } };
        harness.change(step.references);
      }
      await runStep(harness, step, record ?? {}, `step ${index + 1}`);
      now = step.tick ?? now;
      if (step.restart !== undefined && step.restart !== false) {
        if (step.restart !== true) now = step.restart;
        const stored = await harness.storedState();
        await harness.close();
        harness = await OperatorHarness.create(processor, config, { ...options, stored, openedAt: now });
      }
    }
  } finally {
    await harness.close();
  }
};

/** What runs as the stage; undefined for operators that only say what is read or written. */
const processorOf = (definition: OperatorDefinition, config: JsonObject): ProcessorDefinition | undefined => {
  if (definition.kind === 'processor') return definition;
  if (definition.kind === 'target') return undefined;
  const validated = validateConfig(definition, config);
  assert.deepEqual(validated.issues, []);
  const spec = definition.source(validated.config as never, testPipeline);
  return spec.kind === 'clock' ? spec.generator : undefined;
};

/** The stages that a case names beside its own. */
export const besideOf = (
  beside: readonly StageBeside[] | undefined,
  operators: readonly OperatorDefinition[],
): readonly TestedBeside[] | undefined =>
  beside?.map(({ operator, config }) => {
    const definition = operators.find(({ id }) => id === operator);
    assert.ok(definition?.kind === 'processor', `there is no processor ${operator}`);
    return { definition, config };
  });

const runStep = async (
  harness: OperatorHarness,
  step: CaseStep,
  common: NonNullable<OperatorCase['record']>,
  at: string,
): Promise<void> => {
  const whole = (records: CaseStep['send'] = []) => records.map((fields) => ({ ...common, ...fields }));
  const { output, dropped, errors } = harness.run;
  const before = [output.length, dropped.length, errors.length] as const;
  if (step.send !== undefined) await harness.send(whole(step.send));
  if (step.tick !== undefined) await harness.tick(step.tick);
  assert.deepEqual(output.slice(before[0]), whole(step.out), at);
  assert.deepEqual(
    dropped.slice(before[1]).map(({ reason }) => reason),
    step.dropped ?? [],
    at,
  );
  assert.deepEqual(
    errors.slice(before[2]).map(({ code }) => code),
    step.errors ?? [],
    at,
  );
};
