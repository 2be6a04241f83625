import { defineReference, type PointReference } from '@penstock/engine';
import { isJsonObject, type JsonValue, LINEAGE, LINEAGE_VERSION } from '@penstock/model';
import { parsePointReference } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';

/** Points that released pipelines read and put out, ready to be looked up in. */
interface NeededPoints {
  readonly inputs: PointTable<PointReference>;
  readonly outputs: PointTable<PointReference>;
  readonly counts: { readonly inputs: number; readonly outputs: number };
}

/** What the service has recorded from releases, of the pipeline's organisation and message channel. */
export const lineage = defineReference<NeededPoints>({
  name: LINEAGE,
  version: LINEAGE_VERSION,
  decode: (data) => {
    const given = data as JsonValue;
    if (!isJsonObject(given)) throw new Error('the lineage is no object');
    const inputs = pointsIn(given.inputs);
    const outputs = pointsIn(given.outputs);
    return {
      inputs: new PointTable(inputs, (point) => point),
      outputs: new PointTable(outputs, (point) => point),
      counts: { inputs: inputs.length, outputs: outputs.length },
    };
  },
  describe: ({ counts }) => `released pipelines read ${counts.inputs} points and put out ${counts.outputs}`,
});

const pointsIn = (given: JsonValue | undefined): readonly PointReference[] => {
  if (!Array.isArray(given)) throw new Error('the lineage has no list of points');
  return given.map((text) => {
    const point = typeof text === 'string' ? parsePointReference(text) : undefined;
    if (point === undefined) throw new Error(`the lineage names ${JSON.stringify(text)}, which is no point`);
    return point;
  });
};
