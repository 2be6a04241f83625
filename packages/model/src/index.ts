export { advancedParameterNames, advancedParameters, advancedRowPath } from './advanced-parameters.ts';
export { AppError, type AppErrorOptions, type ErrorDomain, messageOf } from './app-error.ts';
export { type ClusterSizing, type ContainerSize, type CuSize, clusterSizing, MIN_HEAP_MB } from './cluster-sizing.ts';
export { type CodeCatalogue, type CodeEntry, type CodeKind, code } from './code-catalogue.ts';
export { EnosCode, enosMessage, GatewayCode, type UnknownPipelineWording } from './enos-error.ts';
export { hasErrors, type Issue, pointer } from './issue.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export { parseNumber } from './liberal-number.ts';
export {
  commandsIn,
  type EventsOf,
  isActive,
  isPipelineState,
  moveFrom,
  type NextState,
  nextState,
  PipelineCommand,
  type PipelineEvent,
  PipelineObservation,
  PipelineState,
} from './lifecycle.ts';
export {
  consumerGroupOf,
  DEAD_LETTER_RETENTION_MS,
  deadLetterTopicConfig,
  deadLetterTopicOf,
  internalTopicOf,
  isRepartitionTopicOf,
  isTransactionalIdOf,
  manifestTopicOf,
  preparationIdOf,
  repartitionTopicOf,
  stateTopicOf,
  systemTopicsOf,
  transactionalIdOf,
} from './names.ts';
export {
  documentLimits,
  type PipelineDocument,
  type ReadDocument,
  readPipelineDocument,
  type StageDocument,
} from './pipeline-document.ts';
export { defaultPipelineOptions, type PipelineOptions, pipelineOptions } from './pipeline-document-options.ts';
export {
  type ClusterResources,
  parseResourceConfig,
  type Reservation,
  type ResourceConfig,
  type StandaloneResources,
} from './resource-config.ts';
export {
  type ClusterReport,
  type ClusterRun,
  DeliveryGuarantee,
  type DesiredRun,
  type ExecutorReport,
  type Heartbeat,
  type HeartbeatReply,
  type KafkaSettings,
  MAX_SNAPSHOT_TEXT,
  PROTOCOL_VERSION,
  type RunEvent,
  type RunFailure,
  type RunSpec,
  type SnapshotRecord,
  type SnapshotRequest,
  type SnapshotResult,
  type StageCounters,
  type TaskProgress,
  type Waiting,
  WorkerPhase,
} from './run.ts';
export { similarName } from './similar-names.ts';
export {
  type ExecutionMode,
  MAX_KAFKA_RATE,
  parseKafkaRate,
  parseStartRequest,
  type StartRequest,
} from './start-request.ts';
export { grantsTopic, TOPIC_PATTERN, type TopicGrant, type TopicUse } from './topic-grant.ts';
export { isWaitedFor } from './waited-for.ts';
