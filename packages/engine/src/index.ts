export {
  type CompiledExpression,
  compileAviatorCondition,
  compileCondition,
  compileExpression,
  compileMerging,
  ExpressionError,
  type ExpressionIssue,
  expressionFunctions,
  type FieldPath,
  fieldReader,
  isFieldPath,
  MAX_INSTANT,
  parseFieldPath,
  zoneOffset,
} from '@penstock/expression';
export { assetServiceOf, LookUps, type OutsideServices } from './look-ups/look-ups.ts';
export {
  ASSET_AND_MEASUREMENT,
  ASSET_AND_POINT,
  type DataReference,
  type DefinedBatch,
  type DeliveryPromise,
  type DocumentOptions,
  type DropDeclaration,
  defineLookUp,
  defineProcessor,
  defineReference,
  defineSource,
  defineStore,
  defineTarget,
  type Emitter,
  type ErrorDeclaration,
  type Expiry,
  fieldPointer,
  type KeyedState,
  type KeyFields,
  type KeyPart,
  type KeySpec,
  type LookUp,
  type LookUpAnswer,
  type LookUpAnswers,
  type LookUpDefinition,
  type LookUpNeed,
  type LookUpPolicy,
  type MeasurementReference,
  type MissedSlots,
  nameOfReference,
  type OperatorDefinition,
  type OperatorTexts,
  type PipelineFacts,
  type PointReference,
  type Processor,
  type ProcessorDefinition,
  type RangeBounds,
  type Reference,
  type ReferenceDefinition,
  type ReferenceSnapshot,
  type ResourceClaim,
  type Runtime,
  type ScheduleDefinition,
  type ScheduleSlot,
  type SourceDefinition,
  type SourceSpec,
  type StageContext,
  type StateDefinition,
  type StateKey,
  type Store,
  type StoreDefinition,
  type Target,
  type TargetContext,
  type TargetDefinition,
  type TargetPort,
  type TargetTopic,
} from './operator/index.ts';
export {
  type Checked,
  type CheckedPipeline,
  type CheckedStage,
  checkPipeline,
  inspectAll,
} from './plan/check-pipeline.ts';
export {
  type Compiled,
  type CompileOptions,
  compilePlan,
  type PlanFacts,
  planPipeline,
  type SourceFacts,
  sourceFactsOf,
} from './plan/compile-plan.ts';
export { type ConnectionUse, connectionUses } from './plan/connection-uses.ts';
export { needsOf, type StageNeeds } from './plan/cut-plan.ts';
export { keyOrError, partitionText } from './plan/key-reader.ts';
export { type KeyTerms, keyPartProblem, keyPartProblems, termsOf } from './plan/key-terms.ts';
export { onCircles } from './plan/on-circles.ts';
export type { PipelineFlows, TopicFlow } from './plan/pipeline-flows.ts';
export { lineageOf, type PipelineLineage } from './plan/pipeline-lineage.ts';
export {
  type Cut,
  inputTopicOf,
  type PartInput,
  type Plan,
  type PlanPart,
  type PlanSource,
  type PlanStage,
  partOfCut,
  sourceOf,
} from './plan/plan.ts';
export { claimsOf, runtimesOf } from './plan/plan-resources.ts';
export {
  type AnyStore,
  keepsState,
  ownerOf,
  statefulStages,
  storesOfOperator,
  storesOfStage,
} from './plan/plan-stores.ts';
export { readOptionRows } from './plan/read-option-rows.ts';
export type { OperatorQuery, OperatorRegistry } from './plan/registry.ts';
export {
  type CutEntry,
  type InputEntry,
  MANIFEST_FORMAT,
  manifestFormatOf,
  ownerOfEntry,
  parseManifest,
  type StateManifest,
  type StoreEntry,
  type StorePlace,
} from './plan/state-manifest.ts';
export { type Inspection, type ValidatedConfig, validateStageConfig } from './plan/validate-stage-config.ts';

export type {
  AssetService,
  ChangelogEntry,
  Clock,
  HttpAnswer,
  HttpRequest,
  Position,
  RecordHeader,
  Services,
  ServiceTime,
  SourceBatch,
  SqlPool,
  SqlSession,
  TaskLog,
  TopicAppender,
} from './ports.ts';
export { SqlRefusal } from './ports.ts';
export { batchOfMessages, MemoryLog, type MemoryMessage } from './preview/memory-log.ts';
export { type PreviewInput, PreviewSession, type PreviewValue } from './preview/preview-session.ts';
export { type PreviewOptions, runPreview } from './preview/run-preview.ts';
export { type SnapshotBounds, type SnapshotSlot, snapshotBounds, snapshotSlotsOf } from './preview/snapshot-slots.ts';
export type { RecordPlace } from './record/message/message-records.ts';
export { itemTexts, memberTexts } from './record/splice-json.ts';
export { type PointFilter, type RecordOrigin, StreamRecord } from './record/stream-record.ts';
export { type NeededReference, References, referenceKey, type WantedReference } from './references/references.ts';
export { readStageSettings, type StageSettings, stageSettingsSchema } from './stage-settings.ts';
export { SCHEDULE_STORE, SHARD_TERM, type ShardOwners } from './state/schedule-store.ts';
export { ownerText, parseStoreKey, type StoreKey, type StoreOwner, writeStoreKey } from './state/store-key.ts';
export { discardTarget } from './targets/discard-target.ts';
export { type SqlTargetOptions, sqlTarget } from './targets/sql/sql-target.ts';
export type { ColumnMapping } from './targets/sql/sql-values.ts';
export { isTargetFailure, TARGET_FENCED, targetUnreachable, targetUnusable } from './targets/target-failure.ts';
export { type TopicTargetOptions, topicTarget } from './targets/topic-target.ts';
export { appendInPieces, joinPieces, PieceHeader, type PieceLayout } from './task/message-pieces.ts';
export { SOURCE_PARTITIONING_REFUTED } from './task/partition-check.ts';
export { ReplayHeader } from './task/replay.ts';
export { NO_RECORDS } from './task/source-reader.ts';
export type { RecordObserver } from './task/stage-node.ts';
export { type Refusal, Task, type TaskOptions } from './task/task.ts';
export { DirectTime, type EventTime, latenessBound, type TimeOptions } from './time/event-time.ts';
export {
  decodeKeyWatermark,
  encodeKeyWatermark,
  isHeld,
  KeyWatermark,
} from './time/key-watermark.ts';
export { TaskWork } from './work/task-work.ts';
export { ThreadTime } from './work/thread-time.ts';
