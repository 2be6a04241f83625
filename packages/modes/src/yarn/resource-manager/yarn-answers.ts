import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** An application in the ResourceManager's words (`/ws/v1/cluster/apps`). Times are Unix ms, memory is MiB. */
export interface YarnApplication {
  readonly id: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly diagnostics: string;
  readonly queue: string;
  readonly user: string;
  readonly tags: readonly string[];
  readonly trackingUrl: string;
  readonly startedAt: number;
  /** 0 while it has not ended. */
  readonly finishedAt: number;
  /** By the ResourceManager's own clock. */
  readonly elapsedMs: number;
  /** Of the newest attempt, from 1; 0 before the first. */
  readonly attempt: number;
  readonly memoryMb: number;
  readonly vcores: number;
  readonly containers: number;
  /** Containers it has asked for and not got. */
  readonly pendingContainers: number;
  /** Memory of the largest of those, in MiB. */
  readonly pendingMemoryMb: number;
}

export interface YarnAttempt {
  readonly number: number;
  /** `appattempt_<cluster>_<application>_<attempt>`. */
  readonly attemptId: string;
  /** Container of the driver. */
  readonly containerId: string;
  readonly state: string;
  /** `host:port` of the NodeManager's web services; empty where unknown. */
  readonly nodeHttpAddress: string;
  readonly startedAt: number;
}

export interface YarnContainer {
  readonly containerId: string;
  readonly state: string;
  readonly exitStatus: number | undefined;
  /** An origin, `http://host:port`, of the NodeManager's web services; empty where unknown. */
  readonly nodeHttpAddress: string;
  readonly memoryMb: number;
  readonly vcores: number;
  readonly diagnostics: string;
}

export interface YarnNode {
  readonly id: string;
  readonly state: string;
  readonly httpAddress: string;
  /** Size, whether used or not. */
  readonly memoryMb: number;
  readonly vcores: number;
}

export interface ClusterMetrics {
  readonly totalMb: number;
  readonly availableMb: number;
  readonly totalVcores: number;
  readonly availableVcores: number;
  readonly activeNodes: number;
}

/** Queue names as a person would give them, and their limits where the scheduler tells of any. */
export interface SchedulerFacts {
  /** Largest container there may be at all. */
  readonly maximumAllocation: ContainerLimit | undefined;
  readonly queues: readonly YarnQueue[];
}

export interface ContainerLimit {
  readonly memoryMb: number;
  readonly vcores: number;
}

export interface YarnQueue {
  readonly name: string;
  /** From the root, with dots. */
  readonly path: string;
  readonly isStopped: boolean;
  readonly maximumAllocation: ContainerLimit | undefined;
  /** Most of the cluster it can ever have, 0..1. */
  readonly maxShare: number | undefined;
  /** The same as an amount, as the fair scheduler has it. */
  readonly maxMemoryMb: number | undefined;
}

export const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
export const number = (value: JsonValue | undefined): number => {
  const parsed = Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
  return Number.isFinite(parsed) ? parsed : 0;
};
/** YARN writes an absent list as null or as {}, and, in some versions, a list of one as the one. */
export const list = (holder: JsonValue | undefined, name: string): JsonObject[] => {
  const given = object(holder)[name];
  return (Array.isArray(given) ? given : [given]).filter(isJsonObject);
};

const attemptNumber = (containerId: string): number =>
  Number(/container_(?:e\d+_)?\d+_\d+_(\d+)_/.exec(containerId)?.[1] ?? 0);

export const applicationOf = (given: JsonObject): YarnApplication => {
  // One row per host, rack and for any place; the last holds the total.
  const pending = list(given, 'resourceRequests').filter(({ resourceName }) => resourceName === '*');
  return {
    id: text(given.id),
    state: text(given.state),
    finalStatus: text(given.finalStatus),
    diagnostics: text(given.diagnostics),
    queue: text(given.queue),
    user: text(given.user),
    tags: text(given.applicationTags).split(','),
    trackingUrl: text(given.trackingUrl),
    startedAt: number(given.startedTime),
    finishedAt: number(given.finishedTime),
    elapsedMs: number(given.elapsedTime),
    attempt: attemptNumber(text(given.amContainerLogs)),
    // -1 once it has ended
    memoryMb: Math.max(0, number(given.allocatedMB)),
    vcores: Math.max(0, number(given.allocatedVCores)),
    containers: Math.max(0, number(given.runningContainers)),
    pendingContainers: pending.reduce((sum, request) => sum + number(request.numContainers), 0),
    pendingMemoryMb: Math.max(
      0,
      ...pending
        .filter((request) => number(request.numContainers) > 0)
        .map((request) => number(object(request.capability).memory) || number(object(request.capability).memorySize)),
    ),
  };
};

export const attemptOf = (given: JsonObject): YarnAttempt => ({
  number: attemptNumber(text(given.containerId)) || number(given.id),
  attemptId: text(given.appAttemptId),
  containerId: text(given.containerId),
  state: text(given.appAttemptState),
  nodeHttpAddress: text(given.nodeHttpAddress),
  startedAt: number(given.startTime),
});

export const containerOf = (given: JsonObject): YarnContainer => ({
  containerId: text(given.containerId),
  state: text(given.containerState),
  exitStatus: given.containerExitStatus === undefined ? undefined : number(given.containerExitStatus),
  nodeHttpAddress: text(given.nodeHttpAddress),
  memoryMb: number(given.allocatedMB),
  vcores: number(given.allocatedVCores),
  diagnostics: text(given.diagnosticsInfo),
});

export const nodeOf = (given: JsonObject): YarnNode => ({
  id: text(given.id),
  state: text(given.state),
  httpAddress: text(given.nodeHTTPAddress),
  memoryMb: number(given.usedMemoryMB) + number(given.availMemoryMB),
  vcores: number(given.usedVirtualCores) + number(given.availableVirtualCores),
});

export const limitOf = (given: JsonValue | undefined): ContainerLimit | undefined =>
  isJsonObject(given) ? { memoryMb: number(given.memory), vcores: number(given.vCores) } : undefined;

/** Leaf queues of the capacity, fifo and fair schedulers, which each tell of them in their own way. */
export const queuesBelow = (queue: JsonObject): YarnQueue[] => {
  const children = [...list(queue.queues, 'queue'), ...list(queue.childQueues, 'queue')];
  if (children.length > 0) return children.flatMap(queuesBelow);
  const path = text(queue.queuePath) || text(queue.queueName) || 'default';
  const maxResources = object(queue.maxResources);
  return [
    {
      name: path.slice(path.lastIndexOf('.') + 1),
      path: path.startsWith('root') ? path : `root.${path}`,
      isStopped: text(queue.state) === 'STOPPED',
      maximumAllocation: limitOf(queue.maximumAllocation),
      maxShare: queue.absoluteMaxCapacity === undefined ? undefined : number(queue.absoluteMaxCapacity) / 100,
      maxMemoryMb: maxResources.memory === undefined ? undefined : number(maxResources.memory),
    },
  ];
};
