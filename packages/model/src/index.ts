export { AppError, type AppErrorOptions, type ErrorDomain, messageOf } from './app-error.ts';
export { hasErrors, type Issue, pointer } from './issue.ts';
export { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
export {
  consumerGroupOf,
  deadLetterTopicOf,
  internalTopicOf,
  repartitionTopicOf,
  stateTopicOf,
  systemTopicsOf,
  transactionalIdOf,
} from './names.ts';
export {
  DeliveryGuarantee,
  type DesiredRun,
  type Heartbeat,
  type HeartbeatReply,
  type KafkaSettings,
  type RunEvent,
  type RunFailure,
  type RunSpec,
  type StageCounters,
  type TaskProgress,
  WorkerPhase,
} from './run.ts';
