import { isObject, isSame, type JsonObject, type JsonValue, listOf, textOf } from './json.ts';
import { changeConfig, changeStage, type PipelineDocument, uiOf } from './shape.ts';

/** The value of a configuration row; of rows with the same name the last one counts, as for the engine. */
export const optionOf = (owner: JsonObject, name: string): JsonValue | undefined => {
  const row = listOf(owner.configuration).findLast((each) => isObject(each) && textOf(each.name) === name);
  return isObject(row) ? row.value : undefined;
};

/** With a row set; undefined takes it away, so that the default counts. */
export const withOption = (owner: JsonObject, name: string, value: JsonValue | undefined): JsonObject => {
  if (isSame(optionOf(owner, name), value)) return owner;
  const rows = listOf(owner.configuration);
  const isNamed = (row: JsonValue): boolean => isObject(row) && textOf(row.name) === name;
  if (value === undefined) return { ...owner, configuration: rows.filter((row) => !isNamed(row)) };
  const at = rows.findLastIndex(isNamed);
  if (at < 0) return { ...owner, configuration: [...rows, { name, value }] };
  return {
    ...owner,
    configuration: rows.map((row, index) => (index === at && isObject(row) ? { ...row, value } : row)),
  };
};

export const setOption = (
  document: PipelineDocument,
  id: string,
  name: string,
  value: JsonValue | undefined,
): PipelineDocument => changeStage(document, id, (stage) => withOption(stage, name, value));

/** Options of the whole pipeline. */
export const setPipelineOption = (
  document: PipelineDocument,
  name: string,
  value: JsonValue | undefined,
): PipelineDocument => changeConfig(document, (config) => withOption(config, name, value));

/** What people read of a stage: its label and description. */
export const setStageText = (
  document: PipelineDocument,
  id: string,
  text: { readonly label?: string; readonly description?: string },
): PipelineDocument =>
  changeStage(document, id, (stage) =>
    isSame({ ...uiOf(stage), ...text }, uiOf(stage)) ? stage : { ...stage, uiInfo: { ...uiOf(stage), ...text } },
  );
