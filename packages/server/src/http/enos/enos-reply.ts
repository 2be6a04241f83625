import { EnosCode, enosMessage, type Issue, type UnknownPipelineWording } from '@penstock/model';
import { GatewayError } from '../../auth/gateway-error.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import { limitIssues } from '../plugins/limit-issues.ts';

/** Calls of contract A.1; decides which code and wording a failure has. */
export type EnosCall =
  | 'stage-state-get'
  | 'stage-state-delete'
  | 'list'
  | 'details'
  | 'save'
  | 'release'
  | 'start'
  | 'pause'
  | 'stop'
  | 'offset-lag'
  | 'reset-offset';

/** Envelope of contract A.2. `msg` is exactly the contract's; what else there is to say stands in `submsg` and `data`. */
export interface EnosReply {
  readonly httpStatus: number;
  readonly body: {
    readonly code: number;
    readonly msg: string;
    readonly requestId?: string;
    readonly submsg?: string;
    readonly data?: unknown;
  };
}

/** The caller may not act for this organisation; whether it exists is not told. */
export class ForeignOrganizationError extends Error {}

const failure = (
  code: number,
  msg: string,
  detail: { submsg?: string; issues?: readonly Issue[]; httpStatus?: number } = {},
): EnosReply => ({
  httpStatus: detail.httpStatus ?? 200,
  body: {
    code,
    msg,
    ...(detail.submsg === undefined ? {} : { submsg: detail.submsg }),
    ...(detail.issues === undefined || detail.issues.length === 0
      ? {}
      : { data: { issues: limitIssues(detail.issues) } }),
  },
});

const wordingOf = (call: EnosCall): UnknownPipelineWording =>
  call === 'details' || call === 'offset-lag' ? call : 'operate';

const isStageState = (call: EnosCall): boolean => call === 'stage-state-get' || call === 'stage-state-delete';

/** The same for a pipeline nobody has and for one of somebody else. */
const unknownPipeline = (call: EnosCall, httpStatus = 200): EnosReply =>
  isStageState(call) || call === 'list'
    ? failure(EnosCode.NoPrivilege, enosMessage.noPrivilege(), { httpStatus })
    : failure(EnosCode.PipelineUnknown, enosMessage.pipelineUnknown(wordingOf(call)), { httpStatus });

/** 61102: the one code for a parameter that is missing or wrong; its message names the parameter. */
export const paramMissing = (param: string, submsg: string): EnosReply =>
  failure(EnosCode.ParamMissing, enosMessage.paramMissing(param), { submsg });

/** A body that cannot be read, or is too large, in the code that the call has for bad input. */
export const bodyInvalid = (call: EnosCall, submsg: string): EnosReply =>
  call === 'save' || call === 'start'
    ? failure(EnosCode.DocumentInvalid, enosMessage.documentInvalid(), {
        submsg,
        issues: [{ code: 'BODY_INVALID', severity: 'error', path: '', message: submsg }],
      })
    : paramMissing('body', submsg);

/** What a call answers when it failed; undefined for errors that nobody foresaw (see `unexpected`). */
export const replyOf = (error: unknown, call: EnosCall): EnosReply | undefined => {
  if (error instanceof GatewayError) return undefined;
  if (error instanceof ForeignOrganizationError) return unknownPipeline(call, 403);
  if (!(error instanceof UseCaseError)) return undefined;
  const submsg = error.message;
  switch (error.code) {
    case 'PIPELINE_UNKNOWN':
    case 'ORGANIZATION_UNKNOWN':
      return unknownPipeline(call);
    case 'FIELD_INVALID':
      return paramMissing(String(error.params.field), submsg);
    case 'DOCUMENT_INVALID':
      return failure(EnosCode.DocumentInvalid, enosMessage.documentInvalid(), {
        submsg: summary(error),
        issues: error.issues,
      });
    case 'PIPELINE_IS_SYSTEM':
      return call === 'release'
        ? failure(EnosCode.NotReleasable, enosMessage.notReleasable(), { submsg })
        : failure(EnosCode.SaveFailed, enosMessage.saveFailed(), { submsg });
    case 'PIPELINE_LIMIT_REACHED':
      return failure(EnosCode.SaveFailed, enosMessage.saveFailed(), { submsg });
    case 'PIPELINE_STATUS_FORBIDS':
      return statusForbids(call, String(error.params.status), submsg);
    case 'START_IN_PROGRESS':
      return failure(EnosCode.StartInProgress, enosMessage.startInProgress(), { submsg });
    case 'RESOURCE_NOT_REQUESTED':
      return failure(
        EnosCode.ResourceNotRequested,
        enosMessage.resourceNotRequested(error.params.resource === 'Cluster' ? 'Cluster' : 'Standalone'),
        { submsg },
      );
    case 'RESOURCE_NOT_ENOUGH':
      return failure(EnosCode.ResourceNotEnough, enosMessage.resourceNotEnough(), { submsg });
    case 'STAGE_STATE_TOO_LARGE':
      return failure(EnosCode.TooManyPoints, enosMessage.tooManyPoints(), { submsg });
    case 'STAGE_STATE_NOT_CURRENT':
    case 'STAGE_TYPE_NOT_SUPPORTED':
      return failure(EnosCode.StageTypeNotSupported, enosMessage.stageTypeNotSupported(), { submsg });
    case 'SITE_NOT_ADOPTED':
    case 'KAFKA_UNREACHABLE':
      return kafkaUnreachable(call, submsg);
    default:
      return undefined;
  }
};

/** The first problem in words, so that a client which shows only texts shows what to do. */
const summary = (error: UseCaseError): string => {
  const first = error.issues.find((issue) => issue.severity === 'error');
  return first === undefined ? error.message : `${first.path === '' ? '' : `${first.path}: `}${first.message}`;
};

const statusForbids = (call: EnosCall, status: string, submsg: string): EnosReply => {
  switch (call) {
    case 'start':
      return failure(EnosCode.StatusNotStartable, enosMessage.statusNotStartable(status), { submsg });
    case 'pause':
      return failure(EnosCode.StatusNotChangeable, enosMessage.statusNotChangeable(status, 'Paused'), { submsg });
    case 'stop':
      return failure(EnosCode.StatusNotChangeable, enosMessage.statusNotChangeable(status, 'Stopped'), { submsg });
    case 'release':
      return failure(EnosCode.NotReleasable, enosMessage.notReleasable(), { submsg });
    case 'reset-offset':
      return failure(EnosCode.RateUnknown, enosMessage.rateUnknown(), { submsg });
    default:
      return failure(EnosCode.Other, submsg);
  }
};

const kafkaUnreachable = (call: EnosCall, submsg: string): EnosReply => {
  if (call === 'reset-offset') return failure(EnosCode.RateUnknown, enosMessage.rateUnknown(), { submsg });
  if (isStageState(call)) return failure(EnosCode.Other, submsg);
  return failure(EnosCode.Internal, enosMessage.internal(), { submsg });
};

/** What a call answers when something broke that should not; the details are for the log alone. */
export const unexpected = (call: EnosCall): EnosReply => {
  if (call === 'stop') return failure(EnosCode.StopFailed, enosMessage.stopFailed());
  if (call === 'save') return failure(EnosCode.SaveFailed, enosMessage.saveFailed());
  if (isStageState(call)) return failure(EnosCode.Other, 'The request failed; see the log of the service.');
  return failure(EnosCode.Internal, enosMessage.internal());
};
