const ANSWER_TIMEOUT_MS = 3000;

/** A node as the ResourceManager reports it. */
export interface YarnNode {
  /** host:port */
  readonly id: string;
  /** NEW, RUNNING, UNHEALTHY, DECOMMISSIONING, DECOMMISSIONED, LOST, REBOOTED, SHUTDOWN. */
  readonly state: string;
  /** Unix ms of the node's last health report, by its own clock; made at its start and every two minutes. */
  readonly lastHealthUpdate: number;
}

/** Parsed answer of a GET; undefined where nobody answers (yet). */
const get = async (url: string): Promise<unknown> => {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined; // not up yet: the caller asks again until its deadline
  }
};

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);

export const isManagerStarted = async (url: string): Promise<boolean> =>
  at(await get(`${url}/ws/v1/cluster/info`), 'clusterInfo', 'state') === 'STARTED';

/** Whether a NodeManager's own web server answers, whatever the ResourceManager thinks of it. */
export const isNodeAnswering = async (url: string): Promise<boolean> =>
  at(await get(`${url}/ws/v1/node/info`), 'nodeInfo') !== undefined;

/** The nodes a ResourceManager knows; none where it does not answer. */
export const nodesOf = async (url: string): Promise<readonly YarnNode[]> => {
  const nodes = at(await get(`${url}/ws/v1/cluster/nodes`), 'nodes', 'node');
  return Array.isArray(nodes) ? (nodes as YarnNode[]) : [];
};
