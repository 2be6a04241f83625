import { isObject, type JsonObject, type JsonValue, objectsIn, parseJson, printJson } from './json.ts';
import { withInputs } from './lanes.ts';
import {
  freeName,
  idOf,
  inputsOf,
  lanesIn,
  outputsOf,
  type PipelineDocument,
  stageListOf,
  stageOf,
  stagesOf,
  withStages,
} from './shape.ts';
import { moveStages, placeOf } from './stages.ts';

const KIND = 'penstock-stages';
/** So far beside the original a copy is put. */
const ASIDE = 40;

/** Stages as text: to be pasted here, into another pipeline, or into a message to somebody. */
export const copyStages = (document: PipelineDocument, ids: ReadonlySet<string>): string =>
  printJson({ kind: KIND, stages: stagesOf(document).filter((stage) => ids.has(idOf(stage))) }, 2);

/** Stages in a text that was copied; undefined where there are none. */
export const readCopied = (text: string): readonly JsonObject[] | undefined => {
  try {
    const value = parseJson(text);
    if (!isObject(value) || value.kind !== KIND) return undefined;
    const stages = objectsIn(value.stages).filter((stage) => idOf(stage) !== '');
    return stages.length === 0 ? undefined : stages;
  } catch {
    return undefined; // some other text
  }
};

export interface Pasted {
  readonly document: PipelineDocument;
  readonly ids: readonly string[];
}

/**
 * Adds copied stages under names of their own. Connections among them are kept; what led to others is left out, since
 * it would change what those get.
 */
export const pasteStages = (document: PipelineDocument, copied: readonly JsonObject[]): Pasted => {
  const names = new Map<string, string>();
  const lanes = new Map<string, string>();
  const taken = new Set(lanesIn(document));
  const isTaken = (name: string): boolean =>
    stageOf(document, name) !== undefined || [...names.values()].includes(name);
  for (const stage of copied) {
    const id = freeName(idOf(stage).replace(/_\d+$/, ''), isTaken);
    names.set(idOf(stage), id);
    for (const lane of outputsOf(stage)) {
      const own = freeName(`${id}_Output`, (name) => taken.has(name));
      taken.add(own);
      lanes.set(lane, own);
    }
  }
  const stages = copied.map((stage) => {
    const inputs = inputsOf(stage).flatMap((lane) => lanes.get(lane) ?? []);
    const renamed = { ...renameLanes(stage, lanes), instanceName: names.get(idOf(stage)) ?? idOf(stage) };
    return withInputs({ ...renamed, outputLanes: outputsOf(stage).map((lane) => lanes.get(lane) ?? lane) }, inputs);
  });
  const added = withStages(document, [...stageListOf(document), ...stages]);
  const places = stages.flatMap((stage) => {
    const place = placeOf(stage);
    return place === undefined ? [] : [[idOf(stage), { x: place.x + ASIDE, y: place.y + ASIDE }] as const];
  });
  return { document: moveStages(added, new Map(places)), ids: [...names.values()] };
};

/** Configuration names lanes too, where its rows are outputs. */
const renameLanes = (stage: JsonObject, lanes: ReadonlyMap<string, string>): JsonObject => {
  const renamed = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return lanes.get(value) ?? value;
    if (Array.isArray(value)) return value.map(renamed);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner)]));
  };
  const { configuration } = stage;
  return configuration === undefined ? stage : { ...stage, configuration: renamed(configuration) };
};
