export { createPenstockClient, type PenstockClient, type PenstockClientOptions } from './client.ts';
export {
  EnosApi,
  type ExecutionMode,
  type ListedPipeline,
  type OffsetAndLag,
  type PipelineDetails,
  type SaveRequest,
  type StageStateRequest,
  type StartRequest,
} from './enos-api.ts';
export { PenstockError, type ReportedIssue } from './errors.ts';
export type * from './generated/schemas.ts';
export { resultOf } from './result.ts';
export { callSignature, type SignedCall, tokenEncryption } from './signature.ts';
