import type { JsonObject } from './json.ts';
import {
  changeStage,
  idOf,
  inputsOf,
  kindOf,
  outputsOf,
  type PipelineDocument,
  type StageKind,
  stageOf,
  stagesOf,
} from './shape.ts';

/** One of the outputs of a stage, counted from 0. */
export interface Output {
  readonly stage: string;
  readonly output: number;
}

/** Why two stages cannot be connected. */
export type ConnectionProblem = 'unknown' | 'self' | 'source-has-no-input' | 'target-has-no-output' | 'twice' | 'cycle';

const laneOf = (document: PipelineDocument, { stage, output }: Output): string | undefined => {
  const from = stageOf(document, stage);
  return from === undefined ? undefined : outputsOf(from)[output];
};

/** Stages that read what a stage puts out. */
export const readersOf = (document: PipelineDocument, id: string): readonly string[] => {
  const from = stageOf(document, id);
  if (from === undefined) return [];
  const lanes = outputsOf(from);
  return stagesOf(document)
    .filter((stage) => inputsOf(stage).some((lane) => lanes.includes(lane)))
    .map(idOf);
};

/** Whether a stage is connected to nothing. */
export const isAlone = (document: PipelineDocument, id: string): boolean => {
  const stage = stageOf(document, id);
  return stage !== undefined && inputsOf(stage).length === 0 && readersOf(document, id).length === 0;
};

/** Whether a stage has a place in a connection: an input and an output. */
export const fitsBetween = (kind: StageKind): boolean => kind === 'processor' || kind === 'other';

/** Everything that records of a stage can come to. */
const behind = (document: PipelineDocument, id: string): ReadonlySet<string> => {
  const seen = new Set<string>();
  const next = [id];
  for (let at = next.pop(); at !== undefined; at = next.pop())
    for (const reader of readersOf(document, at))
      if (!seen.has(reader)) {
        seen.add(reader);
        next.push(reader);
      }
  return seen;
};

/** Whether an output can lead to a stage; undefined where it can. */
export const connectionProblem = (
  document: PipelineDocument,
  from: Output,
  to: string,
): ConnectionProblem | undefined => {
  const writer = stageOf(document, from.stage);
  const reader = stageOf(document, to);
  if (writer === undefined || reader === undefined) return 'unknown';
  if (from.stage === to) return 'self';
  if (kindOf(reader) === 'source') return 'source-has-no-input';
  if (kindOf(writer) === 'target') return 'target-has-no-output';
  const lane = outputsOf(writer)[from.output];
  if (lane === undefined) return 'unknown';
  if (inputsOf(reader).includes(lane)) return 'twice';
  if (behind(document, to).has(from.stage)) return 'cycle';
  return undefined;
};

/** Connects an output with a stage; the same document where that is not possible. */
export const connect = (document: PipelineDocument, from: Output, to: string): PipelineDocument => {
  const lane = laneOf(document, from);
  if (lane === undefined || connectionProblem(document, from, to) !== undefined) return document;
  return changeStage(document, to, (stage) => withInputs(stage, [...inputsOf(stage), lane]));
};

export const disconnect = (document: PipelineDocument, from: Output, to: string): PipelineDocument => {
  const lane = laneOf(document, from);
  return changeStage(document, to, (stage) =>
    withInputs(
      stage,
      inputsOf(stage).filter((each) => each !== lane),
    ),
  );
};

/** Puts a stage between an output and one of its readers. */
export const splice = (document: PipelineDocument, from: Output, to: string, between: string): PipelineDocument => {
  const through: Output = { stage: between, output: 0 };
  const open = disconnect(document, from, to);
  const first = connect(open, from, between);
  if (first === open) return document;
  const both = connect(first, through, to);
  return both === first ? document : both;
};

export const withInputs = (stage: JsonObject, lanes: readonly string[]): JsonObject => {
  const before = inputsOf(stage);
  const isSame = before.length === lanes.length && before.every((lane, index) => lane === lanes[index]);
  return isSame ? stage : { ...stage, inputLanes: [...lanes] };
};
