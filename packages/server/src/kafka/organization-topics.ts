import type { TopicAdmin } from '@penstock/kafka';
import { deadLetterTopicConfig, deadLetterTopicOf, systemTopicsOf } from '@penstock/model';

const DEFAULT_PARTITIONS = 4;

/** Creates the topics every organisation has (contract G.2) and its dead letters, where they are missing. */
export const ensureOrganizationTopics = async (
  admin: TopicAdmin,
  orgId: string,
  partitions = DEFAULT_PARTITIONS,
  keepDeadLetters: { readonly days: number; readonly bytes: number } | undefined = undefined,
): Promise<{ topic: string; created: boolean }[]> => {
  const deadLetters = deadLetterTopicOf(orgId);
  const outcome: { topic: string; created: boolean }[] = [];
  for (const topic of [...systemTopicsOf(orgId), deadLetters]) {
    const exists = (await admin.partitionCount(topic)) !== undefined;
    if (!exists)
      await admin.ensureTopic(topic, {
        partitions,
        ...(topic === deadLetters ? { config: { ...deadLetterTopicConfig, ...retentionOf(keepDeadLetters) } } : {}),
      });
    outcome.push({ topic, created: !exists });
  }
  return outcome;
};

const retentionOf = (keep: { readonly days: number; readonly bytes: number } | undefined): Record<string, string> =>
  keep === undefined
    ? {}
    : { 'retention.ms': String(keep.days * 24 * 3600_000), 'retention.bytes': String(keep.bytes) };
