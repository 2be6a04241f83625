import type { RecordHeader, SourceBatch } from '@penstock/engine';
import { kafkaError } from '../errors.ts';
import { cursor, readVarint } from './varint.ts';

const NONE: readonly RecordHeader[] = [];

/** The headers of one record; keys and values are views into the batch. Throws `KAFKA_BATCH_CORRUPT`. */
export const headersOf = (batch: SourceBatch, index: number): readonly RecordHeader[] => {
  const end = batch.headersEnd[index];
  const start = batch.headersStart[index];
  if (start === undefined || end === undefined || index >= batch.count) {
    throw new RangeError(`The batch has no record ${index}; it holds ${batch.count}.`);
  }
  const count = readVarint(batch.bytes, start);
  if (count === 0) return NONE;
  const headers: RecordHeader[] = [];
  let position = cursor;
  for (let n = 0; n < count && position <= end; n++) {
    const keyLength = readVarint(batch.bytes, position);
    const key = cursor;
    const valueLength = readVarint(batch.bytes, key + Math.max(keyLength, 0));
    const value = cursor;
    position = value + Math.max(valueLength, 0);
    if (keyLength < 0 || position > end) break;
    headers.push({
      key: batch.bytes.subarray(key, key + keyLength),
      value: valueLength < 0 ? null : batch.bytes.subarray(value, position),
    });
  }
  if (headers.length !== count || position !== end) {
    const offset = batch.offsets[index];
    const message = `The headers of the record at offset ${offset} of "${batch.topic}" partition ${batch.partition} are damaged.`;
    throw kafkaError('KAFKA_BATCH_CORRUPT', message, {
      params: { topic: batch.topic, partition: batch.partition, offset },
    });
  }
  return headers;
};
