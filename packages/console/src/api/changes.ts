/** What of an event counts here. */
export interface Change {
  readonly pipelineId: string | null;
  readonly kind: string;
}

export const changeIn = (data: unknown): Change => {
  const value: unknown = JSON.parse(String(data));
  const fields: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { pipelineId, kind } = fields;
  return { pipelineId: typeof pipelineId === 'string' ? pipelineId : null, kind: String(kind) };
};

/** Queries that tell of something other than pipelines, by the kind of change. */
const OF_KIND: ReadonlyMap<string, readonly string[]> = new Map([
  ['access-key', ['access-keys']],
  ['alarm', ['alarm-counts', 'alarm-incidents', 'alarms']],
  ['alarm-delivery', ['alarm-deliveries']],
  ['alarm-receiver', ['alarm-receivers']],
  ['assets', ['asset', 'asset-model', 'asset-models', 'asset-places', 'asset-store', 'asset-trees', 'assets']],
  ['connection', ['connections']],
  ['grant', ['resources']],
  ['library', ['libraries', 'resources']],
  ['member', ['members']],
  ['queue-topic', ['queue-topics', 'resources', 'topics']],
  ['resource-warning', ['resources']],
  ['topic-grant', ['topic-grants', 'topics']],
  ['user', ['users']],
]);

export interface Changed {
  readonly ids: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** Queries that tell of what has changed; of a pipeline: lists by any, the others by their own. */
export const concerns = (queryKey: readonly unknown[], { ids, kinds }: Changed): boolean => {
  const [kind, id] = queryKey;
  for (const changed of kinds) if (OF_KIND.get(changed)?.includes(String(kind)) === true) return true;
  if ((kind === 'pipelines' || kind === 'pipeline-filing') && [...kinds].some((changed) => !OF_KIND.has(changed)))
    return true;
  return (kind === 'pipeline' || kind === 'events') && ids.has(String(id));
};
