import { isObject, isSame, type JsonObject, type JsonValue, objectsIn, textOf } from './json.ts';
import { optionOf } from './options.ts';
import { idOf, inputsOf, labelOf, outputsOf, type PipelineDocument, stageOf, stagesOf, uiOf } from './shape.ts';

export interface FieldChange {
  readonly name: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What became of a stage between two documents. */
export interface StageChange {
  readonly id: string;
  readonly label: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly stageName: string;
  readonly fields: readonly FieldChange[];
  /** It reads from other stages than before. */
  readonly isReconnected: boolean;
}

/** How two documents differ, stage by stage. Where stages are drawn is no difference. */
export const diffDocuments = (before: PipelineDocument, after: PipelineDocument): readonly StageChange[] => {
  const gone = stagesOf(before).filter((stage) => stageOf(after, idOf(stage)) === undefined);
  return [
    ...stagesOf(after).flatMap((stage) => {
      const old = stageOf(before, idOf(stage));
      return old === undefined ? [summary(stage, 'added')] : changeOf(old, stage, before, after);
    }),
    ...gone.map((stage) => summary(stage, 'removed')),
  ];
};

const summary = (stage: JsonObject, change: 'added' | 'removed'): StageChange => ({
  id: idOf(stage),
  label: labelOf(stage),
  change,
  stageName: textOf(stage.stageName),
  fields: [],
  isReconnected: false,
});

const changeOf = (
  old: JsonObject,
  stage: JsonObject,
  before: PipelineDocument,
  after: PipelineDocument,
): readonly StageChange[] => {
  const fields = [...textChanges(old, stage), ...optionChanges(old, stage)];
  const isReconnected = !isSame(writersOf(before, old), writersOf(after, stage));
  if (fields.length === 0 && !isReconnected) return [];
  return [
    {
      id: idOf(stage),
      label: labelOf(stage),
      change: 'changed',
      stageName: textOf(stage.stageName),
      fields,
      isReconnected,
    },
  ];
};

const TEXTS = ['label', 'description'] as const;
const textChanges = (old: JsonObject, stage: JsonObject): readonly FieldChange[] =>
  TEXTS.flatMap((name) => {
    const [before, after] = [uiOf(old)[name], uiOf(stage)[name]];
    return textOf(before) === textOf(after) ? [] : [{ name, before, after }];
  });

const optionChanges = (old: JsonObject, stage: JsonObject): readonly FieldChange[] => {
  const names = [...objectsIn(old.configuration), ...objectsIn(stage.configuration)].map((row) => textOf(row.name));
  return [...new Set(names)].flatMap((name) => {
    const [before, after] = [optionOf(old, name), optionOf(stage, name)];
    return isSame(before, after) ? [] : [{ name, before, after }];
  });
};

/** Who writes what a stage reads, by output: names of lanes say nothing. */
const writersOf = (document: PipelineDocument, stage: JsonObject): readonly string[] =>
  inputsOf(stage)
    .map((lane) => {
      const writer = stagesOf(document).find((each) => outputsOf(each).includes(lane));
      return writer === undefined ? '' : `${idOf(writer)} ${outputsOf(writer).indexOf(lane)}`;
    })
    .sort();

/** How many rows of a table two values share, for those who read a diff. */
export const rowCounts = ({
  before,
  after,
}: FieldChange): { readonly before: number; readonly after: number } | undefined => {
  const isTable = (value: JsonValue | undefined): value is readonly JsonValue[] =>
    Array.isArray(value) && value.some(isObject);
  if (!isTable(before) && !isTable(after)) return undefined;
  return { before: Array.isArray(before) ? before.length : 0, after: Array.isArray(after) ? after.length : 0 };
};
