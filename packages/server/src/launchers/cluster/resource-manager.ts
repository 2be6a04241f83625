import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { ResourceManagerHttp, type ResourceManagerHttpOptions } from './resource-manager-http.ts';

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

/** States of an application that has not ended. */
export const LIVE_STATES = 'NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING';
export const ENDED_STATES = 'FINISHED,FAILED,KILLED';

export const hasEnded = (app: YarnApplication): boolean => ENDED_STATES.split(',').includes(app.state);

/** What we ask YARN's ResourceManager over REST. Errors: those of `ResourceManagerHttp`. */
export class ResourceManager {
  readonly #http: ResourceManagerHttp;

  constructor(options: ResourceManagerHttpOptions) {
    this.#http = new ResourceManagerHttp(options);
  }

  /**
   * Applications with a tag, in any state unless `states` (comma separated) says which. `finishedSince`: Unix ms, by
   * the ResourceManager's clock. Ended ones are known for a while only.
   */
  async applicationsByTag(
    tag: string,
    filter: { readonly states?: string; readonly finishedSince?: number } = {},
  ): Promise<YarnApplication[]> {
    const { states, finishedSince } = filter;
    const body = await this.#http.get('/apps', {
      applicationTags: tag,
      ...(states === undefined ? {} : { states }),
      ...(finishedSince === undefined ? {} : { finishedTimeBegin: String(finishedSince) }),
    });
    return list(body?.apps, 'app').map(applicationOf);
  }

  /** Undefined: the ResourceManager does not know it (any more). */
  async application(id: string): Promise<YarnApplication | undefined> {
    const body = await this.#http.get(`/apps/${encodeURIComponent(id)}`);
    return isJsonObject(body?.app) ? applicationOf(body.app) : undefined;
  }

  async attempts(id: string): Promise<YarnAttempt[]> {
    const body = await this.#http.get(`/apps/${encodeURIComponent(id)}/appattempts`);
    return list(body?.appAttempts, 'appAttempt').map(attemptOf);
  }

  /** Containers of an attempt that the ResourceManager still knows: those that run, and of late ones. */
  async containers(id: string, attemptId: string): Promise<YarnContainer[]> {
    const path = `/apps/${encodeURIComponent(id)}/appattempts/${encodeURIComponent(attemptId)}/containers`;
    const body = await this.#http.get(path);
    return list(body, 'container').map(containerOf);
  }

  /** Asks for the end of an application; it is there a few seconds later. Of one that is unknown or ended: nothing. */
  async kill(id: string): Promise<void> {
    await this.#http.put(`/apps/${encodeURIComponent(id)}/state`, { state: 'KILLED' });
  }

  async nodes(): Promise<YarnNode[]> {
    const body = await this.#http.get('/nodes');
    return list(body?.nodes, 'node').map(nodeOf);
  }

  async metrics(): Promise<ClusterMetrics> {
    const given = object((await this.#http.get('/metrics'))?.clusterMetrics);
    return {
      totalMb: number(given.totalMB),
      availableMb: number(given.availableMB),
      totalVcores: number(given.totalVirtualCores),
      availableVcores: number(given.availableVirtualCores),
      activeNodes: number(given.activeNodes),
    };
  }

  async scheduler(): Promise<SchedulerFacts> {
    const info = object(object((await this.#http.get('/scheduler'))?.scheduler).schedulerInfo);
    const root = isJsonObject(info.rootQueue) ? info.rootQueue : info;
    return { maximumAllocation: limitOf(info.maximumAllocation), queues: queuesBelow(root) };
  }
}

const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: JsonValue | undefined): number => {
  const parsed = Number(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
  return Number.isFinite(parsed) ? parsed : 0;
};
/** YARN writes an absent list as null or as {}, and, in some versions, a list of one as the one. */
const list = (holder: JsonValue | undefined, name: string): JsonObject[] => {
  const given = object(holder)[name];
  return (Array.isArray(given) ? given : [given]).filter(isJsonObject);
};

const attemptNumber = (containerId: string): number =>
  Number(/container_(?:e\d+_)?\d+_\d+_(\d+)_/.exec(containerId)?.[1] ?? 0);

const applicationOf = (given: JsonObject): YarnApplication => {
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

const attemptOf = (given: JsonObject): YarnAttempt => ({
  number: attemptNumber(text(given.containerId)) || number(given.id),
  attemptId: text(given.appAttemptId),
  containerId: text(given.containerId),
  state: text(given.appAttemptState),
  nodeHttpAddress: text(given.nodeHttpAddress),
  startedAt: number(given.startTime),
});

const containerOf = (given: JsonObject): YarnContainer => ({
  containerId: text(given.containerId),
  state: text(given.containerState),
  exitStatus: given.containerExitStatus === undefined ? undefined : number(given.containerExitStatus),
  nodeHttpAddress: text(given.nodeHttpAddress),
  memoryMb: number(given.allocatedMB),
  vcores: number(given.allocatedVCores),
  diagnostics: text(given.diagnosticsInfo),
});

const nodeOf = (given: JsonObject): YarnNode => ({
  id: text(given.id),
  state: text(given.state),
  httpAddress: text(given.nodeHTTPAddress),
  memoryMb: number(given.usedMemoryMB) + number(given.availMemoryMB),
  vcores: number(given.usedVirtualCores) + number(given.availableVirtualCores),
});

const limitOf = (given: JsonValue | undefined): ContainerLimit | undefined =>
  isJsonObject(given) ? { memoryMb: number(given.memory), vcores: number(given.vCores) } : undefined;

/** Leaf queues of the capacity, fifo and fair schedulers, which each tell of them in their own way. */
const queuesBelow = (queue: JsonObject): YarnQueue[] => {
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
