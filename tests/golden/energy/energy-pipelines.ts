import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from '../golden-pipeline.ts';
import { measurements } from '../measurements.ts';

const METERS = Array.from({ length: 16 }, (_, i) => `counter${i}`);

/**
 * What a cumulative meter has counted, quarter by quarter, with limits of its asset; the last change of a point, and
 * windows that overlap.
 */
export const decomposed: GoldenPipeline = {
  name: 'decomposed',
  outputs: { quarters: {}, changed: {}, moving: {} },
  ordered: 'partition',
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_VALUE_NULL', 'VALUE_NOT_NUMERIC'],
  // Some have no attributes, and some are not known at all.
  assets: Object.fromEntries(
    METERS.slice(0, 12).map((meter, i) => [
      meter,
      { modelIdPath: '/root/counter', attributes: i % 3 === 0 ? {} : { ratio: i + 0.5, capacity: 40_000 * i } },
    ]),
  ),
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        processor(
          'LatePointTagger',
          {
            inputOutput: ['energy', 'heat'].map((point) => ({
              inputPoint: `counter::${point}`,
              outputPoint: `counter::${point}`,
            })),
          },
          'EDHKafkaConsumer_01',
        ),
        processor(
          'LastRecordAppender',
          {
            inputOutput: ['energy', 'heat'].map((point) => ({
              inputPoint: `counter::${point}`,
              conditions: "${record:value('/dq') == 0}",
              outputPoint: `counter::${point}`,
            })),
          },
          'LatePointTagger_01',
        ),
        processor(
          'CumulantDecomposer',
          {
            inputOutput: [
              { inputPoint: 'counter::energy', scale: '0.1', minMaxSlope: '[0,1e6]', outputPoint: 'counter::energy_d' },
              {
                inputPoint: 'counter::heat',
                scaleType: '0',
                scale: 'counter::ratio',
                slopeType: '0',
                minMaxSlope: 'counter::capacity',
                outputPoint: 'counter::heat_d',
              },
            ],
          },
          'LastRecordAppender_01',
        ),
        processor(
          'SimplifiedTimeWindowAggregator',
          {
            inputOutput: ['energy', 'heat'].map((point) => ({
              inputPoint: `counter::${point}_d`,
              aggregateWindow: '15m',
              outputPoint: `counter::${point}_15m`,
            })),
          },
          'CumulantDecomposer_01',
        ),
        producer(outputs.quarters ?? '', 'SimplifiedTimeWindowAggregator_01'),
        processor(
          'LastChangedRecordAppender',
          { inputOutput: [{ inputPoint: 'counter::energy', outputPoint: 'counter::energy_since' }] },
          'EDHKafkaConsumer_01',
        ),
        producer(outputs.changed ?? '', 'LastChangedRecordAppender_01', 2),
        processor(
          'SlidingTimeWindowAggregator',
          {
            inputOutput: (['avg', 'max', 'delta'] as const).map((aggregator, i) => ({
              inputPoint: 'counter::heat',
              fixedWindowSize: i + 1,
              fixedWindowUnit: 'MINUTE',
              slidingWindowSize: 7,
              slidingWindowUnit: 'MINUTE',
              aggregator,
              outputPoint: `counter::heat_${aggregator}`,
            })),
          },
          'EDHKafkaConsumer_01',
        ),
        producer(outputs.moving ?? '', 'SlidingTimeWindowAggregator_01', 3),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS },
    ),
  input: () =>
    measurements({
      seed: 14,
      count: 4000,
      modelId: 'counter',
      assets: METERS,
      points: ['energy', 'heat'],
      texts: 0.005,
    }),
};
