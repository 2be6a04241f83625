import { test } from 'node:test';
import { minutes, seconds } from '../../supervision/testing/story.ts';
import { ApplicationStory } from '../testing/application-story.ts';

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
