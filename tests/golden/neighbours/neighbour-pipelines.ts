import { consumer, documentOf, type GivenStore, producer, type StageSketch } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from '../golden-pipeline.ts';
import { measurements } from '../measurements.ts';

const PUMPS = 24;
const HALLS = 3;
const pumps = Array.from({ length: PUMPS }, (_, i) => `pump${i}`);

/** Halls with pumps below them, but for the last pumps, which stand in no tree; and what the model says of points. */
const store: GivenStore = {
  assets: Object.fromEntries([
    ...Array.from(
      { length: HALLS },
      (_, i) => [`hall${i}`, { modelIdPath: '/site/hall', name: `Halle ${i}` }] as const,
    ),
    ...pumps.map((id, i) => [id, { modelIdPath: '/device/pump', attributes: { rated: i * 1.5 } }] as const),
  ]),
  trees: {
    sites: {
      tags: { kind: 'site' },
      nodes: Object.fromEntries([
        ...Array.from({ length: HALLS }, (_, i) => [`hall${i}`, null] as const),
        ...pumps.slice(0, -4).map((id, i) => [id, `hall${i % HALLS}`] as const),
      ]),
    },
  },
  models: { pump: { points: { pressure: { unit: 'bar', dataType: 'DOUBLE', tags: { kind: 'wet' } } } } },
};

const lookUp = (name: string, label: string, config: StageSketch['config']): StageSketch => ({
  name,
  label,
  from: ['EDHKafkaConsumer_01'],
  config: { ...config },
});

/**
 * What is around an asset: its parents and children in a tree, what the model says of its points, and the records of
 * its other points. Records that a filter cannot decide on are errors.
 */
export const neighboured: GoldenPipeline = {
  name: 'neighboured',
  outputs: { parents: {}, children: {}, filtered: {}, related: {} },
  ordered: 'partition',
  assets: store,
  deadLetters: ['EXPRESSION_FAILED', 'RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        lookUp('ParentAssetLookup_01', 'Parent Asset Lookup', {
          inputOutput: [{ inputPoint: 'pump::flow', outputPoint: 'pump::flow_parent' }],
          treeTag: 'kind::site',
          extra: 'SELECTED',
          extraKeys: [{ key: 'tslInstanceName' }],
        }),
        producer(outputs.parents ?? '', 'ParentAssetLookup_01'),
        lookUp('ChildAssetLookup_01', 'Child Asset Lookup', {
          inputOutput: [{ inputPoint: 'pump::load', outputPoint: 'hall::pumps' }],
          treeTag: 'kind::site',
          attribute: 'ALL',
        }),
        producer(outputs.children ?? '', 'ChildAssetLookup_01', 2),
        lookUp('PointLookup_01', 'Point Lookup', {
          inputOutput: [
            { inputPoint: 'pump::pressure', outputPoint: 'pump::pressure_point' },
            { inputPoint: 'pump::flow', lookupPoint: 'pump::pressure', outputPoint: 'pump::flow_point' },
          ],
          tag: 'ALL',
          extra: 'SELECTED',
          extraKeys: [{ key: 'unit' }],
        }),
        {
          name: 'RecordFilter_01',
          label: 'Record Filter',
          from: ['PointLookup_01'],
          config: {
            filters: [
              { filterExpression: 'value > 0 && quality == 0', outputMeasurementId: 'high' },
              { filterExpression: "pointId == 'pressure_point'", outputMeasurementId: 'pressure' },
            ],
          },
        },
        producer(outputs.filtered ?? '', 'RecordFilter_01', 3),
        lookUp('RelatedRecordObtainer_01', 'Related Record Obtainer', {
          inputOutput: [
            { inputPoint: 'pump::flow', relatedPoint: 'pump::pressure', outputPoint: 'pump::flow_related' },
            { inputPoint: 'pump::flow', relatedPoint: 'pump::load', outputPoint: 'pump::flow_related' },
          ],
        }),
        producer(outputs.related ?? '', 'RelatedRecordObtainer_01', 4),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS },
    ),
  input: () =>
    measurements({
      seed: 23,
      count: 3000,
      modelId: 'pump',
      assets: [...pumps, 'hall0', 'hall1', 'nowhere'],
      points: ['flow', 'pressure', 'load', 'speed'],
      texts: 0.01,
    }),
};
