import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { setCutOff, usePaused } from '../kit/live.ts';

/** Changes that come together are answered by one look. */
const GATHER_MS = 200;

/** What of an event counts here. */
interface Change {
  readonly pipelineId: string | null;
}

const changeIn = (data: unknown): Change => {
  const value: unknown = JSON.parse(String(data));
  const pipelineId = typeof value === 'object' && value !== null && 'pipelineId' in value ? value.pipelineId : null;
  return { pipelineId: typeof pipelineId === 'string' ? pipelineId : null };
};

/** Queries that tell of a pipeline: lists by any, the others by their own. */
const concerns = (queryKey: readonly unknown[], changed: ReadonlySet<string | null>): boolean => {
  const [kind, id] = queryKey;
  if (kind === 'pipelines' || kind === 'pipeline-filing') return true;
  return (kind === 'pipeline' || kind === 'events') && changed.has(String(id));
};

/**
 * Has the service tell of what happens in an organisation, as it happens, so that pages look again at once. A stream
 * that breaks off goes on where it was; where it cannot, everything is read anew.
 */
export const useChanges = (orgId: string): void => {
  const client = useQueryClient();
  const isPaused = usePaused();
  useEffect(() => (isPaused ? undefined : listen(client, orgId)), [client, orgId, isPaused]);
};

const listen = (client: QueryClient, orgId: string): (() => void) => {
  const stream = new EventSource(`/api/v1/events?orgId=${encodeURIComponent(orgId)}`);
  const changed = new Set<string | null>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    timer = undefined;
    const ids = new Set(changed);
    changed.clear();
    void client.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, ids) });
  };
  stream.addEventListener('change', ({ data }) => {
    changed.add(changeIn(data).pipelineId);
    timer ??= setTimeout(look, GATHER_MS);
  });
  stream.addEventListener('reset', () => void client.invalidateQueries());
  stream.addEventListener('open', () => setCutOff(false));
  // One that was refused for good (too many streams, say) is no loss of the service: figures still come.
  stream.addEventListener('error', () => setCutOff(stream.readyState === EventSource.CONNECTING));
  return () => {
    clearTimeout(timer);
    stream.close();
    setCutOff(false);
  };
};
