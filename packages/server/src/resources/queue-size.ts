/**
 * Topics that organisations make for themselves within their grant of Message Queue (contract C.5). What 1 CU gives:
 * ten partitions, and 10 GiB of records that may lie in them. What is more of the two counts.
 */
export const QUEUE_PARTITIONS_PER_CU = 10;
export const QUEUE_BYTES_PER_CU = 10 * 1024 ** 3;

export const MAX_QUEUE_PARTITIONS = 200;
export const MAX_QUEUE_RETENTION_HOURS = 24 * 365;
/** Less than this per partition, and records would be gone before anybody has read them. */
export const MIN_PARTITION_BYTES = 16 * 1024 ** 2;
export const MAX_QUEUE_BYTES = 10 * 1024 ** 4;

/** How large a topic is asked for. */
export interface QueueSize {
  readonly partitions: number;
  /** Of all its partitions together, of one replica. */
  readonly maxBytes: number;
}

/** Thousandths of a CU that topics take together. */
export const queueMilliOf = (topics: readonly QueueSize[]): number => {
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions, 0);
  const bytes = topics.reduce((sum, topic) => sum + topic.maxBytes, 0);
  return Math.ceil(1000 * Math.max(partitions / QUEUE_PARTITIONS_PER_CU, bytes / QUEUE_BYTES_PER_CU));
};

const MIB = 1024 ** 2;

/**
 * Kafka's settings of such a topic. Kafka deletes whole segments, and never the one that is written: a partition may be
 * larger than `retention.bytes` by a segment, which is why that much less is asked for.
 */
export const queueTopicConfig = ({
  partitions,
  maxBytes,
  retentionHours,
}: QueueSize & { readonly retentionHours: number }): Readonly<Record<string, string>> => {
  const perPartition = Math.floor(maxBytes / partitions);
  const segment = Math.min(1024 * MIB, Math.max(2 * MIB, Math.floor(perPartition / 8)));
  return {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionHours * 3600_000),
    'retention.bytes': String(perPartition - segment),
    'segment.bytes': String(segment),
  };
};

/** Kafka's own rule for names, without those that are of Penstock, of EnOS or of other programs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,248}$/;
const OTHERS = /^(penstock[-_]|MEASURE_POINT_)/i;

/** What is wrong with the name of such a topic; undefined: nothing. */
export const queueNameProblem = (name: string): string | undefined => {
  if (!NAME.test(name))
    return 'must be 1 to 249 letters, digits, dots, underscores and dashes, and begin with a letter or digit';
  return OTHERS.test(name) ? 'begins as names do that are reserved: penstock-, PENSTOCK_, MEASURE_POINT_' : undefined;
};
