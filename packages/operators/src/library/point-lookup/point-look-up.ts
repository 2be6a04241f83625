import { defineLookUp, type PointReference, type StreamRecord } from '@penstock/engine';
import type { PointFacts, PointQuestion } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import type { PointLookupConfig } from './config.ts';

/** A row of the table, as far as it says what is looked up. */
export interface LookupRow {
  readonly input: PointReference;
  /** Undefined: the point of the record. */
  readonly lookup: PointReference | undefined;
}

export const lookupRowOf = (row: PointLookupConfig['inputOutput'][number]): LookupRow => ({
  input: pointReferenceOf(row.inputPoint),
  lookup: row.lookupPoint.trim() === '' ? undefined : pointReferenceOf(row.lookupPoint),
});

/** Which definition a row wants for a record that it applies to. */
export const questionOf = ({ lookup }: LookupRow, record: StreamRecord): PointQuestion => {
  const modelId = lookup?.modelId ?? record.modelId ?? record.modelIdPath?.split('/').at(-1) ?? '';
  return { modelId, by: 'point', id: lookup?.pointId ?? record.pointId ?? '' };
};

/** The definition of a point, in the model or an ancestor of it: one for each row that applies to the record. */
export const pointLookUp = defineLookUp<PointQuestion, PointFacts, PointLookupConfig>({
  name: 'point',
  policy: () => ASSET_POLICY,
  open: ({ inputOutput }) => {
    const table = new PointTable(inputOutput.map(lookupRowOf), ({ input }) => input);
    return {
      needs: (record: StreamRecord) =>
        table.rowsFor(record).map((row) => {
          const question = questionOf(row, record);
          return { key: JSON.stringify([question.modelId, question.id]), question };
        }),
      ask: (question, { assets }, signal) => assets.point(question, signal),
      follow: ({ assets }, forget) => assets.onPointsChanged(() => forget('all')),
      sizeOf: (point) => JSON.stringify(point).length * 2,
    };
  },
});
