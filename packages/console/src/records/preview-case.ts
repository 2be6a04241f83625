import { isObject, type JsonObject, type JsonValue, parseJson, printJson } from '../document/json.ts';
import { readersOf } from '../document/lanes.ts';
import { idOf, kindOf, type PipelineDocument, sourceIdsOf, stagesOf } from '../document/shape.ts';
import type { SeenStage } from './pair-records.ts';

export interface SeenRun {
  readonly document: PipelineDocument;
  readonly stages: readonly SeenStage[];
  /** What was run, by data source, where that is known: of what was read live only the records are. */
  readonly messages: Readonly<Record<string, readonly (string | null)[]>> | undefined;
  /** When, Unix ms. */
  readonly at: number;
}

/**
 * What a preview showed, as a file of cases that `penstock test` runs: what came in; what the stages put out that
 * targets read; everything that was dropped or refused.
 */
export const caseFile = (title: string, { document, stages, messages, at }: SeenRun): string => {
  const sources = new Set(sourceIdsOf(document));
  const read = stages.filter(({ id }) => sources.has(id)).map(({ id, output }) => [id, output] as const);
  const given = messages ?? Object.fromEntries(read);
  // Messages that were refused by a source are not known again where only records are.
  const counted = messages === undefined ? stages.filter(({ id }) => !sources.has(id)) : stages;
  const inputs = Object.entries(given).map(([id, own]) => [id, own.map(inputOf)] as const);
  const ends = new Set(endsOf(document));
  const one: JsonObject = {
    title,
    now: new Date(at).toISOString(),
    ...(sources.size > 1 ? { inputs: Object.fromEntries(inputs) } : { input: inputs[0]?.[1] ?? [] }),
    output: bySeen(stages, (stage) => (ends.has(stage.id) ? stage.output.map(recordOf) : undefined)),
    dropped: bySeen(counted, ({ dropped }) => countsOf(dropped.map(({ reason }) => reason))),
    deadLetters: bySeen(counted, ({ errors }) => (errors.length === 0 ? undefined : errors.map(({ code }) => code))),
  };
  return `${printJson([one], 2)}\n`;
};

/** Stages whose records go to a target. */
const endsOf = (document: PipelineDocument): readonly string[] => {
  const stages = stagesOf(document);
  const targets = new Set(stages.filter((stage) => kindOf(stage) === 'target').map(idOf));
  return stages.map(idOf).filter((id) => readersOf(document, id).some((reader) => targets.has(reader)));
};

const bySeen = (stages: readonly SeenStage[], of: (stage: SeenStage) => JsonValue | undefined): JsonObject =>
  Object.fromEntries(
    stages.flatMap((stage) => {
      const value = of(stage);
      return value === undefined ? [] : [[stage.id, value] as const];
    }),
  );

const countsOf = (reasons: readonly string[]): JsonObject | undefined => {
  if (reasons.length === 0) return undefined;
  return Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]));
};

/** A message as the case has it: a record where that is all of it, else the text as it is. */
const inputOf = (text: string | null): JsonValue => {
  if (text === null) return null;
  try {
    const plain: unknown = JSON.parse(text);
    // Written again by a program that knows doubles alone it would be the same.
    return isObject(plain) && JSON.stringify(plain) === text.trim() ? plain : text;
  } catch {
    return text; // a message that is no record
  }
};

const recordOf = (text: string): JsonValue => parseJson(text);
