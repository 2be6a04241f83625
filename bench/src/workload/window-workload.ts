import type { DeliveryGuarantee, JsonObject, JsonValue } from '@penstock/model';
import { consumer, processor, type StageSketch } from '@penstock/testkit';
import {
  ASSETS,
  assetIdOf,
  CLASSIC,
  type DataSet,
  Measurements,
  MODEL_ID,
  MODEL_ID_PATH,
  ORG_ID,
  POINTS,
  pointReference,
} from '../data/measurements.ts';
import { documentOf, kafkaConsumer, kafkaProducer } from './document.ts';
import { type Fingerprint, FingerprintBuilder } from './fingerprint.ts';
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
  data: DataSet,
  visit: (asset: number, point: number, window: Readonly<WindowSums>) => void,
): void => {
  const records = new Measurements(data);
  const windows: (WindowSums | undefined)[] = new Array(records.seriesCount).fill(undefined);
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

/** One-minute averages of all points, between a source and a topic. */
const averages = (
  title: string,
  source: StageSketch,
  output: string,
  guarantee: DeliveryGuarantee,
  options: Readonly<Record<string, JsonValue>> = {},
): JsonObject =>
  documentOf(
    title,
    guarantee,
    [
      source,
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
    ],
    options,
  );

const reference = (data: DataSet): Fingerprint => {
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
};

const contentOf = (record: JsonObject): readonly [string, string] => {
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
};

export const window: Workload = {
  name: 'window',
  what: 'Fixed Time Window Aggregator: 1-minute average of all points',
  shape: CLASSIC,
  isCut: false,
  document: (input, output, guarantee) => averages('bench-window', kafkaConsumer(input), output, guarantee),
  reference,
  contentOf,
};

/** A minute from record to record: whatever is committed together has one record of each point, and each closes one. */
export const windowWide: Workload = {
  name: 'window-wide',
  what: 'window over 1,000,000 points: state that is all changed between two commits',
  shape: { assets: 100 * ASSETS, stepMs: WINDOW_MS, isKeyless: false },
  isCut: false,
  document: (input, output, guarantee) => averages('bench-window-wide', kafkaConsumer(input), output, guarantee),
  reference,
  contentOf,
};

/** The records of a point are in all partitions, so that the plan is cut in front of the window. */
export const keyless: Workload = {
  name: 'keyless',
  what: 'window behind a cut, since messages have no key',
  shape: { ...CLASSIC, isKeyless: true },
  isCut: true,
  document: (input, output, guarantee) =>
    averages('bench-keyless', consumer(input, { partitionedBy: 'UNKNOWN' }), output, guarantee, {
      idleTimeoutMs: 1000,
    }),
  reference,
  contentOf,
};
