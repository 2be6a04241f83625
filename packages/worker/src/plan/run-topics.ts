import { createHash } from 'node:crypto';
import type { Cut, Plan } from '@penstock/engine';
import { deadLetterTopicOf, type KeptCut, repartitionTopicOf, stateTopicOf, type TaskTopics } from '@penstock/model';

/** Room for a whole message of the usual largest size together with what is put around it. */
export const LARGE_MESSAGES = { 'max.message.bytes': String(16 * 1024 * 1024) };

/** Of the topics of cuts. Nothing goes by age or size: the worker deletes what has been processed. */
export const cutTopicConfig: Readonly<Record<string, string>> = {
  ...LARGE_MESSAGES,
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'segment.bytes': '67108864',
};

/** The topics of a plan; cuts that stay keep theirs. */
export const topicsOf = (plan: Plan, keptCuts: readonly KeptCut[] = []): TaskTopics => ({
  deadLetters: deadLetterTopicOf(plan.facts.orgId),
  state: stateTopicOf(plan.facts.pipelineId),
  cuts: plan.cuts.map(
    (cut) => keptCuts.find(({ before }) => before === cut.before)?.topic ?? cutTopicOf(plan.facts.pipelineId, cut),
  ),
});

/** By stage and key, so that a name says the same whatever else is in the document. */
const cutTopicOf = (pipelineId: string, { before, partitionedBy }: Cut): string => {
  const hash = createHash('sha256')
    .update(JSON.stringify([before, partitionedBy]))
    .digest('hex')
    .slice(0, 8);
  return repartitionTopicOf(pipelineId, `${before.replaceAll(/[^a-zA-Z0-9-]/g, '_').slice(0, 60)}-${hash}`);
};
