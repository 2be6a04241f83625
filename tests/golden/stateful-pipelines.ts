import { consumer, documentOf, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from './golden-pipeline.ts';
import { measurements } from './measurements.ts';
import { deadBand, exampleLibrary } from './own/own-library.ts';

/** The shortest idle time-out: behind a cut, windows wait for partitions that have caught up. */
const options = { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 };
const MALFORMED = ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_VALUE_NULL'];

/**
 * Which record was the last one, and which one came late, and an operator of the organisation's own: state per asset and
 * point, on a topic partitioned by both.
 */
export const lateAndLast: GoldenPipeline = {
  name: 'late-and-last',
  onCluster: "an operator of the organisation's own in a sandbox, whose native module comes with the engine",
  outputs: { appended: {}, calm: {} },
  ordered: 'partition',
  deadLetters: [...MALFORMED, 'VALUE_NOT_A_NUMBER'],
  ownLibraries: [exampleLibrary],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET_AND_POINT' }),
        {
          name: 'LatePointTagger_01',
          label: 'Late Point Tagger',
          from: ['EDHKafkaConsumer_01'],
          config: {
            inputOutput: ['x', 'y'].map((point) => ({ inputPoint: `mast::${point}`, outputPoint: `mast::${point}` })),
          },
        },
        {
          name: 'LastRecordAppender_01',
          label: 'Last Record Appender',
          from: ['LatePointTagger_01'],
          config: {
            inputOutput: [
              { inputPoint: 'mast::x', conditions: '*', outputPoint: 'mast::x' },
              { inputPoint: 'mast::y', conditions: "${record:value('/quality') == 0}", outputPoint: 'mast::y' },
            ],
          },
        },
        {
          ...producer(outputs.appended ?? '', 'LastRecordAppender_01'),
          config: { 'conf.topic': outputs.appended ?? '', partitionKey: 'MESSAGE_KEY' },
        },
        deadBand('LatePointTagger_01', 'mast::x', 'mast::z'),
        {
          ...producer(outputs.calm ?? '', 'DeadBandFilter_01', 2),
          config: { 'conf.topic': outputs.calm ?? '', partitionKey: 'MESSAGE_KEY' },
        },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 3,
      count: 4000,
      modelId: 'mast',
      assets: Array.from({ length: 20 }, (_, i) => `mast-${i}-Ω`),
      points: ['x', 'y', 'z'],
      partitionKey: (assetId, pointId) => assetId + pointId,
    }),
};

const AGGREGATORS = ['avg', 'max', 'min', 'sum', 'count', 'first', 'last', 'delta'] as const;
const METERS = Array.from({ length: 12 }, (_, i) => `meter${i}`);

/** Windows with every aggregator, latency and all triggers that do not go by the clock, and windows over windows. */
export const windowed: GoldenPipeline = {
  name: 'windowed',
  outputs: { early: {}, hourly: {} },
  ordered: 'partition',
  deadLetters: [...MALFORMED, 'VALUE_NOT_NUMERIC'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        {
          name: 'FixedTimeWindowAggregator_01',
          label: 'Fixed Time Window Aggregator',
          from: ['EDHKafkaConsumer_01'],
          config: {
            inputOutput: AGGREGATORS.map((aggregator, i) => ({
              inputPoint: `meter::${i % 2 === 0 ? 'energy' : 'heat'}`,
              windowSize: i + 1,
              windowUnit: 'MINUTE',
              aggregator,
              outputPoint: `meter::${aggregator}`,
            })),
            latency: 2,
            earlyTrigger: true,
            earlyTriggerType: 'INPUT_POINT',
            onTimeTrigger: true,
            outputDataType: 'FROM_MODEL',
          },
        },
        producer(outputs.early ?? '', 'FixedTimeWindowAggregator_01'),
        {
          name: 'FixedTimeWindowAggregator_02',
          label: 'Fixed Time Window Aggregator',
          from: ['FixedTimeWindowAggregator_01'],
          config: {
            stageRecordPreconditions: ["${record:value('/quality') == 0}"],
            inputOutput: [
              {
                inputPoint: 'meter::avg',
                windowSize: 1,
                windowUnit: 'HOUR',
                aggregator: 'max',
                outputPoint: 'meter::avg_max',
              },
              {
                inputPoint: 'meter::sum',
                windowSize: 900,
                windowUnit: 'SECOND',
                aggregator: 'delta',
                outputPoint: 'meter::sum_delta',
              },
            ],
            latency: 5,
          },
        },
        { ...producer(outputs.hourly ?? '', 'FixedTimeWindowAggregator_02'), name: 'EDHKafkaProducer_02' },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 4,
      count: 4000,
      modelId: 'meter',
      assets: METERS,
      points: ['energy', 'heat'],
      texts: 0.005,
    }),
};

/**
 * Records are spread by gateway: the plan is cut in front of the first stage that keeps state. What does not need to
 * be cut goes on beside it.
 */
export const cutByGateway: GoldenPipeline = {
  name: 'cut-by-gateway',
  outputs: { raw: {}, minutes: {} },
  ordered: 'none',
  deadLetters: MALFORMED,
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'UNKNOWN' }),
        {
          name: 'OffLimitTagger_01',
          label: 'Off Limit Tagger',
          from: ['EDHKafkaConsumer_01'],
          config: {
            inputOutput: [
              { inputPoint: 'inverter::ac', openClose: '[x,y]', minMax: '-900,900', outputPoint: 'inverter::ac' },
              { inputPoint: 'inverter::dc', openClose: '[x,y]', minMax: '0,900', outputPoint: 'inverter::dc' },
            ],
          },
        },
        producer(outputs.raw ?? '', 'OffLimitTagger_01'),
        {
          name: 'LatePointTagger_01',
          label: 'Late Point Tagger',
          from: ['OffLimitTagger_01'],
          config: {
            qualityFilter: 'GOOD_QUALITY',
            inputOutput: ['ac', 'dc'].map((point) => ({
              inputPoint: `inverter::${point}`,
              outputPoint: `inverter::${point}`,
            })),
          },
        },
        {
          name: 'FixedTimeWindowAggregator_01',
          label: 'Fixed Time Window Aggregator',
          from: ['LatePointTagger_01'],
          config: {
            inputOutput: ['ac', 'dc'].map((point) => ({
              inputPoint: `inverter::${point}`,
              windowSize: 1,
              windowUnit: 'MINUTE',
              aggregator: 'avg',
              outputPoint: `inverter::${point}_1m`,
            })),
            latency: 1,
            onTimeTrigger: true,
          },
        },
        { ...producer(outputs.minutes ?? '', 'FixedTimeWindowAggregator_01'), name: 'EDHKafkaProducer_02' },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 5,
      count: 4000,
      modelId: 'inverter',
      assets: Array.from({ length: 40 }, (_, i) => `inv${i}`),
      points: ['ac', 'dc'],
      partitionKey: (assetId, pointId) => `gateway${assetId.length + pointId.charCodeAt(0)}`,
    }),
};
