import { consumer, documentOf, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from './golden-pipeline.ts';
import { measurements } from './measurements.ts';

const SITES = ['site0', 'site1', 'site2', 'site3', 'site4'];
const siteOf = (assetId: string): string => assetId.slice(0, 'site0'.length);

/**
 * Stores by other keys than asset and point: records of several assets merged by an expression, behind a cut; and a
 * store that two branches share, behind one Partitioner that brings their records together. All assets of a site are in one partition, so that the order of a site is defined.
 */
export const mergedAndRestored: GoldenPipeline = {
  name: 'merged-and-restored',
  outputs: { merged: {}, restored: {} },
  ordered: 'key',
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_VALUE_NULL'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'UNKNOWN' }),
        {
          name: 'LatestRecordMerger_01',
          label: 'Latest Record Merger',
          from: ['EDHKafkaConsumer_01'],
          config: {
            inputOutput: [
              { inputPoint: 'mast::x' },
              { inputPoint: 'mast::y', isTrigger: true, outputPoint: 'park::merged' },
            ],
            mergedByExpression: "${str:substring(record:value('/assetId'), 0, 5)}",
            cacheExpireTime: 10,
          },
        },
        producer(outputs.merged ?? '', 'LatestRecordMerger_01'),
        {
          name: 'Partitioner_01',
          label: 'Partitioner',
          from: ['EDHKafkaConsumer_01'],
          config: { initMethodArguments: ['/assetId'] },
        },
        {
          name: 'RecordCapturer_01',
          label: 'Record Capturer',
          from: ['Partitioner_01'],
          config: {
            stageRecordPreconditions: ["${record:value('/quality') == 0}"],
            inputOutput: [{ inputPoint: 'mast::x' }, { inputPoint: 'mast::z' }],
          },
        },
        { name: 'Trash_01', label: 'Trash', from: ['RecordCapturer_01'] },
        {
          name: 'RecordRestorer_01',
          label: 'Record Restorer',
          from: ['Partitioner_01'],
          config: {
            inputOutput: [
              { inputPoint: 'mast::y', restorePoint: 'mast::x', outputPoint: 'mast::x_at_y' },
              { inputPoint: 'mast::z', restorePoint: 'mast::z', outputPoint: 'mast::z_at_z' },
            ],
          },
        },
        producer(outputs.restored ?? '', 'RecordRestorer_01', 2),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 },
    ),
  input: () =>
    measurements({
      seed: 9,
      count: 3000,
      modelId: 'mast',
      assets: SITES.flatMap((site) => ['a', 'b-Ω', 'c'].map((name) => site + name)),
      points: ['x', 'y', 'z'],
      partitionKey: siteOf,
    }),
};

/** Takes merged records apart again: which of them came together is not defined, that each came once is. */
const TAKE_APART = `
for (var i = 0; i < records.length; i++) {
  var groups = records[i].value.attr.crossBatch;
  for (var j = 0; j < groups.groupedRecords.length; j++) {
    var made = sdcFunctions.createRecord('apart');
    made.value = groups.groupedRecords[j];
    made.value.group = groups.key;
    output.write(made);
  }
}`;

/** Stages that work on batches, in the part of the source and behind a cut. */
export const sortedAndGrouped: GoldenPipeline = {
  name: 'sorted-and-grouped',
  onCluster: 'a batch is gathered from several of the ranges that the driver cuts',
  outputs: { sorted: {}, apart: {} },
  ordered: 'none',
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_VALUE_NULL'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, {
          partitionedBy: 'UNKNOWN',
          'kafkaConfigBean.maxBatchSize': 7,
          'kafkaConfigBean.maxWaitTime': 500,
        }),
        { name: 'RecordSorterByTime_01', label: 'Record Sorter By Time', from: ['EDHKafkaConsumer_01'], config: {} },
        producer(outputs.sorted ?? '', 'RecordSorterByTime_01'),
        {
          name: 'BatchMerger_01',
          label: 'Batch Merger',
          from: ['RecordSorterByTime_01'],
          config: {
            inputOutput: ['x', 'y'].map((point) => ({ inputPoint: `buoy::${point}`, outputPoint: 'buoy::both' })),
            fields: ['/assetId'],
          },
        },
        {
          name: 'JavaScript_01',
          label: 'JavaScript',
          from: ['BatchMerger_01'],
          config: { script: TAKE_APART, timeLimitMs: 60_000 },
        },
        producer(outputs.apart ?? '', 'JavaScript_01', 2),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 },
    ),
  input: () =>
    measurements({
      seed: 11,
      count: 2000,
      modelId: 'buoy',
      assets: Array.from({ length: 9 }, (_, i) => `buoy${i}`),
      points: ['x', 'y', 'z'],
      partitionKey: (assetId, pointId) => assetId + pointId,
    }),
};

/**
 * Records made for records: each asset that triggers counts by itself. And the latest of those that came in, behind a
 * cut to one task; all of them are of one asset, and so in an order that is defined.
 */
export const triggered: GoldenPipeline = {
  name: 'triggered',
  outputs: { made: {}, latest: {} },
  // All of it is of one asset, and comes of all partitions.
  ordered: 'none',
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_VALUE_NULL'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        {
          name: 'RecordGenerator_01',
          label: 'Record Generator',
          from: ['EDHKafkaConsumer_01'],
          config: {
            triggerType: 'INPUT_POINT',
            triggerPoint: 'x',
            outputs: ['park::day', 'night'].map((outputPoint) => ({ assetId: 'park', outputPoint })),
            startTime: '2026-01-01T00:00:00+01:00',
            valueGenerator: 'FIXED_INCREMENTAL',
            fixedIncremental: '0.25',
          },
        },
        producer(outputs.made ?? '', 'RecordGenerator_01'),
        {
          name: 'RecordGenerator_02',
          label: 'Record Generator',
          from: ['EDHKafkaConsumer_01'],
          config: {
            triggerType: 'INPUT_POINT',
            triggerPoint: 'beat',
            outputs: ['p', 'park::q', 'beat', 'never'].map((outputPoint) => ({ assetId: 'park', outputPoint })),
            generateMethod: 'LATEST_VALUE',
            useLastUpdateFilter: true,
            lastUpdateInterval: 1,
            notExistHandle: 'MOCK',
          },
        },
        producer(outputs.latest ?? '', 'RecordGenerator_02', 2),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 },
    ),
  input: () => [
    ...measurements({
      seed: 10,
      count: 2000,
      modelId: 'mast',
      assets: Array.from({ length: 9 }, (_, i) => `mast-${i}`),
      points: ['x', 'y'],
    }),
    ...measurements({ seed: 11, count: 1000, modelId: 'park', assets: ['park'], points: ['p', 'q', 'beat'] }),
  ],
};
