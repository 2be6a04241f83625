/**
 * The schemas of the messages between programs, for whoever checks one or makes something of their parts. Their types
 * are in `index.ts`: a program that only writes and reads messages need not load schemas and their checker.
 */
export {
  batchReportSchema,
  clusterReportSchema,
  executorReportSchema,
  heartbeatReplySchema,
  heartbeatSchema,
  workerIdentitySchema,
  workerPhaseSchema,
} from './messages/heartbeat.ts';
export { issueSchema } from './messages/issue.ts';
export type { Message } from './messages/message.ts';
export {
  givenMessagesSchema,
  givenRecordsSchema,
  liveRecordsSchema,
  messagesBySourceSchema,
  previewReplySchema,
  previewRequestSchema,
  recordsBySourceSchema,
  stagePreviewSchema,
} from './messages/preview.ts';
export {
  helloAnswerSchema,
  helloRequestSchema,
  openAnswerSchema,
  openRequestSchema,
  prepareAnswerSchema,
  prepareRequestSchema,
  rangeAnswerSchema,
  rangeRefusalSchema,
  rangeRequestSchema,
  runAnswerSchema,
  runRequestSchema,
} from './messages/range-protocol.ts';
export { messageChannelSchema, runSpecSchema, topicGrantSchema } from './messages/run-specification.ts';
export { snapshotRecordSchema } from './messages/snapshot.ts';
export {
  partWorkSchema,
  runEventSchema,
  runFailureSchema,
  stageCountersSchema,
  stagesSchema,
  taskProgressSchema,
  waitingSchema,
  workerFiguresSchema,
  workSchema,
} from './messages/worker-report.ts';
export { releaseForecastSchema } from './release-forecast.ts';
export {
  assetFactsSchema,
  assetStateSchema,
  assetsReplySchema,
  assetsRequestSchema,
} from './run-assets.ts';
export { assetSelectionSchema, referenceReplySchema, referenceRequestSchema } from './run-references.ts';
