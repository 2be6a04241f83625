export type { RecordHeader, SourceBatch } from '@penstock/engine';
export type { GroupOffset } from './admin/group-offsets.ts';
export {
  type ClusterDescription,
  createTopicAdmin,
  type TopicAdmin,
  type TopicSpec,
  type TopicSummary,
} from './admin/topic-admin.ts';
export { isKafkaError, KAFKA_ERRORS, type KafkaErrorCode } from './errors.ts';
export { type ConnectOptions, connectKafka, type KafkaClient } from './link/kafka-client.ts';
export {
  appendManifest,
  ensureManifestTopic,
  openPreparation,
  readManifest,
} from './manifest/manifest-topic.ts';
export { PositionRecords, readPositionRecords } from './positions/position-records.ts';
export { type ChangelogOptions, readChangelog } from './read/changelog.ts';
export { type FeedOptions, openFeeds, type PartitionFeeds } from './read/fetch-scheduler.ts';
export type { PartitionFeed } from './read/partition-feed.ts';
export { silentFeed } from './read/silent-feed.ts';
export { murmur2, partitionForKey } from './wire/murmur2.ts';
export { headersOf } from './wire/record-headers.ts';
export { type OpenedTaskLog, openTaskLog, type TaskLogOptions } from './write/open-task-log.ts';
export { endOpenTransactions, fenceTransactionalIds } from './write/open-transactions.ts';
