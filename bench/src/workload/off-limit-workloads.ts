import type { DeliveryGuarantee, JsonObject } from '@penstock/model';
import { processor } from '@penstock/testkit';
import {
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
import { checkFieldCount, commonContent, keyOf, objectAt } from './record-shape.ts';
import type { Workload } from './workload.ts';

/** Limits of the Off Limit Tagger in `select` and `map`: about 2 % of the values are outside. */
export const LOWEST = 500;
export const HIGHEST = 1500;
/** What `select` keeps: 2 of the 10 points. */
export const SELECTED_POINTS: readonly string[] = [POINTS[0], POINTS[1]];

/** Bits of `dq` for a value over the upper and under the lower limit. */
const OVER = 9;
const UNDER = 17;

const limitRows = (points: readonly string[]) =>
  points.map((pointId) => ({
    inputPoint: pointReference(pointId),
    openClose: '[x,y]',
    minMax: `${LOWEST},${HIGHEST}`,
    outputPoint: pointReference(pointId),
  }));

/** A null value has no side of a limit: such records are dropped. */
const reference = (data: DataSet, points: readonly string[]): Fingerprint => {
  const result = new FingerprintBuilder();
  const kept = POINTS.map((pointId) => points.includes(pointId));
  const records = new Measurements(data);
  while (records.next()) {
    const { value } = records;
    if (value === null || kept[records.point] !== true) continue;
    const assetId = assetIdOf(records.asset);
    const pointId = POINTS[records.point] ?? '';
    const dq = value > HIGHEST ? OVER : value < LOWEST ? UNDER : 0;
    result.add(
      assetId + pointId,
      `${ORG_ID}|${MODEL_ID}|${MODEL_ID_PATH}|${assetId}|${pointId}|${records.time}|${value}|0|${dq}|${dq !== 0}|` +
        `${LOWEST}|${HIGHEST}|true|true|true|true\n`,
    );
  }
  return result;
};

const contentOf = (record: JsonObject): readonly [string, string] => {
  const attr = objectAt(record, 'attr');
  const limits = objectAt(attr, 'outlierAttr');
  checkFieldCount(record, 10);
  checkFieldCount(attr, 2);
  checkFieldCount(limits, 6);
  return [
    keyOf(record),
    `${commonContent(record)}|${record.dq}|${attr.isOutlier}|${limits.minValue}|${limits.maxValue}|` +
      `${limits.enableMinJudger}|${limits.enableMaxJudger}|${limits.minIncluding}|${limits.maxIncluding}\n`,
  ];
};

export const select: Workload = {
  name: 'select',
  shape: CLASSIC,
  isCut: false,
  what: 'Point Selector for 2 of 10 points, then Off Limit Tagger',
  document: (input: string, output: string, guarantee: DeliveryGuarantee) =>
    documentOf('bench-select', guarantee, [
      kafkaConsumer(input),
      processor(
        'PointSelector',
        { inputOutput: SELECTED_POINTS.map((pointId) => ({ inputPoint: pointReference(pointId) })) },
        'EDHKafkaConsumer_01',
      ),
      processor('OffLimitTagger', { inputOutput: limitRows(SELECTED_POINTS) }, 'PointSelector_01'),
      kafkaProducer(output, 'OffLimitTagger_01'),
    ]),
  reference: (data) => reference(data, SELECTED_POINTS),
  contentOf,
};

export const map: Workload = {
  name: 'map',
  shape: CLASSIC,
  isCut: false,
  what: 'Off Limit Tagger on all points',
  document: (input, output, guarantee) =>
    documentOf('bench-map', guarantee, [
      kafkaConsumer(input),
      processor('OffLimitTagger', { inputOutput: limitRows(POINTS) }, 'EDHKafkaConsumer_01'),
      kafkaProducer(output, 'OffLimitTagger_01'),
    ]),
  reference: (data) => reference(data, POINTS),
  contentOf,
};
