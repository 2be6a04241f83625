import { processor } from '@penstock/testkit';
import { assetIdOf, CLASSIC, Measurements, MODEL_ID, MODEL_ID_PATH, ORG_ID, POINTS } from '../data/measurements.ts';
import { documentOf, kafkaConsumer, kafkaProducer } from './document.ts';
import { FingerprintBuilder } from './fingerprint.ts';
import { checkFieldCount, commonContent, keyOf, objectAt } from './record-shape.ts';
import type { Workload } from './workload.ts';

const SCRIPT = `for (var i = 0; i < records.length; i++) {
  var record = records[i].value;
  record.twice = record.value === null ? null : record.value * 2;
  output.write(records[i]);
}`;

export const script: Workload = {
  name: 'script',
  shape: CLASSIC,
  isCut: false,
  what: 'JavaScript stage that adds a computed field to every record',
  document: (input, output, guarantee) =>
    documentOf('bench-script', guarantee, [
      kafkaConsumer(input),
      processor('JavaScript', { script: SCRIPT }, 'EDHKafkaConsumer_01'),
      kafkaProducer(output, 'JavaScript_01'),
    ]),
  reference: (data) => {
    const result = new FingerprintBuilder();
    const records = new Measurements(data);
    while (records.next()) {
      const { value } = records;
      const assetId = assetIdOf(records.asset);
      const pointId = POINTS[records.point] ?? '';
      result.add(
        assetId + pointId,
        `${ORG_ID}|${MODEL_ID}|${MODEL_ID_PATH}|${assetId}|${pointId}|${records.time}|${value}|0|` +
          `${value === null ? null : value * 2}\n`,
      );
    }
    return result;
  },
  contentOf: (record) => {
    checkFieldCount(record, 10);
    checkFieldCount(objectAt(record, 'attr'), 0);
    return [keyOf(record), `${commonContent(record)}|${record.twice}\n`];
  },
};
