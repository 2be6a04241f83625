import { type DataReference, defineLookUp, type LookUpDefinition, type StreamRecord } from '@penstock/engine';
import type { AssetFacts, PointFacts, PointQuestion } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import { type Addressing, idIn } from '../../shared/points/addressing.ts';
import { assetLookUpBy } from '../asset-lookup/asset-look-up.ts';
import type { PointLookupConfig } from './config.ts';

/** A row of the table, as far as it says what is looked up. */
export interface LookupRow {
  readonly input: DataReference;
  /** Undefined: the point, or the measurement, of the record. */
  readonly lookup: DataReference | undefined;
}

export const lookupRowOf = (of: Addressing, row: PointLookupConfig['inputOutput'][number]): LookupRow => ({
  input: of.referenceOf(row.inputPoint),
  lookup: row.lookupPoint.trim() === '' ? undefined : of.referenceOf(row.lookupPoint),
});

/** The model of a record; undefined where it says none. */
const modelIn = (record: StreamRecord): string | undefined => record.modelId ?? record.modelIdPath?.split('/').at(-1);

/** Which definition a row wants for a record that it applies to. `asset`: that of a record that says no model. */
export const questionOf = (
  of: Addressing,
  { lookup }: LookupRow,
  record: StreamRecord,
  asset: AssetFacts | undefined,
): PointQuestion => {
  const named = lookup !== undefined && 'modelId' in lookup ? lookup.modelId : undefined;
  return {
    modelId: named ?? modelIn(record) ?? asset?.modelId ?? '',
    by: of.idField === 'measurementId' ? 'measurement' : 'point',
    id: lookup === undefined ? (of.idOf(record) ?? '') : idIn(lookup),
  };
};

export interface PointLookUps {
  /** The assets of records that say no model; undefined in the classic format, where records do. */
  readonly assets: LookUpDefinition<string, AssetFacts, PointLookupConfig> | undefined;
  /** The definition, in the model or an ancestor of it: one for each row that applies to the record. */
  readonly points: LookUpDefinition<PointQuestion, PointFacts, PointLookupConfig>;
}

export const pointLookUpsBy = (of: Addressing): PointLookUps => {
  const assets = of.idField === 'measurementId' ? assetsWithoutModel(of) : undefined;
  const points = defineLookUp<PointQuestion, PointFacts, PointLookupConfig, AssetFacts>({
    name: 'point',
    policy: () => ASSET_POLICY,
    ...(assets === undefined ? {} : { after: assets }),
    open: ({ inputOutput }) => {
      const table = of.table(
        inputOutput.map((row) => lookupRowOf(of, row)),
        ({ input }) => input,
      );
      return {
        needs: (record: StreamRecord, [asset]) =>
          table.rowsFor(record).map((row) => {
            const question = questionOf(of, row, record, asset?.value);
            return { key: JSON.stringify([question.modelId, question.id]), question };
          }),
        ask: (question, { assets: store }, signal) => store.point(question, signal),
        follow: ({ assets: store }, forget) => store.onPointsChanged(() => forget('all')),
        sizeOf: (point) => JSON.stringify(point).length * 2,
      };
    },
  });
  return { assets, points };
};

const assetsWithoutModel = (of: Addressing): LookUpDefinition<string, AssetFacts, PointLookupConfig> => {
  const assets = assetLookUpBy(of);
  return defineLookUp<string, AssetFacts, PointLookupConfig>({
    ...assets,
    open: (config) => {
      const opened = assets.open(config);
      return {
        ...opened,
        needs: (record, before) => (modelIn(record) === undefined ? opened.needs(record, before) : []),
      };
    },
  });
};
