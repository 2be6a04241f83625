import { defineLookUp, type StreamRecord } from '@penstock/engine';
import type { AssetFacts, PointFacts, PointQuestion } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import type { FormatterConfig } from './config.ts';
import { conversionOf, hasMeasurement, modelOf } from './formats.ts';

/** Whether the definition of what a record measures is needed: for its tags, or for the id that it has none of. */
const needsDefinition = (config: FormatterConfig, record: StreamRecord): boolean => {
  const conversion = conversionOf(config, record);
  if (conversion === undefined) return false;
  if (config.measurementTagGroups.length > 0) return true;
  return conversion.from === 'DCM' && conversion.to === 'MEASUREMENT' && !hasMeasurement(record);
};

const needsAsset = (config: FormatterConfig, record: StreamRecord): boolean => {
  if (conversionOf(config, record) === undefined) return false;
  return config.assetTagGroups.length > 0 || (needsDefinition(config, record) && modelOf(record) === undefined);
};

/** Whether nothing can be looked up for a record, for it has no `assetId`. */
export const lacksAsset = (config: FormatterConfig, record: StreamRecord): boolean =>
  record.assetId === undefined && needsAsset(config, record);

/** The assets of records: their tags, and the model of those that say none. */
export const assetOf = defineLookUp<string, AssetFacts, FormatterConfig>({
  name: 'asset',
  policy: () => ASSET_POLICY,
  open: (config) => ({
    needs: (record) => {
      const { assetId } = record;
      return assetId !== undefined && needsAsset(config, record) ? [{ key: assetId, question: assetId }] : [];
    },
    ask: (assetId, { assets }, signal) => assets.asset(assetId, signal),
    follow: ({ assets }, forget) => assets.onChanged(forget),
    sizeOf: (asset) => JSON.stringify(asset).length * 2,
  }),
});

/** What the model says of what a record measures, by its measurement or, where it has none, by its point. */
export const definitionOf = defineLookUp<PointQuestion, PointFacts, FormatterConfig, AssetFacts>({
  name: 'point',
  policy: () => ASSET_POLICY,
  after: assetOf,
  open: (config) => ({
    needs: (record, [asset]) => {
      const modelId = modelOf(record) ?? asset?.value?.modelId;
      if (modelId === undefined || !needsDefinition(config, record)) return [];
      const question: PointQuestion = hasMeasurement(record)
        ? { modelId, by: 'measurement', id: record.measurementId ?? '' }
        : { modelId, by: 'point', id: record.pointId ?? '' };
      return [{ key: JSON.stringify([modelId, question.by, question.id]), question }];
    },
    ask: (question, { assets }, signal) => assets.point(question, signal),
    follow: ({ assets }, forget) => assets.onPointsChanged(() => forget('all')),
    sizeOf: (point) => JSON.stringify(point).length * 2,
  }),
});
