import { ASSET_AND_POINT, type DataReference, type PointReference, type StreamRecord } from '@penstock/engine';
import type { Addressing } from './addressing.ts';
import { applyOutputPoint, changedPointFields, outputPointOf } from './output-point.ts';
import { checkPointColumns, isOfModel, pointReferenceOf } from './point-reference.ts';
import { PointTable } from './point-table.ts';

const pointIn = (reference: DataReference): PointReference => {
  if ('measurementId' in reference) throw new Error(`"${reference.measurementId}" names no point`);
  return reference;
};

/** By `{modelId}::{pointId}`, where models inherit. */
export const POINTS: Addressing = {
  idField: 'pointId',
  key: ASSET_AND_POINT,
  idOf: (record: StreamRecord) => record.pointId,
  referenceOf: pointReferenceOf,
  check: checkPointColumns,
  table: (rows, referenceOf) => new PointTable(rows, (row) => pointIn(referenceOf(row))),
  outputOf: (input, output) => outputPointOf(pointIn(input), pointIn(output)),
  rename: applyOutputPoint,
  isOf: (record, reference) => isOfModel(record, pointIn(reference).modelId),
  changedFields: changedPointFields,
};
