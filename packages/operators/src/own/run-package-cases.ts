import { isDeepStrictEqual } from 'node:util';
import { compilePlan, type OperatorRegistry, PreviewSession } from '@penstock/engine';
import {
  hasErrors,
  type Issue,
  type JsonObject,
  type JsonValue,
  messageOf,
  pointer,
  type StagePreview,
} from '@penstock/model';
import { devRawDataSource } from '../library/dev-raw-data-source/operator.ts';
import { trash } from '../library/trash/operator.ts';
import { type OwnDefinition, ownDefinitions } from './own-definition.ts';
import type { LibraryPackage, OwnCase } from './package-types.ts';

/** Cases that fail told at most, of one operator. */
const MAX_TOLD = 10;
const INSTANCE = 'Stage_01';

/**
 * Runs the cases of a package as stages of a pipeline, in memory, by the very engine that runs pipelines. Gives what is
 * not as the cases say, with JSON Pointers into the package. Runs code of users: only where somebody limits its time and
 * memory.
 */
export const runPackageCases = async (library: LibraryPackage): Promise<readonly Issue[]> => {
  const issues: Issue[] = [];
  for (const [index, definition] of ownDefinitions(library).entries()) {
    let told = 0;
    for (const [at, one] of (library.operators[index]?.cases ?? []).entries()) {
      const problem = await problemOf(definition, one);
      if (problem === undefined) continue;
      issues.push({
        code: 'LIBRARY_CASE_FAILED',
        severity: 'error',
        path: pointer('operators', index, 'cases', at) + problem.path,
        message: `"${one.title}": ${problem.message}`,
      });
      told++;
      if (told >= MAX_TOLD) break;
    }
  }
  return issues;
};

interface Problem {
  /** Within the case. */
  readonly path: string;
  readonly message: string;
}

const problemOf = async (definition: OwnDefinition, one: OwnCase): Promise<Problem | undefined> => {
  const lanes = one.lanes ?? ['out'];
  const { plan, issues } = compilePlan(documentOf(definition, one.config, lanes), {
    registry: registryOf(definition),
    facts: { pipelineId: 'case', orgId: 'case', messageChannel: 0 },
  });
  if (plan === undefined || hasErrors(issues)) {
    const error = issues.find(({ severity }) => severity === 'error');
    return { path: '/config', message: error === undefined ? 'It does not compile.' : error.message };
  }
  try {
    const session = await PreviewSession.open({ plan, clock: { now: () => LATE } });
    try {
      for (const [index, step] of one.steps.entries()) {
        const problem = await runStep(session, one, step);
        if (problem !== undefined) return { path: pointer('steps', index) + problem.path, message: problem.message };
        if (step.restart === true) await session.restart();
      }
      return undefined;
    } finally {
      await session.close();
    }
  } catch (error) {
    return { path: '', message: `The pipeline would stop: ${messageOf(error)}` };
  }
};

/** Later than the times of all records of cases. */
const LATE = Date.UTC(2100, 0, 1);

const runStep = async (
  session: PreviewSession,
  { record = {} }: OwnCase,
  { send = [], out = [], dropped = [], errors = [] }: OwnCase['steps'][number],
): Promise<Problem | undefined> => {
  const whole = (records: readonly JsonObject[]): JsonObject[] => records.map((fields) => ({ ...record, ...fields }));
  const values = whole(send).map((fields) => ({ value: Buffer.from(JSON.stringify(fields)), timestamp: 0 }));
  const stages = await session.step(values, { isCaughtUp: true });
  const seen = stages.find(({ instanceName }) => instanceName === INSTANCE);
  if (seen === undefined) return { path: '', message: 'The stage was not run.' };
  return (
    difference('/out', whole(out), seen.output, seen) ??
    difference(
      '/dropped',
      dropped,
      seen.dropped.map(({ reason }) => reason),
      seen,
    ) ??
    difference(
      '/errors',
      errors,
      seen.errors.map(({ code }) => code),
      seen,
    )
  );
};

const difference = (
  path: string,
  expected: readonly JsonValue[],
  found: readonly JsonValue[],
  { errors }: StagePreview,
): Problem | undefined => {
  if (isDeepStrictEqual(expected, found)) return undefined;
  const because = errors.map(({ code, message }) => `${code}: ${message}`)[0];
  return {
    path,
    message: `expected ${short(expected)}, but got ${short(found)}.${because === undefined ? '' : ` The first error is ${because}`}`,
  };
};

const MAX_SHOWN = 1000;

const short = (value: readonly JsonValue[]): string => {
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
};

const documentOf = (definition: OwnDefinition, config: JsonObject, lanes: readonly string[]): JsonObject => {
  const stage = (
    instanceName: string,
    { library, stageName }: { readonly library: string; readonly stageName: string },
    inputLanes: readonly string[],
    outputLanes: readonly string[],
    options: JsonObject,
  ): JsonObject => ({
    instanceName,
    library,
    stageName,
    stageVersion: '1',
    configuration: Object.entries(options).map(([name, value]) => ({ name, value })),
    uiInfo: { label: instanceName },
    inputLanes: [...inputLanes],
    outputLanes: [...outputLanes],
  });
  return {
    title: 'a case',
    configuration: [],
    stages: [
      stage('Source_01', devRawDataSource, [], ['in'], { rawData: '{}' }),
      stage(INSTANCE, definition, ['in'], lanes, config),
      ...lanes.map((lane, index) => stage(`Trash_${index}`, trash, [lane], [], {})),
    ],
  };
};

const registryOf = (definition: OwnDefinition): OperatorRegistry => {
  const definitions = [devRawDataSource, trash, definition];
  return { definitions, resolve: ({ stageName }) => definitions.find((one) => one.stageName === stageName) };
};
