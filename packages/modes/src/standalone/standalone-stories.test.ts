import { test } from 'node:test';
import { minutes, seconds } from '../supervision/testing/story.ts';
import { WorkerStory } from './testing/worker-story.ts';

const running = (): WorkerStory =>
  new WorkerStory().decides('spawn').alive().reports('running').decides('workerRunning');

test('started, restoring, running: RUNNING is what the worker says, not that its process lives', () => {
  new WorkerStory()
    .decides('spawn')
    .alive()
    .decides('nothing')
    .reports('starting')
    .decides('nothing')
    .reports('running')
    .decides('workerRunning')
    .reports('running')
    .decides('nothing');
});

test('running, killed from outside: lost, and replaced when its turn comes', () => {
  running()
    .endedBy('SIGKILL')
    .decides('workerLost', { reason: 'WORKER_EXITED' })
    .silentFor(seconds(2))
    .decides('spawn')
    .alive()
    .reports('running')
    .decides('workerRunning');
});

test('running, silent for 21 seconds although its process lives: killed and replaced', () => {
  running()
    .silentFor(seconds(19))
    .decides('nothing')
    .silentFor(seconds(2))
    .decides('workerLost, kill', { reason: 'WORKER_SILENT' })
    .endedBy('SIGKILL')
    .decides('nothing')
    .silentFor(seconds(2))
    .decides('spawn');
});

test('paused: told by its heartbeat, after 10 s by a signal, killed after 30 s; then it is paused', () => {
  running()
    .wanted('pause')
    .decides('nothing')
    .silentFor(seconds(11))
    .decides('graceful')
    .silentFor(seconds(20))
    .decides('kill')
    .endedBy('SIGKILL')
    .decides('workerStopped');
});

test('stopped: state is cleared when nothing is at work any more, not before', () => {
  running().wanted('stop').decides('nothing').exitedWith(0).decides('clear');
});

test('exits as one that cannot be helped: no other try', () => {
  new WorkerStory().decides('spawn').exitedWith(3).decides('startFailed', { reason: 'WORKER_EXITED' });
});

test('its host is out of sight and silent: another worker takes its place; a stop fences it first', () => {
  running()
    .hostOutOfSight()
    .silentFor(seconds(31))
    .decides('workerLost', { reason: 'WORKER_HOST_LOST' })
    .silentFor(seconds(2))
    .decides('spawn');
  running().hostOutOfSight().wanted('stop').silentFor(seconds(31)).decides('fence').decides('clear');
});

test('healthy for eleven minutes: an earlier failure is forgotten', () => {
  const story = running().endedBy('SIGKILL').decides('workerLost').silentFor(seconds(2)).decides('spawn').alive();
  story.reports('running').decides('workerRunning').silentFor(minutes(11)).reports('running').decides('nothing');
});
