import type { JsonValue } from '@penstock/model';
import { maskDocument } from '../../pipelines/document-secrets.ts';
import { getPipelineCopy, listPipelines, type PipelineEntry } from '../../pipelines/read-pipelines.ts';
import type { EnosAnswer, EnosContext } from './answer-call.ts';

const MAX_PAGE_SIZE = 1000;
const MAX_PAGE_NO = 1_000_000_000;

/** List Pipelines (contract A.5). */
export const listCall = async ({ deps, orgId, query }: EnosContext): Promise<EnosAnswer> => {
  const pageSize = query.wholeNumber('pageSize', { fallback: 10, min: 1, max: MAX_PAGE_SIZE });
  const pageNo = query.wholeNumber('pageNo', { fallback: 1, min: 1, max: MAX_PAGE_NO });
  const isReleased = query.flag('ifReleased', false);
  const isSystem = query.flag('isSystem', false);
  const { total, pipelines } = await listPipelines(deps, {
    orgId,
    // System pipelines are released and never in design: who asks for them means these.
    isReleased: isReleased || isSystem,
    isSystem,
    limit: pageSize,
    offset: (pageNo - 1) * pageSize,
  });
  return { data: { count: total, pipelines: pipelines.map(entryOf) } };
};

/** The fields of the contract, then those it cuts off after `executionMode`, named as in the sibling calls. */
const entryOf = (pipeline: PipelineEntry) => ({
  orgId: pipeline.orgId,
  status: pipeline.status,
  version: pipeline.templateVersion,
  pipelineId: pipeline.pipelineId,
  pipelineName: pipeline.name,
  updateTime: new Date(pipeline.updatedAt).toISOString(),
  alarmConfig: pipeline.alarmConfig ?? '{}',
  templateType: pipeline.templateType,
  executionMode: pipeline.executionMode ?? 0,
  templateName: pipeline.templateName,
  messageChannel: pipeline.messageChannel,
  desc: pipeline.description,
  kafkaRate: pipeline.kafkaRate ?? 1000,
  resourceConfig: pipeline.resourceConfig === null ? null : enosResources(pipeline.resourceConfig),
});

/** As a start request would say it. */
const enosResources = (json: string): JsonValue => {
  const { mode: _, advanced, ...resources } = JSON.parse(json);
  return advanced === undefined
    ? resources
    : { ...resources, advanced: Object.entries(advanced).map(([key, value]) => ({ key, value })) };
};

/** Get Pipeline Details (contract A.6). `pipelineJson` is written as it was received, secrets masked. */
export const detailsCall = async ({ deps, orgId, pipelineId, query }: EnosContext): Promise<EnosAnswer> => {
  const isReleased = query.flag('ifReleased', false);
  const copy = await getPipelineCopy(deps, { orgId, pipelineId, isReleased });
  const fields = JSON.stringify({
    pipelineId: copy.pipelineId,
    pipelineName: copy.name,
    messageChannel: copy.messageChannel,
    templateType: copy.templateType,
    templateName: copy.templateName,
    version: copy.templateVersion,
    desc: copy.description,
  });
  return {
    dataText: `${fields.slice(0, -1)},"pipelineJson":${copy.document === null ? '{}' : maskDocument(copy.document)}}`,
  };
};
