import type { YarnAttempt, YarnContainer, YarnNode } from '../resource-manager/resource-manager.ts';
import type { KnownContainer } from '../yarn-records.ts';
import { attemptOfContainer, isContainerId, isDriverContainer, type LogContainer } from './container-log.ts';

/** What is asked of the ResourceManager; `ResourceManager` answers it. */
export interface ContainerDirectory {
  attempts(applicationId: string): Promise<readonly YarnAttempt[]>;
  containers(applicationId: string, attemptId: string): Promise<readonly YarnContainer[]>;
  nodes(): Promise<readonly YarnNode[]>;
}

/** Nodes of one host that are asked in turn for a container of which only the host is known. */
const MAX_NODES_PER_HOST = 4;
/** YARN keeps no more than a few, and asking for each costs a call. */
const MAX_ATTEMPTS = 20;

/**
 * The containers of an application: those the ResourceManager knows, and those the driver told of while they lived.
 * Addresses are the ResourceManager's alone: what a driver says is only taken to choose among its nodes.
 */
export const findContainers = async (
  directory: ContainerDirectory,
  applicationId: string,
  known: readonly KnownContainer[],
  scheme: 'http' | 'https',
): Promise<readonly LogContainer[]> => {
  const found = new Map<string, LogContainer>();
  const names = new Map(known.map(({ containerId, executorId }) => [containerId, executorId]));
  const add = (containerId: string, nodeUrls: readonly string[]): void => {
    if (!isContainerId(containerId)) return;
    const before = found.get(containerId);
    const role = isDriverContainer(containerId) ? 'driver' : 'executor';
    found.set(containerId, {
      containerId,
      attempt: attemptOfContainer(containerId),
      role,
      executorId: role === 'driver' ? null : (names.get(containerId) ?? null),
      nodeUrls: before === undefined || before.nodeUrls.length === 0 ? nodeUrls : before.nodeUrls,
    });
  };
  const attempts = await directory.attempts(applicationId);
  for (const { containerId, nodeHttpAddress } of attempts) add(containerId, originsOf(nodeHttpAddress, scheme));
  for (const { attemptId } of attempts.slice(-MAX_ATTEMPTS))
    for (const { containerId, nodeHttpAddress } of await directory.containers(applicationId, attemptId))
      add(containerId, originsOf(nodeHttpAddress, scheme));
  const lost = known.filter(({ containerId }) => (found.get(containerId)?.nodeUrls.length ?? 0) === 0);
  const nodes = lost.length === 0 ? [] : await directory.nodes();
  for (const { containerId, host } of lost) {
    const ofHost = nodes.filter(({ httpAddress }) => httpAddress.replace(/:\d+$/, '') === host);
    add(
      containerId,
      ofHost.slice(0, MAX_NODES_PER_HOST).flatMap(({ httpAddress }) => originsOf(httpAddress, scheme)),
    );
  }
  return [...found.values()].sort(
    (a, b) => a.attempt - b.attempt || (a.containerId < b.containerId ? -1 : a.containerId > b.containerId ? 1 : 0),
  );
};

/** `host:port`, or an origin already; none for what is neither. */
const originsOf = (address: string, scheme: 'http' | 'https'): string[] => {
  const given = /^https?:\/\//.test(address) ? address : `${scheme}://${address}`;
  return URL.canParse(given) && new URL(given).hostname !== '' && address !== '' ? [new URL(given).origin] : [];
};
