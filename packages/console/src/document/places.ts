import { isObject, type JsonValue, listOf, textOf } from './json.ts';
import { idOf, type PipelineDocument, stageListOf } from './shape.ts';

/** Where in a document something is, as somebody who edits it goes there. */
export interface DocumentPlace {
  readonly stage?: string;
  /** Name of a configuration row. */
  readonly option?: string;
  /** Row and column of a table. */
  readonly row?: number;
  readonly column?: string;
  /** Where in the text of it, in UTF-16 units. */
  readonly at?: { readonly offset: number; readonly length: number };
}

const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** The place that a JSON Pointer leads to; as near as it can be told. */
export const placeOfPointer = (document: PipelineDocument, pointer: string, stageId?: string): DocumentPlace => {
  const segments = pointer.split('/').slice(1).map(unescaped);
  const [first, ...rest] = segments[0] === 'pipelineConfig' ? segments.slice(1) : segments;
  if (first === 'configuration') return optionPlace(undefined, undefined, rest);
  const stage = first === 'stages' ? stageListOf(document)[Number(rest[0])] : undefined;
  if (!isObject(stage)) return stageId === undefined ? {} : { stage: stageId };
  const place = { stage: idOf(stage) };
  return rest[1] === 'configuration' ? optionPlace(stage.configuration, place.stage, rest.slice(2)) : place;
};

const optionPlace = (
  configuration: JsonValue | undefined,
  stage: string | undefined,
  [index, , row, column]: readonly string[],
): DocumentPlace => {
  const owner = stage === undefined ? {} : { stage };
  const option = listOf(configuration)[Number(index)];
  const name = isObject(option) ? textOf(option.name) : '';
  if (name === '') return owner;
  const at = row === undefined ? Number.NaN : Number(row);
  if (!Number.isInteger(at)) return { ...owner, option: name };
  return { ...owner, option: name, row: at, ...(column === undefined ? {} : { column }) };
};
