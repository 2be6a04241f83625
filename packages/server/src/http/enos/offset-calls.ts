import { getOffsetLag } from '../../lifecycle/offset-lag.ts';
import { resetOffset } from '../../lifecycle/reset-offset.ts';
import type { EnosAnswer, EnosContext } from './answer-call.ts';

/** Get Pipeline Offset and Lag (contract A.12). */
export const offsetLagCall = async ({ deps, orgId, pipelineId }: EnosContext): Promise<EnosAnswer> => {
  const { topicName, samples, topics } = await getOffsetLag(deps, { orgId, pipelineId });
  return { data: { topicName, lagAndOffset: samples, pipelineId, ...(topics === undefined ? {} : { topics }) } };
};

/** Reset Pipeline Offset (contract A.12). */
export const resetOffsetCall = async ({ deps, orgId, pipelineId, actor }: EnosContext): Promise<EnosAnswer> => {
  await resetOffset(deps, { orgId, pipelineId, actor });
  return { data: '' };
};
