import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, type GivenStore, processor, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from '../golden-pipeline.ts';
import { measurements } from '../measurements.ts';

const FANS = Array.from({ length: 12 }, (_, i) => `fan${i}`);

/** Fans below two halls; each point measures what the `measurementId` of its definition says, but for one. */
const store: GivenStore = {
  assets: Object.fromEntries([
    ...['hall0', 'hall1'].map((id) => [id, { modelIdPath: '/site/hall', name: id.toUpperCase() }] as const),
    ...FANS.map((id, i) => {
      const attributes: JsonObject = i % 3 === 0 ? {} : { ratio: i + 0.5 };
      return [id, { modelIdPath: '/device/fan', tags: { site: `s${i % 2}`, owner: 'me' }, attributes }] as const;
    }),
  ]),
  trees: {
    sites: {
      tags: { kind: 'site' },
      nodes: Object.fromEntries([
        ...['hall0', 'hall1'].map((id) => [id, null] as const),
        ...FANS.slice(0, -2).map((id, i) => [id, `hall${i % 2}`] as const),
      ]),
    },
  },
  models: {
    device: {},
    fan: {
      parent: 'device',
      points: {
        'E.Total': { measurementId: 'energy', unit: 'kWh', tags: { kind: 'meter' } },
        'V.In': { measurementId: 'flow', unit: 'm3/h', tags: { kind: 'air' } },
        'P.Odd': { unit: 'bar' },
      },
    },
  },
};

/** Rows under which records keep their name, or get one with an ending. */
const rows = (ids: readonly string[], ending: string, extra: JsonObject = {}): JsonObject[] =>
  ids.map((id) => ({ inputPoint: id, outputPoint: id + ending, ...extra }));

const SOURCE = 'RecordFormatter_01';
const BOTH = ['energy', 'flow'];

/**
 * Records of the classic format that become measurements, and every operator for these that keeps or looks up
 * something, in one part: keys, stores and look-ups by `measurementId`.
 */
export const measured: GoldenPipeline = {
  name: 'measured',
  outputs: { quarters: {}, windows: {}, moving: {}, merged: {}, restored: {}, around: {}, stored: {} },
  ordered: 'partition',
  assets: store,
  deadLetters: [
    'DCM_FIELDS_NOT_VALID',
    'MEASUREMENT_NOT_DEFINED',
    'RECORD_NOT_JSON',
    'RECORD_NOT_OBJECT',
    'RECORD_NOT_UTF8',
    'RECORD_VALUE_NULL',
    'VALUE_NOT_NUMERIC',
  ],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        processor('RecordFormatter', { assetTagGroups: ['site'], measurementTagGroups: ['*'] }, 'EDHKafkaConsumer_01'),
        processor('LatePointTaggerNew', { inputOutput: rows(BOTH, '') }, SOURCE),
        processor(
          'LastRecordAppenderNew',
          { inputOutput: rows(BOTH, '', { conditions: "${record:value('/dq') == 0}" }) },
          'LatePointTaggerNew_01',
        ),
        processor(
          'CumulantDecomposerNew',
          {
            inputOutput: rows(BOTH, '_d', { minMaxSlope: '[0,1e6]', scaleType: '0', scale: 'fan::ratio' }),
          },
          'LastRecordAppenderNew_01',
        ),
        processor(
          'SimplifiedTimeWindowAggregatorNew',
          {
            inputOutput: ['energy_d', 'flow_d'].map((id) => ({
              inputPoint: id,
              aggregateWindow: '5m',
              outputPoint: id,
            })),
          },
          'CumulantDecomposerNew_01',
        ),
        producer(outputs.quarters ?? '', 'SimplifiedTimeWindowAggregatorNew_01'),

        processor('OffLimitTaggerNew', { inputOutput: rows(['flow'], '', { minMax: '-500,500' }) }, SOURCE),
        processor(
          'FixedTimeWindowAggregatorNew',
          { inputOutput: rows(['flow'], '_1m', { windowSize: 1, aggregator: 'avg' }), latency: 1, onTimeTrigger: true },
          'OffLimitTaggerNew_01',
        ),
        producer(outputs.windows ?? '', 'FixedTimeWindowAggregatorNew_01', 2),
        processor(
          'SlidingTimeWindowAggregatorNew',
          { inputOutput: rows(['energy'], '_3m', { fixedWindowSize: 1, slidingWindowSize: 3, aggregator: 'max' }) },
          SOURCE,
        ),
        producer(outputs.moving ?? '', 'SlidingTimeWindowAggregatorNew_01', 3),

        processor(
          'LatestRecordMergerNew',
          {
            inputOutput: [{ inputPoint: 'flow' }, { inputPoint: 'energy', isTrigger: true, outputPoint: 'both' }],
            cacheExpireTime: 10,
          },
          SOURCE,
        ),
        processor(
          'JavaScriptNew',
          {
            inputOutput: [{ inputPoint: 'both', outputPoint: 'ratio' }],
            script: `
for (var i = 0; i < records.length; i++) {
  records[i].value.flow = enosFunc.input(records[i], 'flow');
  records[i].value.measurementId = 'ratio';
  output.write(records[i]);
}`,
          },
          'LatestRecordMergerNew_01',
        ),
        producer(outputs.merged ?? '', 'JavaScriptNew_01', 4),

        processor('RecordCapturerNew', { inputOutput: [{ inputPoint: 'flow' }] }, SOURCE),
        { name: 'Trash_01', label: 'Trash', from: ['RecordCapturerNew_01'] },
        processor(
          'RecordRestorerNew',
          { inputOutput: [{ inputPoint: 'energy', restorePoint: 'flow', outputPoint: 'flow_then' }] },
          SOURCE,
        ),
        producer(outputs.restored ?? '', 'RecordRestorerNew_01', 5),

        processor('LastChangedRecordAppenderNew', { inputOutput: rows(['energy'], '') }, SOURCE),
        processor(
          'AssetLookupNew',
          { inputOutput: rows(['energy'], ''), tag: 'ALL' },
          'LastChangedRecordAppenderNew_01',
        ),
        processor(
          'PointLookupNew',
          { inputOutput: rows(['energy'], '', { lookupPoint: 'flow' }) },
          'AssetLookupNew_01',
        ),
        processor(
          'ParentAssetLookupNew',
          { inputOutput: rows(['energy'], ''), treeTag: 'kind::site' },
          'PointLookupNew_01',
        ),
        processor(
          'ChildAssetLookupNew',
          { inputOutput: rows(['energy'], '_around'), treeTag: 'kind::site' },
          'ParentAssetLookupNew_01',
        ),
        producer(outputs.around ?? '', 'ChildAssetLookupNew_01', 6),

        processor('PointSelectorNew', { inputOutput: [{ inputPoint: 'flow' }] }, SOURCE),
        processor(
          'InternalHTTPClientNew',
          { inputOutput: [{ inputPoint: 'never' }], url: 'https://example.org' },
          'PointSelectorNew_01',
        ),
        { name: 'Trash_02', label: 'Trash', from: ['InternalHTTPClientNew_01'] },
        // Those of bad quality lack what they would be stored by.
        {
          name: 'JavaScript_01',
          label: 'JavaScript',
          from: ['PointSelectorNew_01'],
          config: {
            script: `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value;
  value.pointId = 'V.In';
  if (value.quality === 0) value.hasQuality = true;
  value.modelIdPath = '/device/' + value.modelId;
  output.write(records[i]);
}`,
          },
        },
        {
          name: 'RecordFormatter_02',
          label: 'Record Formatter',
          from: ['JavaScript_01'],
          config: { inputFormat: 'MEASUREMENT', outputFormat: 'DCM' },
        },
        producer(outputs.stored ?? '', 'RecordFormatter_02', 7),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS },
    ),
  input: () =>
    measurements({
      seed: 31,
      count: 2000,
      modelId: 'fan',
      assets: FANS,
      points: ['E.Total', 'V.In', 'V.In', 'P.Odd'],
      texts: 0.005,
    }),
};

/** Takes merged records apart again: which of them came together is not defined, that each came once is. */
const TAKE_APART = `
for record in records:
    for one in record.value['attr']['crossBatch']['groupedRecords']:
        made = sdcFunctions.createRecord('apart')
        made.value = dict(one, measurementId='apart', of=one['measurementId'])
        output.write(made)
`;

/** Behind a cut by the measurement: records are spread by gateway, and brought together by asset and measurement. */
export const measuredApart: GoldenPipeline = {
  name: 'measured-apart',
  outputs: { late: {}, apart: {} },
  ordered: 'none',
  assets: store,
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_VALUE_NULL'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, {
          partitionedBy: 'UNKNOWN',
          'kafkaConfigBean.maxBatchSize': 7,
          'kafkaConfigBean.maxWaitTime': 500,
        }),
        processor('RecordFormatter', {}, 'EDHKafkaConsumer_01'),
        processor('LatePointTaggerNew', { inputOutput: rows(BOTH, '_tagged') }, SOURCE),
        producer(outputs.late ?? '', 'LatePointTaggerNew_01'),
        processor('BatchMergerNew', { inputOutput: rows(BOTH, '', { outputPoint: 'both' }) }, SOURCE),
        processor(
          'PythonEvaluatorNew',
          { inputOutput: [{ inputPoint: 'both', outputPoint: 'apart' }], script: TAKE_APART, timeLimitMs: 60_000 },
          'BatchMergerNew_01',
        ),
        producer(outputs.apart ?? '', 'PythonEvaluatorNew_01', 2),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 },
    ),
  input: () =>
    measurements({
      seed: 32,
      count: 800,
      modelId: 'fan',
      assets: FANS,
      points: ['E.Total', 'V.In'],
      partitionKey: (assetId, pointId) => assetId + pointId,
    }),
};
