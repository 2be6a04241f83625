import type { Pipeline } from '@penstock/client/session';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Tried } from '../../api/filters/topic-filters.ts';
import { type PreviewSource, readSourceTopics } from '../../api/preview.ts';
import { letterQuery } from '../../api/records/dead-letters.ts';
import { topicRecordQuery } from '../../api/records/topics.ts';
import type { PipelineDocument } from '../../document/shape.ts';
import { pastedFrom } from './preview/pasted-from.ts';

const NOTHING: PreviewSource = { kind: 'pasted', text: '' };

/** What the address says is to be tried out, given to the data source it came from. What is gone, or no text, leaves the preview empty. */
export const useTried = (
  { orgId, pipelineId, messageChannel }: Pipeline,
  document: PipelineDocument | undefined,
): { readonly isLoading: boolean; readonly source: PreviewSource | undefined } => {
  const search = useSearch({ from: '/organizations/$orgId/pipelines/$pipelineId/design' });
  const client = useQueryClient();
  const isAsked = search.letter !== undefined || search.record !== undefined;
  const { isLoading, data } = useQuery({
    queryKey: ['tried', pipelineId, search],
    queryFn: async (): Promise<PreviewSource> => {
      const found = await readMessage(client, orgId, search);
      if (found === undefined) return NOTHING;
      const subject = { orgId, messageChannel: messageChannel === 1 ? 1 : 0, document: document ?? {} } as const;
      return pastedFrom(found, await readSourceTopics(subject));
    },
    enabled: isAsked && document !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return { isLoading, source: isAsked ? (data ?? NOTHING) : undefined };
};

/** The message that is to be tried out, with the topic it lies in. */
const readMessage = async (client: QueryClient, orgId: string, { letter: letterId, topic, record: at }: Tried) => {
  if (letterId !== undefined) {
    const letter = await client.fetchQuery(letterQuery(orgId, letterId));
    return letter.valueText === undefined ? undefined : { topic: letter.source.topic, message: letter.valueText };
  }
  if (topic === undefined || at === undefined) return undefined;
  const text = (await client.fetchQuery(topicRecordQuery(orgId, topic, at)))?.value?.text;
  return text == null ? undefined : { topic, message: text };
};
