import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { setCutOff, usePaused } from '../kit/live.ts';

/** Changes that come together are answered by one look. */
const GATHER_MS = 200;

/** What of an event counts here. */
interface Change {
  readonly pipelineId: string | null;
  readonly kind: string;
}

const changeIn = (data: unknown): Change => {
  const value: unknown = JSON.parse(String(data));
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { pipelineId, kind } = fields;
  return { pipelineId: typeof pipelineId === 'string' ? pipelineId : null, kind: String(kind) };
};

/** Queries that tell of something other than pipelines, by the kind of change. */
const OF_KIND: ReadonlyMap<string, readonly string[]> = new Map([
  ['access-key', ['access-keys']],
  ['alarm', ['alarms']],
  ['alarm-delivery', ['alarm-deliveries']],
  ['alarm-receiver', ['alarm-receivers']],
  ['assets', ['asset', 'asset-model', 'asset-models', 'asset-store', 'asset-trees', 'assets']],
  ['connection', ['connections']],
  ['grant', ['grants']],
  ['member', ['members']],
  ['topic-grant', ['topic-grants', 'topics']],
  ['user', ['users']],
]);

interface Changed {
  readonly ids: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** Queries that tell of a pipeline: lists by any, the others by their own. */
const concerns = (queryKey: readonly unknown[], { ids, kinds }: Changed): boolean => {
  const [kind, id] = queryKey;
  for (const changed of kinds) if (OF_KIND.get(changed)?.includes(String(kind)) === true) return true;
  if (kind === 'pipelines' || kind === 'pipeline-filing') return true;
  return (kind === 'pipeline' || kind === 'events') && ids.has(String(id));
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
