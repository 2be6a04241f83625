import { isDeepStrictEqual } from 'node:util';
import { compilePlan, inspectAll, type Plan, type PreviewInput, PreviewSession, References } from '@penstock/engine';
import { hasErrors, type Issue, type OwnLibrary, type StagePreview } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import type { PipelineCase } from '../folder/project-schema.ts';
import type { ProjectPipeline } from '../folder/read-project.ts';
import type { SourceFile } from '../folder/source-file.ts';
import { recordDifferences } from './compare-records.ts';
import { type Step, stepsOf } from './read-steps.ts';

export interface CaseResult {
  readonly pipeline: string;
  readonly title: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly durationMs: number;
  /** What is not as expected, a text each; none: it passed. */
  readonly differences: readonly string[];
}

const registry = createRegistry(operators);

/**
 * Runs the cases of a pipeline through the engine that production runs, in memory and from empty state. A case says
 * what comes in, and by stage what goes out, what is dropped and why, and which records become dead letters. Of stages
 * it does not name `output` says nothing; dropped records and dead letters it does not name are a difference, for
 * nothing is to be lost unseen. A document that does not compile fails all of them.
 */
export const runCases = async (
  pipeline: ProjectPipeline,
  ownLibraries: readonly OwnLibrary[] = [],
): Promise<readonly CaseResult[]> => {
  const compiled = compilePlan(pipeline.document, {
    registry,
    facts: { pipelineId: 'test', orgId: 'test', messageChannel: pipeline.messageChannel, ownLibraries },
  });
  const { plan } = compiled;
  const issues = [...compiled.issues, ...(await inspectAll(compiled))];
  const results: CaseResult[] = [];
  for (const { file, cases } of pipeline.cases)
    for (const [index, one] of cases.entries()) {
      const startedAt = performance.now();
      const at = `/${index}`;
      const differences =
        plan === undefined || hasErrors(issues)
          ? issues.filter(({ severity }) => severity === 'error').map((issue) => compileText(pipeline.file, issue))
          : await runCase(plan, one, at);
      results.push({
        pipeline: pipeline.name,
        title: one.title,
        file: file.name,
        line: file.place(at).line,
        durationMs: Math.round(performance.now() - startedAt),
        differences,
      });
    }
  return results;
};

const compileText = (file: SourceFile, { path, message, code }: Issue): string => {
  const { line } = file.place(path);
  return `the document does not compile: ${file.name}${line === undefined ? '' : `:${line}`} ${path}: ${message} [${code}]`;
};

const runCase = async (plan: Plan, one: PipelineCase, at: string): Promise<string[]> => {
  const steps = stepsOf(one, at);
  if ('problem' in steps) return [steps.problem];
  let now = steps[0]?.now ?? 0;
  try {
    const references = referencesOf(plan, one);
    if ('problem' in references) return [references.problem];
    const session = await PreviewSession.open({ plan, clock: { now: () => now }, references });
    try {
      const differences: string[] = [];
      for (const [index, step] of steps.entries()) {
        now = step.now;
        const label = steps.length === 1 ? '' : `step ${index + 1}: `;
        const stranger = strangerIn(plan, step);
        if (stranger !== undefined) return [label + stranger];
        differences.push(
          ...compare(step, await session.step(valuesOf(step), { isCaughtUp: true })).map((text) => label + text),
        );
      }
      return differences;
    } finally {
      await session.close();
    }
  } catch (error) {
    return [`the pipeline would stop: ${error instanceof Error ? error.message : String(error)}`];
  }
};

/** A case has no organisation: what its stages go by is what it says itself. */
const referencesOf = (plan: Plan, { references = {} }: PipelineCase): References | { readonly problem: string } => {
  const held = References.of(plan);
  for (const wanted of held.wanted) {
    const data = references[wanted.name];
    if (data === undefined)
      return { problem: `a stage goes by the reference data "${wanted.name}": say in "references" what it is` };
    held.put(wanted, { revision: 1, data });
  }
  return held;
};

const valuesOf = ({ messages, messagesBySource, now }: Step): PreviewInput => {
  const read = (given: readonly (string | null)[]) =>
    given.map((text) => ({ value: text === null ? null : Buffer.from(text), timestamp: now }));
  if (messagesBySource === undefined) return read(messages);
  return new Map(Object.entries(messagesBySource).map(([source, given]) => [source, read(given)]));
};

/** A source that records are meant for and that the pipeline does not have: they would be lost unseen. */
const strangerIn = ({ sources }: Plan, { messagesBySource = {} }: Step): string | undefined => {
  const names = sources.map(({ instanceName }) => instanceName);
  const stranger = Object.keys(messagesBySource).find((name) => !names.includes(name));
  return stranger === undefined ? undefined : `there is no data source "${stranger}", but: ${names.join(', ')}`;
};

const compare = (step: Step, stages: readonly StagePreview[]): string[] => {
  const differences: string[] = [];
  const known = new Set(stages.map(({ instanceName }) => instanceName));
  for (const expected of [step.output, step.dropped, step.deadLetters])
    for (const name of Object.keys(expected))
      if (!known.has(name)) differences.push(`there is no stage "${name}", but: ${[...known].join(', ')}`);
  for (const { instanceName: name, output, dropped, errors } of stages) {
    const wanted = step.output[name];
    const lines = wanted === undefined ? [] : recordDifferences(wanted, output);
    if (lines.length > 0) differences.push([`output of ${name}`, ...lines].join('\n'));
    const counts = countsOf(dropped.map(({ reason }) => reason));
    if (!isDeepStrictEqual(step.dropped[name] ?? {}, counts))
      differences.push(listed(`dropped by ${name}`, step.dropped[name] ?? {}, counts, dropped));
    const codes = errors.map(({ code }) => code);
    if (!isDeepStrictEqual(step.deadLetters[name] ?? [], codes))
      differences.push(listed(`dead letters of ${name}`, step.deadLetters[name] ?? [], codes, errors));
  }
  return differences;
};

/** Records told of one kind at most. */
const MAX_RECORDS = 5;

const listed = (
  what: string,
  expected: unknown,
  seen: unknown,
  records: readonly {
    readonly record: unknown;
    readonly reason?: string;
    readonly code?: string;
    readonly message?: string;
  }[],
): string =>
  [
    what,
    `expected ${JSON.stringify(expected)}, but got ${JSON.stringify(seen)}`,
    ...records
      .slice(0, MAX_RECORDS)
      .map(({ record, reason, code, message }) =>
        [reason ?? code, ...(message === undefined ? [] : [message]), JSON.stringify(record)].join(': '),
      ),
  ].join('\n');

const countsOf = (reasons: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
