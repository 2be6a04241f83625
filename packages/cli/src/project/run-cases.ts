import { isDeepStrictEqual } from 'node:util';
import { compilePlan, runPreview } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue, type StagePreview } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { usageFailure } from '../failure.ts';
import type { ProjectPipeline } from './read-project.ts';

export interface CaseResult {
  readonly pipeline: string;
  readonly name: string;
  readonly durationMs: number;
  /** What is not as expected; none: it passed. */
  readonly differences: readonly string[];
}

interface Case {
  readonly name: string;
  /** Unix ms: what the clock says. */
  readonly now: number;
  readonly input: readonly JsonValue[];
  readonly output: JsonObject;
  readonly dropped: JsonObject;
  readonly deadLetters: JsonObject;
}

/**
 * Runs the cases of a pipeline through the engine that production runs, from empty state and without Kafka. A case says
 * what comes in, and by stage what goes out, what is dropped and why (counts by reason), and which records become dead
 * letters (error codes in their order). Of stages it does not name `output` says nothing; dropped records and dead
 * letters it does not name are a difference, for nothing is to be lost unseen.
 */
export const runCases = async (pipeline: ProjectPipeline): Promise<readonly CaseResult[]> => {
  if (pipeline.cases === undefined) return [];
  const { plan, issues } = compilePlan(pipeline.document, {
    registry: createRegistry(operators),
    facts: { pipelineId: 'test', orgId: 'test', messageChannel: pipeline.messageChannel },
  });
  const results: CaseResult[] = [];
  for (const one of readCases(pipeline.cases.file, pipeline.cases.value)) {
    const startedAt = performance.now();
    const done = (differences: readonly string[]): void => {
      const durationMs = Math.round(performance.now() - startedAt);
      results.push({ pipeline: pipeline.name, name: one.name, durationMs, differences });
    };
    if (plan === undefined) {
      done(issues.map(({ path, message }) => `the document does not compile: ${path} ${message}`));
      continue;
    }
    const values = one.input.map((record) => ({ value: Buffer.from(JSON.stringify(record)), timestamp: one.now }));
    try {
      done(compare(one, await runPreview({ plan, values, clock: { now: () => one.now } })));
    } catch (error) {
      done([`the pipeline would stop: ${error instanceof Error ? error.message : String(error)}`]);
    }
  }
  return results;
};

const compare = (one: Case, stages: readonly StagePreview[]): string[] => {
  const differences: string[] = [];
  const known = new Set(stages.map(({ instanceName }) => instanceName));
  for (const expected of [one.output, one.dropped, one.deadLetters])
    for (const name of Object.keys(expected)) if (!known.has(name)) differences.push(`there is no stage "${name}"`);
  const expect = (what: string, expected: unknown, seen: unknown): void => {
    if (!isDeepStrictEqual(expected, seen))
      differences.push(`${what}\n  expected ${JSON.stringify(expected)}\n  but got  ${JSON.stringify(seen)}`);
  };
  for (const stage of stages) {
    const { instanceName: name } = stage;
    if (one.output[name] !== undefined) expect(`output of ${name}`, one.output[name], stage.output);
    expect(`dropped by ${name}`, one.dropped[name] ?? {}, countsOf(stage.dropped.map(({ reason }) => reason)));
    expect(
      `dead letters of ${name}`,
      one.deadLetters[name] ?? [],
      stage.errors.map(({ code }) => code),
    );
  }
  return differences;
};

const countsOf = (reasons: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};

const readCases = (file: string, value: JsonValue): Case[] => {
  if (!isJsonObject(value) || !Array.isArray(value.cases))
    throw usageFailure(`${file} must hold an object with the list "cases".`);
  return value.cases.map((one: JsonValue, index: number): Case => {
    const where = `${file}/cases/${index}`;
    if (!isJsonObject(one)) throw usageFailure(`${where} must be an object.`);
    const unknown = Object.keys(one).find((key) => !CASE_KEYS.has(key));
    if (unknown !== undefined)
      throw usageFailure(`${where}/${unknown} is unknown: ${[...CASE_KEYS].join(', ')} are known.`);
    if (typeof one.name !== 'string') throw usageFailure(`${where}/name: a text is needed.`);
    if (!Array.isArray(one.input)) throw usageFailure(`${where}/input: a list of records is needed.`);
    if (one.now !== undefined && typeof one.now !== 'number') throw usageFailure(`${where}/now: Unix ms are needed.`);
    const byStage = (key: 'output' | 'dropped' | 'deadLetters'): JsonObject => {
      const given = one[key] ?? {};
      if (isJsonObject(given)) return given;
      throw usageFailure(`${where}/${key}: an object by stage is needed.`);
    };
    return {
      name: one.name,
      now: one.now ?? 0,
      input: one.input,
      output: byStage('output'),
      dropped: byStage('dropped'),
      deadLetters: byStage('deadLetters'),
    };
  });
};

const CASE_KEYS = new Set(['name', 'now', 'input', 'output', 'dropped', 'deadLetters']);
