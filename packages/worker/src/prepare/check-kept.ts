import type { CutEntry, StateManifest } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, consumerGroupOf, type RunLayout } from '@penstock/model';

/**
 * Errors: `CUT_NOT_DRAINED` for a cut that the new plan does not have while records wait in it: they were read from the
 * source and belong to the version before.
 */
export const checkDrained = async (
  { topic, before }: CutEntry,
  pipelineId: string,
  admin: Pick<TopicAdmin, 'describeTopic' | 'latestOffsets' | 'earliestOffsets' | 'committedOffsets'>,
): Promise<void> => {
  if ((await admin.describeTopic(topic)) === undefined) return;
  const ends = await admin.latestOffsets(topic, 'read-committed');
  const beginnings = await admin.earliestOffsets(topic);
  const committed = await admin.committedOffsets(consumerGroupOf(pipelineId), topic);
  let waiting = 0;
  for (const [partition, end] of ends) {
    const from = Math.max(committed.get(partition) ?? Number.NEGATIVE_INFINITY, beginnings.get(partition) ?? 0);
    waiting += Math.max(0, end - from);
  }
  if (waiting === 0) return;
  throw new AppError(
    'CUT_NOT_DRAINED',
    `About ${waiting} records that were read from the source wait in front of stage "${before}" (topic "${topic}"), and the released document would never read them. Release the version before again, start it, pause it once its lag is 0, and then release this one; or reset the offset, which gives up what was not processed.`,
    { domain: 'user', params: { topic, stage: before, waiting } },
  );
};

/** Errors: `STATE_LOST` where the topic with kept state is gone, or was made anew by somebody else. */
export const checkState = async (
  kept: StateManifest,
  { topics }: RunLayout,
  admin: Pick<TopicAdmin, 'describeTopic'>,
): Promise<void> => {
  if (kept.stateTopicId === null || kept.stores.length === 0) return;
  const found = await admin.describeTopic(topics.state);
  if (found?.id === kept.stateTopicId) return;
  const stages = [...new Set(kept.stores.map(({ stage }) => `"${stage}"`))].join(', ');
  throw new AppError(
    'STATE_LOST',
    `The state of ${stages} is gone: topic "${topics.state}" was deleted${found === undefined ? '' : ' and made anew'} while the pipeline was not running. It is not started with empty state unasked. Reset its state to go on from its position with none, or stop it to begin anew.`,
    { domain: 'user', params: { topic: topics.state } },
  );
};
