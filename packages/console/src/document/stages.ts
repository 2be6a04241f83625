import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { withInputs } from './lanes.ts';
import {
  freeName,
  idOf,
  inputsOf,
  kindOf,
  lanesIn,
  mapStages,
  outputsOf,
  type PipelineDocument,
  type StageKind,
  stageListOf,
  stageOf,
  stagesOf,
  uiOf,
  withStages,
} from './shape.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What a new stage is made of; an operator's definition says it. */
export interface NewStage {
  readonly kind: StageKind;
  readonly stageName: string;
  readonly library: string;
  readonly version: number;
  readonly instancePrefix: string;
  readonly label: string;
  readonly configuration: readonly { readonly name: string; readonly value: JsonValue }[];
  /** The table whose rows are the outputs, and its column with their lanes. */
  readonly laneTable?: LaneTable | undefined;
}

export interface LaneTable {
  readonly option: string;
  readonly column: string;
}

const STAGE_TYPES: Readonly<Record<StageKind, string>> = {
  source: 'SOURCE',
  processor: 'PROCESSOR',
  target: 'TARGET',
  other: 'PROCESSOR',
};

export interface Added {
  readonly document: PipelineDocument;
  readonly id: string;
}

/** Adds a stage that is connected to nothing. */
export const addStage = (document: PipelineDocument, stage: NewStage, place: Place): Added => {
  const id = freeName(stage.instancePrefix, (name) => stageOf(document, name) !== undefined);
  const lanes = stage.kind === 'target' ? [] : [newLane(document, id)];
  const added: JsonObject = {
    instanceName: id,
    library: stage.library,
    stageName: stage.stageName,
    stageVersion: String(stage.version),
    configuration: stage.configuration.map((row) => ({ ...row })),
    uiInfo: { label: stage.label, description: '', ...placed(place), stageType: STAGE_TYPES[stage.kind] },
    inputLanes: [],
    outputLanes: lanes,
    eventLanes: [],
    services: [],
  };
  return { document: withStages(document, [...stageListOf(document), added]), id };
};

export const newLane = (document: PipelineDocument, id: string, more: ReadonlySet<string> = new Set()): string => {
  const taken = lanesIn(document);
  return freeName(`${id}_Output`, (name) => taken.has(name) || more.has(name));
};

const placed = ({ x, y }: Place): JsonObject => ({ xPos: Math.round(x), yPos: Math.round(y) });

/** Where stages are drawn; it means nothing to the engine. */
export const moveStages = (document: PipelineDocument, places: ReadonlyMap<string, Place>): PipelineDocument =>
  mapStages(document, (stage) => {
    const place = places.get(idOf(stage));
    if (place === undefined) return stage;
    const { xPos, yPos } = placed(place);
    const ui = uiOf(stage);
    return ui.xPos === xPos && ui.yPos === yPos
      ? stage
      : { ...stage, uiInfo: { ...ui, xPos: xPos ?? 0, yPos: yPos ?? 0 } };
  });

export const placeOf = (stage: JsonObject): Place | undefined => {
  const { xPos, yPos } = uiOf(stage);
  return typeof xPos === 'number' && typeof yPos === 'number' ? { x: xPos, y: yPos } : undefined;
};

/** From one stage to the next, px. */
export const STEP_X = 260;

/** Puts a stage in the middle of two others, and moves these behind it to the right as far as that takes. */
export const makeRoom = (document: PipelineDocument, id: string, before: string, behind: string): PipelineDocument => {
  const at = (name: string): Place | undefined => {
    const stage = stageOf(document, name);
    return stage === undefined ? undefined : placeOf(stage);
  };
  const [left, right] = [at(before), at(behind)];
  // Where a connection goes back, or places are not known, nobody can say what is behind.
  if (left === undefined || right === undefined || right.x <= left.x) return document;
  const x = Math.max(left.x + STEP_X, (left.x + right.x) / 2);
  const shift = Math.max(0, x + STEP_X - right.x);
  const moved = stagesOf(document).flatMap((stage): [string, Place][] => {
    const place = placeOf(stage);
    return idOf(stage) === id || place === undefined || place.x < right.x
      ? []
      : [[idOf(stage), { x: place.x + shift, y: place.y }]];
  });
  return moveStages(document, new Map([...moved, [id, { x, y: (left.y + right.y) / 2 }]]));
};

/** Takes stages away, with what led to them and from them. */
export const removeStages = (document: PipelineDocument, ids: ReadonlySet<string>): PipelineDocument => {
  const gone = new Set(
    stagesOf(document)
      .filter((stage) => ids.has(idOf(stage)))
      .flatMap(outputsOf),
  );
  const kept = stageListOf(document).filter((stage) => !(isObject(stage) && ids.has(idOf(stage))));
  if (kept.length === stageListOf(document).length) return document;
  return mapStages(withStages(document, kept), (stage) =>
    withInputs(
      stage,
      inputsOf(stage).filter((lane) => !gone.has(lane)),
    ),
  );
};

/** Takes stages away one by one and has what led to each lead on to what was behind it. */
export const removeAndHeal = (document: PipelineDocument, ids: ReadonlySet<string>): PipelineDocument =>
  [...ids].reduce((now, id) => {
    const stage = stageOf(now, id);
    if (stage === undefined) return now;
    const before = kindOf(stage) === 'source' ? [] : inputsOf(stage);
    const after = outputsOf(stage);
    const healed = mapStages(now, (reader) => {
      const lanes = inputsOf(reader);
      if (!lanes.some((lane) => after.includes(lane))) return reader;
      const through = lanes.flatMap((lane) => (after.includes(lane) ? before : [lane]));
      return withInputs(reader, [...new Set(through)]);
    });
    return removeStages(healed, new Set([id]));
  }, document);
