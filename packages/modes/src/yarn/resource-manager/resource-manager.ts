import { AppError, isJsonObject } from '@penstock/model';
import { ResourceManagerHttp, type ResourceManagerHttpOptions } from './resource-manager-http.ts';
import {
  applicationOf,
  attemptOf,
  type ClusterMetrics,
  containerOf,
  limitOf,
  list,
  nodeOf,
  number,
  object,
  queuesBelow,
  type SchedulerFacts,
  type YarnApplication,
  type YarnAttempt,
  type YarnContainer,
  type YarnNode,
} from './yarn-answers.ts';

export type {
  ClusterMetrics,
  ContainerLimit,
  SchedulerFacts,
  YarnApplication,
  YarnAttempt,
  YarnContainer,
  YarnNode,
  YarnQueue,
} from './yarn-answers.ts';

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
    return this.#certain(
      async () => {
        const body = await this.#http.get('/apps', {
          applicationTags: tag,
          ...(states === undefined ? {} : { states }),
          ...(finishedSince === undefined ? {} : { finishedTimeBegin: String(finishedSince) }),
        });
        return list(body?.apps, 'app').map(applicationOf);
      },
      (found) => found.length === 0,
    );
  }

  /** Undefined: the ResourceManager does not know it (any more). */
  async application(id: string): Promise<YarnApplication | undefined> {
    return this.#certain(
      async () => {
        const body = await this.#http.get(`/apps/${encodeURIComponent(id)}`);
        return isJsonObject(body?.app) ? applicationOf(body.app) : undefined;
      },
      (found) => found === undefined,
    );
  }

  /**
   * A ResourceManager that was started again answers before it has taken back the applications it had. What it does
   * not know counts only if it says so once more after it has said that it is active.
   */
  async #certain<T>(ask: () => Promise<T>, isNothing: (answer: T) => boolean): Promise<T> {
    const answer = await ask();
    if (!isNothing(answer)) return answer;
    const state = object((await this.#http.get('/info'))?.clusterInfo).haState;
    if (typeof state === 'string' && state !== 'ACTIVE')
      throw new AppError(
        'CLUSTER_UNREACHABLE',
        `The ResourceManager of the cluster is starting (${state}) and does not know its applications yet.`,
        { domain: 'external', retryable: true },
      );
    return ask();
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
