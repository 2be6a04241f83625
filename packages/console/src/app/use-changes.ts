import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { changeIn, concerns } from '../api/changes.ts';
import { setCutOff, usePaused } from '../kit/live.ts';

/** Changes that come together are answered by one look. */
const GATHER_MS = 200;

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
  const changed = { ids: new Set<string>(), kinds: new Set<string>() };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    timer = undefined;
    const now = { ids: new Set(changed.ids), kinds: new Set(changed.kinds) };
    changed.ids.clear();
    changed.kinds.clear();
    void client.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, now) });
  };
  stream.addEventListener('change', ({ data }) => {
    const { pipelineId, kind } = changeIn(data);
    if (pipelineId !== null) changed.ids.add(pipelineId);
    changed.kinds.add(kind);
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
