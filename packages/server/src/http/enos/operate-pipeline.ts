import { pausePipeline, stopPipeline } from '../../lifecycle/change-desired.ts';
import { releasePipeline, releaseRemark } from '../../lifecycle/release-pipeline.ts';
import { startPipeline } from '../../lifecycle/start-pipeline.ts';
import { parseSaveRequest } from '../../pipelines/parse-save-request.ts';
import { savePipeline } from '../../pipelines/save-pipeline.ts';
import { findPipeline } from '../../use-case/find-pipeline.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import type { EnosAnswer, EnosContext } from './answer-call.ts';
import { bodyInvalid, type EnosCall } from './enos-reply.ts';
import { parseBody } from './request-body.ts';

/** Actions of Operate Pipeline (contract A.7 to A.11). */
export const operateActions: ReadonlySet<string> = new Set(['save', 'release', 'start', 'pause', 'stop']);

/** Success of an operate call: `data` is an empty text, as the response tables say. */
const done: EnosAnswer = { data: '' };

export const operatePipeline = async (call: EnosCall, context: EnosContext): Promise<EnosAnswer> => {
  const { deps, orgId, pipelineId, actor } = context;
  const target = { orgId, pipelineId, actor };
  switch (call) {
    case 'save':
      return save(context);
    case 'start':
      return start(context);
    case 'release':
      return release(context);
    case 'pause':
      await pausePipeline(deps, target);
      return done;
    case 'stop':
      await stopPipeline(deps, target);
      return done;
    default:
      throw new Error(`"${call}" is no action of a pipeline`);
  }
};

/** Success whatever the document is worth (contract A.8); what a start would refuse is said beside it. */
const release = async ({ deps, orgId, pipelineId, actor }: EnosContext): Promise<EnosAnswer> => {
  const submsg = releaseRemark((await releasePipeline(deps, { orgId, pipelineId, actor })).issues);
  return submsg === undefined ? done : { data: '', submsg };
};

const save = async ({ deps, orgId, pipelineId, actor, rawBody }: EnosContext): Promise<EnosAnswer> => {
  const isNew = pipelineId === 'null';
  const pipeline = isNew ? undefined : await findPipeline(deps.store.db, orgId, pipelineId);
  const body = parseBody(rawBody);
  if (!body.ok) return { failure: bodyInvalid('save', body.problem) };
  const parsed = parseSaveRequest(body.value, body.text, {
    documentBytes: deps.limits.documentBytes,
    ...(pipeline === undefined ? {} : { templateType: pipeline.templateType }),
  });
  if (parsed.value === undefined)
    throw new UseCaseError('DOCUMENT_INVALID', 'invalid', 'The request is invalid.', { issues: parsed.issues });
  return { data: await savePipeline(deps, { orgId, pipelineId: isNew ? null : pipelineId, actor }, parsed.value) };
};

/** A body that is not JSON is one more thing wrong with the start, so it is answered in the order of the others. */
const start = async ({ deps, orgId, pipelineId, actor, rawBody }: EnosContext): Promise<EnosAnswer> => {
  const body = parseBody(rawBody);
  await startPipeline(deps, { orgId, pipelineId, actor }, body.ok ? body.value : undefined).catch((error: unknown) => {
    if (body.ok || !(error instanceof UseCaseError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const issue = { code: 'BODY_INVALID', severity: 'error' as const, path: '', message: body.problem };
    const others = error.issues.filter(({ code }) => code !== 'START_BODY_INVALID');
    throw new UseCaseError('DOCUMENT_INVALID', 'invalid', body.problem, { issues: [issue, ...others] });
  });
  return done;
};
