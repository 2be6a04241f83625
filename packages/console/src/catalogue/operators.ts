import type { Operator } from '@penstock/client/session';
import { type Field, fieldsOf } from '../document/fields.ts';
import { isObject, type JsonObject, type JsonValue, textOf } from '../document/json.ts';
import { connect, fitsBetween, type Output, splice } from '../document/lanes.ts';
import { firstRows } from '../document/outputs.ts';
import { changeStage, outputsOf, type PipelineDocument, stageOf } from '../document/shape.ts';
import { addStage, type LaneTable, makeRoom, type NewStage, type Place } from '../document/stages.ts';
import { kindOfOperator } from './find-operators.ts';

/** The operator of a stage; undefined where the service knows none of that name. */
export const operatorOf = (operators: readonly Operator[], stage: JsonObject): Operator | undefined =>
  operators.find(({ stageName }) => stageName === textOf(stage.stageName));

/** The table of a stage whose rows are its outputs, as the definition says it. */
export const laneTableOf = (fields: readonly Field[]): (LaneTable & { readonly field: Field }) | undefined => {
  for (const field of fields) {
    const column = field.columns.find(({ kind }) => kind === 'lane');
    if (column !== undefined) return { option: field.name, column: column.name, field };
  }
  return undefined;
};

/** A stage of an operator as it begins: what has no default of its own is there, and empty. */
export const newStageOf = (operator: Operator): NewStage => ({
  kind: kindOfOperator(operator),
  stageName: operator.stageName,
  library: operator.library,
  version: operator.version,
  instancePrefix: operator.instancePrefix,
  label: operator.label,
  configuration: [
    ...fieldsOf(operator.config)
      .filter(({ fallback }) => fallback === undefined)
      .map(({ name, kind }) => ({ name, value: emptyOf(kind) })),
    { name: 'stageOnRecordError', value: 'TO_ERROR' },
  ],
});

const emptyOf = (kind: Field['kind']): JsonValue =>
  kind === 'table' || kind === 'texts' || kind === 'pairs' ? [] : '';

/** Where a new stage goes. */
export type Spot =
  | { readonly kind: 'free'; readonly place: Place }
  | { readonly kind: 'behind'; readonly from: Output; readonly place: Place }
  | { readonly kind: 'between'; readonly from: Output; readonly to: string; readonly place: Place };

/** Adds a stage of an operator at a spot; undefined where it cannot be there. */
export const addOperator = (
  document: PipelineDocument,
  operator: Operator,
  spot: Spot,
): { readonly document: PipelineDocument; readonly id: string } | undefined => {
  const table = laneTableOf(fieldsOf(operator.config));
  const added = addStage(document, newStageOf(operator), spot.place);
  const { id } = added;
  const lastRow = isObject(table?.field.lastRow) ? table.field.lastRow : {};
  const whole =
    table === undefined ? added.document : changeStage(added.document, id, (stage) => firstRows(stage, table, lastRow));
  if (spot.kind === 'free') return { document: whole, id };
  const joined = spot.kind === 'behind' ? connect(whole, spot.from, id) : splice(whole, spot.from, spot.to, id);
  if (joined === whole) return undefined;
  return { document: spot.kind === 'behind' ? joined : makeRoom(joined, id, spot.from.stage, spot.to), id };
};

/** Operators that can stand at a spot. */
export const fitting = (operators: readonly Operator[], spot: Spot): readonly Operator[] =>
  operators.filter((operator) => {
    const kind = kindOfOperator(operator);
    if (spot.kind === 'free') return true;
    return spot.kind === 'behind' ? kind !== 'source' : fitsBetween(kind);
  });

/** The output that a stage added after this one would read; undefined for targets. */
export const openOutput = (document: PipelineDocument, id: string): Output | undefined => {
  const stage = stageOf(document, id);
  if (stage === undefined || outputsOf(stage).length === 0) return undefined;
  return { stage: id, output: 0 };
};
