import { compressionsAlgorithms } from '@platformatic/kafka';
import { kafkaError } from '../errors.ts';

/** Names as in Kafka's `compression.type`. */
export type CompressionType = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** By the number in a batch's attributes. */
const BY_CODEC: readonly CompressionType[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export const codecOf = (type: CompressionType): number => BY_CODEC.indexOf(type);

export const compress = (type: CompressionType, bytes: Buffer): Buffer =>
  compressionsAlgorithms[type].compressSync(bytes);

/** Unpacks the records block of a batch; `where` names the batch for the error. */
export const decompress = (codec: number, bytes: Buffer, where: string): Buffer => {
  const type = BY_CODEC[codec];
  if (type === undefined) {
    throw kafkaError('KAFKA_BATCH_FORMAT_UNSUPPORTED', `${where} uses compression codec ${codec}, which is not known.`);
  }
  try {
    return compressionsAlgorithms[type].decompressSync(bytes);
  } catch (cause) {
    throw kafkaError('KAFKA_BATCH_CORRUPT', `${where} cannot be unpacked (${type}).`, { cause });
  }
};
