import { processor } from '@penstock/testkit';
import {
  assetIdOf,
  Measurements,
  MODEL_ID,
  MODEL_ID_PATH,
  ORG_ID,
  POINTS,
  pointReference,
  SERIES,
} from '../data/measurements.ts';
import { documentOf, kafkaConsumer, kafkaProducer } from './document.ts';
import { FingerprintBuilder } from './fingerprint.ts';
import { checkFieldCount, commonContent, keyOf, objectAt, roundedSum } from './record-shape.ts';
import type { Workload } from './workload.ts';

export const WINDOW_MS = 60_000;

const outputPointOf = (pointId: string): string => `${pointId}_1m`;

/** One window of one asset+point, as it is filled. */
export interface WindowSums {
  start: number;
  sum: number;
  count: number;
}

/** Calls `visit` for every window of the data set that a later record of its series closes. */
export const forEachClosedWindow = (
  data: { readonly records: number; readonly seed: number },
  visit: (asset: number, point: number, window: Readonly<WindowSums>) => void,
): void => {
  const windows: (WindowSums | undefined)[] = new Array(SERIES).fill(undefined);
  const records = new Measurements(data);
  while (records.next()) {
    if (records.value === null) continue;
    const start = records.time - (records.time % WINDOW_MS);
    let window = windows[records.series];
    if (window === undefined || window.start !== start) {
      if (window !== undefined) visit(records.asset, records.point, window);
      window = { start, sum: 0, count: 0 };
      windows[records.series] = window;
    }
    window.sum += records.value;
    window.count++;
  }
};

export const window: Workload = {
  name: 'window',
  what: 'Fixed Time Window Aggregator: 1-minute average of all points',
  document: (input, output, guarantee) =>
    documentOf('bench-window', guarantee, [
      kafkaConsumer(input),
      processor(
        'FixedTimeWindowAggregator',
        {
          inputOutput: POINTS.map((pointId) => ({
            inputPoint: pointReference(pointId),
            windowSize: 1,
            windowUnit: 'MINUTE',
            aggregator: 'avg',
            outputPoint: pointReference(outputPointOf(pointId)),
          })),
          latency: 0,
          earlyTrigger: false,
          onTimeTrigger: false,
          outputDataType: 'DOUBLE',
        },
        'EDHKafkaConsumer_01',
      ),
      kafkaProducer(output, 'FixedTimeWindowAggregator_01'),
    ]),
  reference: (data) => {
    const result = new FingerprintBuilder();
    forEachClosedWindow(data, (asset, point, { start, sum, count }) => {
      const assetId = assetIdOf(asset);
      const pointId = outputPointOf(POINTS[point] ?? '');
      result.add(
        assetId + pointId,
        `${ORG_ID}|${MODEL_ID}|${MODEL_ID_PATH}|${assetId}|${pointId}|${start}|${roundedSum(sum / count)}|0|` +
          `avg|final|${roundedSum(sum)}|${count}\n`,
      );
    });
    return result;
  },
  contentOf: (record) => {
    const attr = objectAt(record, 'attr');
    const aggregate = objectAt(attr, 'windowAggregator');
    const detail = objectAt(aggregate, 'calDetail');
    checkFieldCount(record, 9);
    checkFieldCount(attr, 1);
    checkFieldCount(aggregate, 4);
    return [
      keyOf(record),
      `${commonContent({ ...record, value: roundedSum(record.value) })}|` +
        `${aggregate.calType}|${aggregate.calMode}|${roundedSum(detail.sum)}|${detail.cnt}\n`,
    ];
  },
};
