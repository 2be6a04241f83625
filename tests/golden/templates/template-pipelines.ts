import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from '../golden-pipeline.ts';
import { measurements } from '../measurements.ts';

const METERS = Array.from({ length: 16 }, (_, i) => `feeder${i}`);

/**
 * What the templates of windows and of energy are compiled to, on topics of the test: values selected by threshold and
 * aggregated with intermediate results, and the energy of days and of intervals, from readings and from power, in a time
 * zone that changes its clocks.
 */
export const templated: GoldenPipeline = {
  name: 'templated',
  outputs: { windows: {}, metered: {}, integrated: {}, calculated: {} },
  ordered: 'partition',
  deadLetters: [
    'EXPRESSION_FAILED',
    'RECORD_NOT_JSON',
    'RECORD_NOT_OBJECT',
    'RECORD_NOT_UTF8',
    'RECORD_VALUE_NULL',
    'VALUE_NOT_NUMERIC',
  ],
  assets: Object.fromEntries(
    METERS.slice(0, 12).map((meter, i) => [
      meter,
      { modelIdPath: '/root/feeder', attributes: i % 3 === 0 ? {} : { ratio: i + 0.5, capacity: 4e6 * i } },
    ]),
  ),
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        processor(
          'ThresholdSelector',
          {
            rawDataOnly: true,
            inputOutput: [
              { inputPoint: 'feeder::power', threshold: '[-500,500)' },
              { inputPoint: 'feeder::reading', threshold: '(0,)' },
            ],
          },
          'EDHKafkaConsumer_01',
        ),
        processor(
          'FixedTimeWindowAggregator',
          {
            latency: 2,
            onTimeTrigger: true,
            inputOutput: (['avg', 'cnt'] as const).map((aggregator, i) => ({
              inputPoint: i === 0 ? 'feeder::power' : 'feeder::reading',
              windowSize: 5,
              windowUnit: 'MINUTE',
              aggregator,
              outputPoint: `feeder::${aggregator}_5m`,
            })),
          },
          'ThresholdSelector_01',
        ),
        producer(outputs.windows ?? '', 'FixedTimeWindowAggregator_01'),
        processor(
          'EnergyIntegrator',
          {
            timeZone: 'Europe/Berlin',
            inputOutput: [
              {
                inputPoint: 'feeder::reading',
                outputPoint: 'feeder::reading_day',
                detailOutputPoint: 'feeder::reading_15m',
                detailInterval: '15m',
                slopeType: '0',
                minMaxSlope: 'feeder::capacity',
                scaleType: '0',
                scale: 'feeder::ratio',
              },
            ],
          },
          'EDHKafkaConsumer_01',
        ),
        producer(outputs.metered ?? '', 'EnergyIntegrator_01', 2),
        {
          ...processor(
            'EnergyIntegrator',
            {
              method: 'AVERAGE_POWER',
              inputOutput: (['IGNORE', 'LAST_VALUE'] as const).map((interpolation, i) => ({
                inputPoint: 'feeder::power',
                outputPoint: `feeder::day_${i}`,
                detailOutputPoint: `feeder::10m_${i}`,
                detailInterval: '10m',
                threshold: '(-400,400]',
                interpolation,
              })),
            },
            'EDHKafkaConsumer_01',
          ),
          name: 'EnergyIntegrator_02',
        },
        producer(outputs.integrated ?? '', 'EnergyIntegrator_02', 3),
        processor(
          'MultiPointCalculator',
          {
            inputOutput: [
              {
                outputPoint: 'feeder::merged',
                triggerPoint: 'feeder::power',
                outputLogic:
                  'if (${feeder::power} > 0) { ${feeder::power} + ${feeder::reading} } else { ${feeder::ratio} }',
                attributes: 'ratio',
              },
            ],
          },
          'EDHKafkaConsumer_01',
        ),
        producer(outputs.calculated ?? '', 'MultiPointCalculator_01', 4),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS },
    ),
  input: () =>
    measurements({
      seed: 188,
      count: 4000,
      modelId: 'feeder',
      assets: METERS,
      points: ['power', 'reading'],
      texts: 0.005,
    }),
};
