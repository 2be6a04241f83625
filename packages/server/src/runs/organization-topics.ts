import type { TopicAdmin } from '@penstock/kafka';
import { deadLetterTopicOf, systemTopicsOf } from '@penstock/model';

const DEFAULT_PARTITIONS = 4;

/** Room for a record of 1 MB with the headers that say why it failed; kept for 30 days. */
const DEAD_LETTER_CONFIG = { 'max.message.bytes': '4194304', 'retention.ms': String(30 * 24 * 3600_000) };

/** Creates the topics every organisation has (contract G.2) and its dead letters, where they are missing. */
export const ensureOrganizationTopics = async (
  admin: TopicAdmin,
  orgId: string,
  partitions = DEFAULT_PARTITIONS,
): Promise<{ topic: string; created: boolean }[]> => {
  const deadLetters = deadLetterTopicOf(orgId);
  const outcome: { topic: string; created: boolean }[] = [];
  for (const topic of [...systemTopicsOf(orgId), deadLetters]) {
    const exists = (await admin.partitionCount(topic)) !== undefined;
    if (!exists)
      await admin.ensureTopic(topic, { partitions, ...(topic === deadLetters ? { config: DEAD_LETTER_CONFIG } : {}) });
    outcome.push({ topic, created: !exists });
  }
  return outcome;
};
