import type { ClusterSizing, ContainerSize } from '@penstock/model';
import type { ContainerLimit, SchedulerFacts, YarnNode, YarnQueue } from './resource-manager.ts';

export interface ClusterFacts {
  readonly nodes: readonly YarnNode[];
  readonly scheduler: SchedulerFacts;
  /** Absent: the cluster's default. */
  readonly queue: string | undefined;
  /** Whether the scheduler counts cores (DominantResourceCalculator) or memory alone, which is YARN's default. */
  readonly countsCores: boolean;
}

const USABLE = new Set(['RUNNING', 'NEW', 'REBOOTED', 'UNHEALTHY']);

/**
 * Why the cluster could never give a run its containers, even if it were empty; undefined where it could. Only what is
 * certain is an objection. The share of a queue that drivers may take is none: YARN lets one application run alone
 * whatever the share is.
 */
export const whyNeverFits = (sizing: ClusterSizing, facts: ClusterFacts): string | undefined => {
  const nodes = facts.nodes.filter(({ state }) => USABLE.has(state));
  if (nodes.length === 0) return undefined; // a cluster that is just starting, or ending: it can still come back
  const queue = queueOf(facts);
  if (facts.queue !== undefined && facts.scheduler.queues.length > 0 && queue === undefined)
    return `The cluster has no queue "${facts.queue}".`;
  if (queue?.isStopped === true) return `The queue "${queue.path}" is stopped.`;
  return (
    whyContainerNeverFits('The driver', sizing.driver, nodes, queue, facts) ??
    whyContainerNeverFits('An executor', sizing.executor, nodes, queue, facts) ??
    whyQueueIsTooSmall(sizing, nodes, queue) ??
    whyAllNeverFit(sizing, nodes, facts.countsCores)
  );
};

const queueOf = ({ queue, scheduler }: ClusterFacts): YarnQueue | undefined => {
  const wanted = queue ?? 'default';
  return scheduler.queues.find(({ name, path }) => path === wanted || path === `root.${wanted}` || name === wanted);
};

const whyContainerNeverFits = (
  who: string,
  size: ContainerSize,
  nodes: readonly YarnNode[],
  queue: YarnQueue | undefined,
  facts: ClusterFacts,
): string | undefined => {
  const asked = `${who} needs a container of ${size.containerMb} MiB and ${cores(size.cores)}`;
  const limit: ContainerLimit | undefined = queue?.maximumAllocation ?? facts.scheduler.maximumAllocation;
  if (limit !== undefined && (size.containerMb > limit.memoryMb || size.cores > limit.vcores))
    return `${asked}; the cluster allows containers of up to ${limit.memoryMb} MiB and ${cores(limit.vcores)}.`;
  if (nodes.some((node) => holds(node, size, facts.countsCores))) return undefined;
  const largest = Math.max(...nodes.map(({ memoryMb }) => memoryMb));
  return `${asked}; no node of the cluster is that large (the largest has ${largest} MiB).`;
};

const whyQueueIsTooSmall = (
  sizing: ClusterSizing,
  nodes: readonly YarnNode[],
  queue: YarnQueue | undefined,
): string | undefined => {
  if (queue === undefined) return undefined;
  const totalMb = nodes.reduce((sum, { memoryMb }) => sum + memoryMb, 0);
  const byShare = queue.maxShare === undefined ? totalMb : totalMb * queue.maxShare;
  const mostMb = Math.floor(Math.min(byShare, queue.maxMemoryMb ?? totalMb));
  const wantedMb = sizing.driver.containerMb + sizing.executors * sizing.executor.containerMb;
  return wantedMb <= mostMb
    ? undefined
    : `${together(sizing, wantedMb)}; the queue "${queue.path}" can never have more than ${mostMb} MiB.`;
};

/** Over empty nodes, for every node that could take the driver. */
const whyAllNeverFit = (
  sizing: ClusterSizing,
  nodes: readonly YarnNode[],
  countsCores: boolean,
): string | undefined => {
  const { driver, executor, executors } = sizing;
  // All executors are alike, so how many fit depends only on the node that the driver takes.
  const withDriverOn = nodes.filter((node) => holds(node, driver, countsCores));
  const places = withDriverOn.map((driverNode) =>
    nodes.reduce((sum, node) => {
      const rest = node === driverNode ? without(node, driver) : node;
      return sum + countOf(rest, executor, countsCores);
    }, 0),
  );
  const most = Math.max(0, ...places);
  if (most >= executors) return undefined;
  const wantedMb = driver.containerMb + executors * executor.containerMb;
  return (
    `${together(sizing, wantedMb)}; an empty cluster of ${nodes.length} nodes has room for the driver and ` +
    `${most} of ${executors} executors.`
  );
};

const holds = (node: YarnNode, size: ContainerSize, countsCores: boolean): boolean =>
  countOf(node, size, countsCores) > 0;

const countOf = (node: Pick<YarnNode, 'memoryMb' | 'vcores'>, size: ContainerSize, countsCores: boolean): number =>
  Math.max(
    0,
    Math.min(
      Math.floor(node.memoryMb / size.containerMb),
      countsCores ? Math.floor(node.vcores / size.cores) : Number.POSITIVE_INFINITY,
    ),
  );

const without = (node: YarnNode, size: ContainerSize): Pick<YarnNode, 'memoryMb' | 'vcores'> => ({
  memoryMb: node.memoryMb - size.containerMb,
  vcores: node.vcores - size.cores,
});

const cores = (count: number): string => (count === 1 ? '1 core' : `${count} cores`);

const together = ({ executors }: ClusterSizing, totalMb: number): string =>
  `The driver and ${executors === 1 ? '1 executor' : `${executors} executors`} need ${totalMb} MiB together`;
