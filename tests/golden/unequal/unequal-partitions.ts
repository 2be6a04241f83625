import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, measurement, producer, type StageSketch } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, GOLDEN_PARTITIONS } from '../golden-pipeline.ts';

/**
 * A topic whose partitions have nothing to do with the assets, and of which the last one progresses 13 times slower in
 * event time than the others: it has 13 times as many records of each minute. Beside it, the sums over minutes made from
 * the readings directly, which knows nothing of the engine.
 */

const MINUTE = 60_000;
const LATENCY_MINUTES = 1;
const SECONDS = 900;
const START = 1_600_000_020_000;
const SLOWER = 13;
const ASSETS = Array.from({ length: 8 }, (_, i) => `unequal-${i}`);

export interface Reading {
  readonly assetId: string;
  readonly time: number;
  readonly value: number;
}

/** All readings, in the order of their times. */
export const unequalReadings = (): readonly Reading[] => readings;

export interface UnequalMessage {
  readonly value: string;
  readonly partition: number;
}

const readings: readonly Reading[] = Array.from({ length: SECONDS }, (_, second) =>
  ASSETS.map((assetId, i): Reading => ({ assetId, time: START + second * 1000, value: second * 10 + i })),
).flat();

/** In turns; 13 of 16 to the last partition. */
const partitionOf = (index: number): number =>
  Math.min(index % (SLOWER + GOLDEN_PARTITIONS - 1), GOLDEN_PARTITIONS - 1);

export const unequalMessages = (): UnequalMessage[] =>
  readings.map(({ assetId, time, value }, i) => ({
    value: measurement({ assetId, time, value }),
    partition: partitionOf(i),
  }));

/** The sum of each minute of each asset that its newest reading, less the latency, has passed. */
export const finishedSums = (): [string, number][] => {
  const sums = new Map<string, number>();
  for (const { assetId, time, value } of readings) {
    const start = time - (time % MINUTE);
    if (start + MINUTE + LATENCY_MINUTES * MINUTE > START + (SECONDS - 1) * 1000) continue;
    sums.set(`${assetId} ${start}`, (sums.get(`${assetId} ${start}`) ?? 0) + value);
  }
  return [...sums].sort();
};

/** What a run has put out, in the form of `finishedSums`; a window that came twice is there twice. */
export const sumsIn = (values: readonly (string | null)[]): [string, number][] =>
  values
    .map((text): [string, number] => {
      const { assetId, time, value } = JSON.parse(text ?? '') as Reading;
      return [`${assetId} ${time}`, value];
    })
    .sort();

export const unequalDocument = (input: string, output: string): JsonObject =>
  summedByMinute([consumer(input, { partitionedBy: 'UNKNOWN' })], output);

/** The sums over minutes of what all sources give. */
export const summedByMinute = (sources: readonly StageSketch[], output: string): JsonObject =>
  documentOf(
    [
      ...sources,
      {
        name: 'FixedTimeWindowAggregator_01',
        label: 'Fixed Time Window Aggregator',
        from: sources.map(({ name }) => name),
        config: {
          inputOutput: [
            {
              inputPoint: 'turbine::power',
              windowSize: 1,
              windowUnit: 'MINUTE',
              aggregator: 'sum',
              outputPoint: 'turbine::sum',
            },
          ],
          latency: LATENCY_MINUTES,
        },
      },
      producer(output, 'FixedTimeWindowAggregator_01'),
    ],
    { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 },
  );
