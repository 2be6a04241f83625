import { isObject, type JsonObject, type JsonValue, textOf } from './json.ts';
import { withInputs } from './lanes.ts';
import { withOption } from './options.ts';
import { changeStage, inputsOf, mapStages, outputsOf, type PipelineDocument, stageOf } from './shape.ts';
import { type LaneTable, newLane } from './stages.ts';

/**
 * Sets the rows of a table that says what the outputs of a stage are: each row has a lane, and each lane a row. What
 * led on from a row that is gone leads nowhere.
 */
export const setOutputRows = (
  document: PipelineDocument,
  id: string,
  table: LaneTable,
  rows: readonly JsonValue[],
): PipelineDocument => {
  const stage = stageOf(document, id);
  if (stage === undefined) return document;
  const named = withLanes(document, id, table, rows);
  const lanes = named.flatMap((row) => (isObject(row) ? textOf(row[table.column]) || [] : []));
  const gone = outputsOf(stage).filter((lane) => !lanes.includes(lane));
  const changed = changeStage(document, id, (each) => ({
    ...withOption(each, table.option, named),
    outputLanes: lanes,
  }));
  return mapStages(changed, (reader) =>
    withInputs(
      reader,
      inputsOf(reader).filter((lane) => !gone.includes(lane)),
    ),
  );
};

/** Rows without a lane, or with one that a row before them has, get one of their own. */
const withLanes = (
  document: PipelineDocument,
  id: string,
  { column }: LaneTable,
  rows: readonly JsonValue[],
): readonly JsonValue[] => {
  const seen = new Set<string>();
  return rows.map((row) => {
    if (!isObject(row)) return row;
    const given = textOf(row[column]);
    const lane = given === '' || seen.has(given) ? newLane(document, id, seen) : given;
    seen.add(lane);
    return lane === given ? row : { ...row, [column]: lane };
  });
};

/** The rows of a new stage, whose first output is there already. */
export const firstRows = (stage: JsonObject, { option, column }: LaneTable, row: JsonObject): JsonObject =>
  withOption(
    stage,
    option,
    outputsOf(stage).map((lane) => ({ ...row, [column]: lane })),
  );
