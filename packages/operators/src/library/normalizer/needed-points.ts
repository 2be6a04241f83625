import { defineReference, type PointReference, type StreamRecord } from '@penstock/engine';
import { isJsonObject, type JsonValue, LINEAGE, LINEAGE_VERSION } from '@penstock/model';
import { measurementProblem } from '../../shared/points/measurement-addressing.ts';
import { parsePointReference } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';

/** What released pipelines read, or put out, ready to be looked up in. */
export interface NeededData {
  readonly points: PointTable<PointReference>;
  /** Ids of the format of 0.4.0. */
  readonly measurements: ReadonlySet<string>;
  readonly count: number;
}

/** Points that released pipelines read and put out. */
interface NeededPoints {
  readonly inputs: NeededData;
  readonly outputs: NeededData;
}

/** What the service has recorded from releases, of the pipeline's organisation and message channel. */
export const lineage = defineReference<NeededPoints>({
  name: LINEAGE,
  version: LINEAGE_VERSION,
  decode: (data) => {
    const given = data as JsonValue;
    if (!isJsonObject(given)) throw new Error('the lineage is no object');
    return { inputs: neededIn(given.inputs), outputs: neededIn(given.outputs) };
  },
  describe: ({ inputs, outputs }) => {
    const isOfPoints = inputs.measurements.size + outputs.measurements.size === 0;
    return `released pipelines read ${inputs.count} ${isOfPoints ? 'points' : 'points and measurements'} and put out ${outputs.count}`;
  },
});

/** Whether a record, in either format, is of what is needed. */
export const isNeeded = ({ points, measurements }: NeededData, record: StreamRecord): boolean => {
  if (points.rowsFor(record).length > 0) return true;
  if (measurements.size === 0) return false;
  const { measurementId } = record;
  return measurementId !== undefined && measurements.has(measurementId);
};

const neededIn = (given: JsonValue | undefined): NeededData => {
  if (!Array.isArray(given)) throw new Error('the lineage has no list of points');
  const points: PointReference[] = [];
  const measurements = new Set<string>();
  for (const text of given) {
    const point = typeof text === 'string' ? parsePointReference(text) : undefined;
    if (point !== undefined) points.push(point);
    else if (typeof text === 'string' && measurementProblem(text) === undefined) measurements.add(text);
    else throw new Error(`the lineage names ${JSON.stringify(text)}, which is neither a point nor a measurement`);
  }
  return { points: new PointTable(points, (point) => point), measurements, count: given.length };
};
