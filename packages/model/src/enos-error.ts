/**
 * Codes and messages of the EnOS Stream Processing API (contract A.14) and of its token service (contract B.2).
 * Clients match on these strings, so they are exact, spelling mistakes included. `XX`/`xx` are filled in.
 */
export const EnosCode = {
  Ok: 0,
  DocumentInvalid: 61100,
  ParamMissing: 61102,
  TooManyPoints: 61105,
  NoPrivilege: 61106,
  StageTypeNotSupported: 61107,
  PipelineUnknown: 61108,
  SaveFailed: 61112,
  StartInProgress: 61121,
  StopFailed: 61122,
  ResourceNotEnough: 61126,
  ResourceNotRequested: 61128,
  StatusNotChangeable: 61152,
  StatusNotStartable: 61165,
  RateUnknown: 61168,
  NotReleasable: 61169,
  Other: 61199,
  Internal: 99000,
} as const;
export type EnosCode = (typeof EnosCode)[keyof typeof EnosCode];

/** Which wording of "no such pipeline" a call has: they differ from call to call (contract A.6, A.8, A.12). */
export type UnknownPipelineWording = 'details' | 'operate' | 'offset-lag';

const UNKNOWN_PIPELINE: Record<UnknownPipelineWording, string> = {
  details: 'Stream processing pipeline does not exit.',
  operate: 'stream processing pipeline does not exit.',
  'offset-lag': 'Stream processing job does not exist.',
};

/** The exact message of each code. */
export const enosMessage = {
  ok: () => 'OK',
  documentInvalid: () => 'The Stream configuration JSON is invalid.',
  paramMissing: (param: string) => `Missing param ${param}`,
  tooManyPoints: () => 'Too many points',
  noPrivilege: () => 'Wrong pipelineId or OU has no privilege',
  stageTypeNotSupported: () => 'Not supported stage type',
  pipelineUnknown: (wording: UnknownPipelineWording) => UNKNOWN_PIPELINE[wording],
  saveFailed: () => 'Failed to save the stream configuration.',
  startInProgress: () =>
    'Another user in the organization is starting a stream processing job. Please try again later.',
  stopFailed: () => 'Failed to stop the stream processing pipeline.',
  resourceNotEnough: () =>
    'Allocated resource is not enough to start a stream processing job. Please check the resource configuration.',
  resourceNotRequested: (resource: 'Standalone' | 'Cluster') =>
    `Your organization has not requested ${resource} processing resource. ` +
    'Please request the resource and then start the jobs.',
  statusNotChangeable: (from: string, to: 'Paused' | 'Stopped') =>
    `Status of the stream processing job cannot be changed from [${from}] to ${to}.`,
  statusNotStartable: (status: string) => `Stream processing job with status [${status}] cannot be started.`,
  rateUnknown: () => 'Failed to get the Kafka average rate.',
  notReleasable: () => 'Failed to release the stream processing pipeline because it is not stopped or paused.',
  internal: () => 'Internal Server Error.',
} as const;

/** Codes of the token service and of the gateway when it rejects a call (contract B.2). */
export const GatewayCode = {
  Success: 0,
  Repeated: 1001,
  AppKeyUnknown: 1002,
  EncryptionInvalid: 1003,
  ParamInvalid: 1004,
  Internal: 1005,
  ParamEmpty: 1202,
  TokenExpired: 1203,
  RefreshFailed: 1204,
} as const;
export type GatewayCode = (typeof GatewayCode)[keyof typeof GatewayCode];
