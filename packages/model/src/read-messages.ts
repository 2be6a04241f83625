import { AppError } from './app-error.ts';
import * as checks from './generated/message-checks.js';
import type { HeartbeatReply } from './messages/heartbeat.ts';
import type { MessageCheck } from './messages/message.ts';
import type { PreviewReply, PreviewRequest } from './messages/preview.ts';
import type { RangeRequest } from './messages/range-protocol.ts';
import type { RunSpec } from './messages/run-specification.ts';
import type { AssetsReply, AssetsRequest } from './run-assets.ts';
import type { AssetSelection, ReferenceReply, ReferenceRequest } from './run-references.ts';

/**
 * Readers of what other programs say, each called where it arrives. The value itself is returned, not a copy; what a
 * peer of a later version adds is passed over. Errors: `MESSAGE_INVALID`, with the first place that is wrong and never
 * with what stands there: messages hold credentials and people's data.
 */
const readBy = <M>(check: MessageCheck, what: string, given: unknown): M => {
  if (check(given)) return given as M;
  const [first] = check.errors ?? [];
  const where = first === undefined ? '' : `: ${first.instancePath || '/'} ${first.message ?? 'is wrong'}`;
  throw new AppError('MESSAGE_INVALID', `This is no ${what}${where}.`, { domain: 'internal' });
};

export const readRunSpec = (given: unknown): RunSpec => readBy(checks.runSpec, 'run specification', given);

export const readHeartbeatReply = (given: unknown): HeartbeatReply =>
  readBy(checks.heartbeatReply, 'reply to a heartbeat', given);

export const readPreviewRequest = (given: unknown): PreviewRequest =>
  readBy(checks.previewRequest, 'request of a preview', given);

export const readPreviewReply = (given: unknown): PreviewReply =>
  readBy(checks.previewReply, 'reply of a preview', given);

export const readAssetsRequest = (given: unknown): AssetsRequest =>
  readBy(checks.assetsRequest, 'request for assets', given);

export const readAssetsReply = (given: unknown): AssetsReply => readBy(checks.assetsReply, 'reply with assets', given);

export const readReferenceRequest = (given: unknown): ReferenceRequest =>
  readBy(checks.referenceRequest, 'request for reference data', given);

export const readReferenceReply = (given: unknown): ReferenceReply =>
  readBy(checks.referenceReply, 'reply with reference data', given);

export const readAssetSelection = (given: unknown): AssetSelection =>
  readBy(checks.assetSelection, 'selection of assets', given);

const RANGE_REQUESTS = new Map<unknown, readonly [MessageCheck, string]>([
  ['hello', [checks.helloRequest, 'request for a greeting']],
  ['prepare', [checks.prepareRequest, 'request to prepare']],
  ['open', [checks.openRequest, 'request to open tasks']],
  ['run', [checks.runRequest, 'request to run ranges']],
]);

/** Checked as what its `kind` says, so that the error names the place in that. */
export const readRangeRequest = (given: unknown): RangeRequest => {
  const kind = typeof given === 'object' && given !== null && 'kind' in given ? given.kind : undefined;
  const [check, what] = RANGE_REQUESTS.get(kind) ?? [nothing, 'request of an executor'];
  return readBy(check, what, given);
};

const nothing: MessageCheck = () => false;
