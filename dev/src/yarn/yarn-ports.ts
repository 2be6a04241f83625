import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { findFreePort, isPortFree } from '../ports.ts';

const MANAGER_PORTS = ['webapp', 'client', 'scheduler', 'tracker', 'admin'] as const;
const NODE_PORTS = ['container', 'webapp', 'localizer', 'collector'] as const;

export type ManagerPorts = Readonly<Record<(typeof MANAGER_PORTS)[number], number>>;
export type NodePorts = Readonly<Record<(typeof NODE_PORTS)[number], number>>;

export interface YarnPorts {
  readonly resourceManager: ManagerPorts;
  readonly nodeManagers: readonly NodePorts[];
}

/**
 * The ports of a cluster, kept in a file: a NodeManager is known by host and port, and finds its containers again only
 * under the same name. A port that somebody else has taken meanwhile is replaced.
 */
export const keepYarnPorts = async (file: string, nodeManagers: number): Promise<YarnPorts> => {
  const before = readPorts(file);
  const taken = new Set<number>();
  const keep = async (wanted: unknown): Promise<number> => {
    let port = typeof wanted === 'number' && Number.isInteger(wanted) ? wanted : 0;
    while (port < 1024 || port > 65_535 || taken.has(port) || !(await isPortFree(port))) port = await findFreePort();
    taken.add(port);
    return port;
  };
  const keepAll = async <Name extends string>(
    names: readonly Name[],
    known: unknown,
  ): Promise<Record<Name, number>> => {
    const wanted = typeof known === 'object' && known !== null ? (known as Record<string, unknown>) : {};
    const kept = {} as Record<Name, number>;
    for (const name of names) kept[name] = await keep(wanted[name]);
    return kept;
  };
  const ports: { resourceManager: ManagerPorts; nodeManagers: NodePorts[] } = {
    resourceManager: await keepAll(MANAGER_PORTS, before.resourceManager),
    nodeManagers: [],
  };
  for (let node = 0; node < nodeManagers; node++) {
    ports.nodeManagers.push(await keepAll(NODE_PORTS, before.nodeManagers?.[node]));
  }
  writeFileSync(file, JSON.stringify(ports, null, 2));
  return ports;
};

const readPorts = (file: string): { resourceManager?: unknown; nodeManagers?: readonly unknown[] } => {
  if (!existsSync(file)) return {};
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { resourceManager?: unknown; nodeManagers?: unknown };
    return {
      resourceManager: content.resourceManager,
      nodeManagers: Array.isArray(content.nodeManagers) ? content.nodeManagers : [],
    };
  } catch {
    return {}; // cut short by a crash: new ones are chosen
  }
};
