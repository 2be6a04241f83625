import { test } from 'node:test';
import type { Heartbeat } from '@penstock/model';
import { minutes, NOTHING_KNOWN, plainHeartbeat, Story, seconds } from '../../supervision/testing/story.ts';
import { type ApplicationView, releasedYarn, type YarnEvidence, type YarnSupervision } from '../yarn-records.ts';
import { decideYarn } from './decide-yarn.ts';

const ID = 'application_1800000000000_0001';

class ApplicationStory extends Story<YarnSupervision, YarnEvidence> {
  protected supervision: YarnSupervision = NOTHING_KNOWN;
  protected decide = decideYarn;
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

const accepted = (): ApplicationStory =>
  new ApplicationStory()
    .decides('spawn')
    .submitting()
    .decides('nothing', { notice: 'SUBMITTING' })
    .accepted()
    .decides('nothing', { notice: 'WAITING_FOR_CLUSTER' });

const running = (): ApplicationStory => accepted().driverRuns().reports('running').decides('workerRunning');

test('submitted, accepted, no room for a day: it waits, and says why', () => {
  accepted()
    .silentFor(minutes(24 * 60))
    .decides('nothing', { notice: 'WAITING_FOR_CLUSTER' });
});

test('accepted, driver started, driver reports: RUNNING is what the driver says, not YARN', () => {
  accepted()
    .driverRuns()
    .decides('nothing', { notice: 'DRIVER_STARTING' })
    .reports('starting')
    .decides('nothing')
    .reports('running')
    .decides('workerRunning');
});

test('submitted, accepted, running, silent for 11 minutes: killed, and no other application follows', () => {
  running()
    .silentFor(minutes(1))
    .decides('workerLost', { reason: 'DRIVER_SILENT', notice: 'DRIVER_SILENT' })
    .silentFor(minutes(10))
    .decides('kill', { reason: 'DRIVER_SILENT', notice: 'DRIVER_SILENT' })
    .killed()
    .decides('fence')
    .decides('workerFailed', { reason: 'DRIVER_SILENT' });
});

test('submitted in vain: submitted again when its turn comes', () => {
  new ApplicationStory().decides('spawn').submittedInVain().decides('nothing').silentFor(seconds(2)).decides('spawn');
});

test('submitting for six minutes: the submission is ended', () => {
  new ApplicationStory()
    .decides('spawn')
    .submitting()
    .silentFor(minutes(6))
    .decides('kill', { reason: 'SUBMIT_TIMEOUT', notice: 'SUBMITTING' });
});

test('the ResourceManager is away while the driver reports: it stays RUNNING, and people are told', () => {
  running()
    .resourceManagerAway()
    .reports('running')
    .decides('nothing', { notice: 'CLUSTER_UNREACHABLE' })
    .driverRuns()
    .reports('running')
    .decides('nothing');
});

test('its driver is lost, attempt 2 comes: not RUNNING meanwhile, and no doing of ours', () => {
  running()
    .accepted()
    .decides('workerLost', { reason: 'DRIVER_LOST', notice: 'WAITING_FOR_CLUSTER' })
    .driverRuns(2)
    .decides('nothing', { notice: 'DRIVER_STARTING' })
    .reports('running')
    .decides('workerRunning');
});

test('paused: told by its heartbeat, ends in good order, is paused', () => {
  running().wanted('pause').reports('draining').decides('nothing').succeeded().decides('workerStopped');
});

test('paused and does not follow for a minute: killed, fenced, paused', () => {
  running()
    .wanted('pause')
    .silentFor(seconds(59))
    .reports('running')
    .decides('kill')
    .killed()
    .decides('fence')
    .decides('workerStopped');
});

test('killed from outside: fenced, and in error with the reason', () => {
  running().killed().decides('fence').decides('workerFailed', { reason: 'APPLICATION_KILLED' });
});

test('forgotten by the ResourceManager: fenced, and in error with the reason', () => {
  running().forgotten().decides('fence').decides('workerFailed', { reason: 'CLUSTER_LOST' });
});
