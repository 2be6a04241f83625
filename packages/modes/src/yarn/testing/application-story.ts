import type { Heartbeat } from '@penstock/model';
import { NOTHING_KNOWN, plainHeartbeat, Story } from '../../supervision/testing/story.ts';
import { decideYarn } from '../decide/decide-yarn.ts';
import { type ApplicationView, releasedYarn, type YarnEvidence, type YarnSupervision } from '../yarn-records.ts';

const ID = 'application_1800000000000_0001';

/** A run of Cluster Mode and its supervisor. */
export class ApplicationStory extends Story<YarnSupervision, YarnEvidence> {
  protected supervision: YarnSupervision = NOTHING_KNOWN;
  protected decide = decideYarn;
  readonly began = this.now;
  #attempt = 0;
  protected launched = (): YarnSupervision => ({
    ...this.supervision,
    launches: this.supervision.launches + 1,
    launch: { launchId: 'l', kind: 'cluster', host: 'here', at: this.now, tag: 't' },
  });
  protected released = (): YarnSupervision => releasedYarn(this.supervision);
  protected heartbeat = (over: Partial<Heartbeat>): Heartbeat =>
    plainHeartbeat(this.now, {
      cluster: {
        tag: 't',
        applicationId: ID,
        attempt: this.#attempt,
        executors: ['1', '2'].map((executorId) => ({
          executorId,
          host: 'node1',
          containerId: `container_1800000000000_0001_01_00000${executorId}`,
          tasks: 2,
          jvmPid: 7,
          jvmRssMb: 230,
          jvmCpuMs: 1,
        })),
        batches: { intervalMs: 1000, completed: 5, waiting: 0, schedulingDelayMs: 1, processingMs: 300 },
      },
      ...over,
    });

  submitting = (): this => this.sees({ kind: 'submitting' });
  submittedInVain = (): this => this.sees({ kind: 'never-started' });
  accepted = (): this => this.#yarnSays({ state: 'ACCEPTED', attempts: 0, waiting: 'the queue is full' });
  driverRuns(attempt = 1): this {
    this.#attempt = attempt;
    return this.#yarnSays({ state: 'RUNNING' });
  }
  succeeded = (): this => this.#yarnSays({ state: 'FINISHED', finalStatus: 'SUCCEEDED' });
  killed = (): this => this.#yarnSays({ state: 'KILLED', finalStatus: 'KILLED', diagnostics: 'killed by dr.who' });
  resourceManagerAway = (): this => this.sees({ kind: 'unreachable', message: 'connect ECONNREFUSED' });
  forgotten = (): this => this.sees({ kind: 'lost', applicationId: ID });

  #yarnSays(over: Partial<ApplicationView>): this {
    const application: ApplicationView = {
      applicationId: ID,
      state: 'RUNNING',
      finalStatus: 'UNDEFINED',
      diagnostics: '',
      queue: 'default',
      attempts: this.#attempt,
      trackingUrl: '',
      startedAt: 1,
      finishedAt: 0,
      memoryMb: 6144,
      vcores: 3,
      containers: 3,
      ...over,
    };
    return this.sees({ kind: 'application', application });
  }
}
