import { isObject, type JsonObject, type JsonValue, listOf, textOf, textsOf } from './json.ts';

/**
 * A pipeline document: `{ pipelineConfig: { stages, … } }` or what is in it alone. Edits give a new document that
 * shares what they do not touch; what they do not know stays as it is.
 */
export type PipelineDocument = JsonObject;
export type StageKind = 'source' | 'processor' | 'target' | 'other';

const configOf = (document: PipelineDocument): JsonObject =>
  isObject(document.pipelineConfig) ? document.pipelineConfig : document;

export const changeConfig = (
  document: PipelineDocument,
  change: (config: JsonObject) => JsonObject,
): PipelineDocument => {
  if (isObject(document.pipelineConfig)) {
    const changed = change(document.pipelineConfig);
    return changed === document.pipelineConfig ? document : { ...document, pipelineConfig: changed };
  }
  return change(document);
};

/** What is in the list of stages, by place: a document may be wrong anywhere. */
export const stageListOf = (document: PipelineDocument): readonly JsonValue[] => listOf(configOf(document).stages);

export const stagesOf = (document: PipelineDocument): readonly JsonObject[] => stageListOf(document).filter(isObject);

export const idOf = (stage: JsonObject): string => textOf(stage.instanceName);
export const inputsOf = (stage: JsonObject): readonly string[] => textsOf(stage.inputLanes);
export const outputsOf = (stage: JsonObject): readonly string[] => textsOf(stage.outputLanes);
export const uiOf = (stage: JsonObject): JsonObject => (isObject(stage.uiInfo) ? stage.uiInfo : {});
export const labelOf = (stage: JsonObject): string => textOf(uiOf(stage).label) || idOf(stage);

const KINDS: Readonly<Record<string, StageKind>> = { SOURCE: 'source', PROCESSOR: 'processor', TARGET: 'target' };
export const kindOf = (stage: JsonObject): StageKind => KINDS[textOf(uiOf(stage).stageType)] ?? 'other';

/** Data sources, in the order they stand in. */
export const sourceIdsOf = (document: PipelineDocument): readonly string[] =>
  stagesOf(document)
    .filter((stage) => kindOf(stage) === 'source')
    .map(idOf);

export const stageOf = (document: PipelineDocument, id: string): JsonObject | undefined =>
  stagesOf(document).find((stage) => idOf(stage) === id);

/** Changes stages one by one; those for which the same comes back stay what they were. */
export const mapStages = (document: PipelineDocument, change: (stage: JsonObject) => JsonObject): PipelineDocument => {
  const before = stageListOf(document);
  const after = before.map((stage) => (isObject(stage) ? change(stage) : stage));
  return after.every((stage, index) => stage === before[index]) ? document : withStages(document, after);
};

export const changeStage = (
  document: PipelineDocument,
  id: string,
  change: (stage: JsonObject) => JsonObject,
): PipelineDocument => mapStages(document, (stage) => (idOf(stage) === id ? change(stage) : stage));

export const withStages = (document: PipelineDocument, stages: readonly JsonValue[]): PipelineDocument =>
  changeConfig(document, (config) => ({ ...config, stages }));

/** What a name is called where others have it already: the next number behind it. */
export const freeName = (prefix: string, isTaken: (name: string) => boolean): string => {
  for (let number = 1; ; number++) {
    const name = `${prefix}_${String(number).padStart(2, '0')}`;
    if (!isTaken(name)) return name;
  }
};

/** Every lane that is named anywhere in a document. */
export const lanesIn = (document: PipelineDocument): ReadonlySet<string> =>
  new Set(stagesOf(document).flatMap((stage) => [...inputsOf(stage), ...outputsOf(stage)]));
