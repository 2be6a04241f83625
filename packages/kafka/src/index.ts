export type { RecordHeader, SourceBatch } from '@penstock/engine';
export { type ChangelogOptions, readChangelog } from './changelog.ts';
export { type ConnectOptions, connectKafka, type KafkaCluster } from './cluster.ts';
export { isKafkaError, KAFKA_ERRORS, type KafkaErrorCode } from './errors.ts';
export { murmur2, partitionForKey } from './murmur2.ts';
export { openTaskLog, type TaskLogOptions } from './open-task-log.ts';
export type { PartitionFeed } from './partition-feed.ts';
export { type FeedOptions, openFeeds, type PartitionFeeds } from './partition-feeds.ts';
export { headersOf } from './record-headers.ts';
export {
  type ClusterDescription,
  createTopicAdmin,
  type TopicAdmin,
  type TopicSpec,
  type TopicSummary,
} from './topic-admin.ts';
