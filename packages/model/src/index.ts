export { advancedParameterNames, advancedParameters, advancedRowPath } from './advanced-parameters.ts';
export { AppError, type AppErrorOptions, type ErrorDomain, messageOf } from './app-error.ts';
export { type ClusterSizing, type ContainerSize, type CuSize, clusterSizing, MIN_HEAP_MB } from './cluster-sizing.ts';
export { type CodeCatalogue, type CodeEntry, type CodeKind, code } from './code-catalogue.ts';
export { DeliveryGuarantee } from './delivery-guarantee.ts';
export { EnosCode, enosMessage, GatewayCode, type UnknownPipelineWording } from './enos-error.ts';
export { hasErrors, pointer } from './issue.ts';
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
export { endpointsIn, endpointsText } from './messages/control-endpoints.ts';
export { WorkerExitCode } from './messages/exit-codes.ts';
export type { ClusterReport, ExecutorReport, Heartbeat, HeartbeatReply } from './messages/heartbeat.ts';
export type { Issue } from './messages/issue.ts';
export type { LiveRecords, PreviewReply, PreviewRequest, StagePreview } from './messages/preview.ts';
export {
  DesiredRun,
  HeartbeatRefusal,
  MAX_SNAPSHOT_TEXT,
  PROTOCOL_VERSION,
  saysRunIsOver,
  WorkerPhase,
} from './messages/protocol.ts';
export type {
  HelloAnswer,
  OpenAnswer,
  PrepareAnswer,
  RangeAnswer,
  RangeRefusal,
  RangeRequest,
  RunAnswer,
  TaskPosition,
  TaskRange,
  WorkerReport,
} from './messages/range-protocol.ts';
export { type KeptCut, type RunLayout, sourceTasksOf, type TaskTopics } from './messages/run-layout.ts';
export type {
  KafkaSettings,
  NamedConnection,
  OutboundSettings,
  OwnLibrary,
  PipelineFacts,
  ResolvedConnection,
  RunSpec,
  TopicGrant,
} from './messages/run-specification.ts';
export type { SnapshotRecord, SnapshotRequest, SnapshotResult } from './messages/snapshot.ts';
export type {
  LookUpCounters,
  PartWork,
  RunEvent,
  RunFailure,
  StageCounters,
  StageWork,
  TaskPlace,
  TaskProgress,
  Waiting,
  Work,
} from './messages/worker-report.ts';
export {
  consumerGroupOf,
  DEAD_LETTER_RETENTION_MS,
  deadLetterTopicConfig,
  deadLetterTopicOf,
  internalTopicOf,
  isOfSource,
  isRepartitionTopicOf,
  isTransactionalIdOf,
  manifestTopicOf,
  preparationIdOf,
  repartitionTopicOf,
  stateTopicOf,
  systemTopicsOf,
  TOPIC_SEPARATOR,
  topicsText,
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
  readAssetSelection,
  readAssetsReply,
  readAssetsRequest,
  readHeartbeatReply,
  readPreviewReply,
  readPreviewRequest,
  readRangeRequest,
  readReferenceReply,
  readReferenceRequest,
  readRunSpec,
} from './read-messages.ts';
export type { PositionFate, ReleaseForecast, StateFate } from './release-forecast.ts';
export {
  type ClusterResources,
  parseResourceConfig,
  type Reservation,
  type ResourceConfig,
  type StandaloneResources,
} from './resource-config.ts';
export {
  type AssetFacts,
  type AssetState,
  type AssetsReply,
  type AssetsReplyDraft,
  type AssetsRequest,
  MAX_ASSET_ID,
  MAX_ASSETS_ASKED,
  MAX_ASSETS_CHANGED,
  MAX_NEIGHBOURS,
  MAX_PLACES_ASKED,
  MAX_POINTS_ASKED,
  type PlacesQuestion,
  type PointFacts,
  type PointQuestion,
  type TreePlace,
} from './run-assets.ts';
export {
  type AssetSelection,
  type AssetSelector,
  LINEAGE,
  LINEAGE_VERSION,
  type Lineage,
  MAX_ASSET_SELECTORS,
  MAX_REFERENCE_CHARS,
  MAX_REFERENCE_QUESTION,
  type ReferenceReply,
  type ReferenceReplyDraft,
  type ReferenceRequest,
  SELECTED_ASSETS,
  SELECTED_ASSETS_VERSION,
  type SelectedAsset,
  type SelectedAssets,
} from './run-references.ts';
export { similarName } from './similar-names.ts';
export {
  type ExecutionMode,
  MAX_KAFKA_RATE,
  parseKafkaRate,
  parseStartRequest,
  type StartRequest,
} from './start-request.ts';
export { grantsTopic, TOPIC_PATTERN, type TopicUse } from './topic-grant.ts';
export { isWaitedFor } from './waited-for.ts';
