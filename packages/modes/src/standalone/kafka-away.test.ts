import { test } from 'node:test';
import type { Heartbeat } from '@penstock/model';
import { minutes, seconds } from '../supervision/testing/story.ts';
import { WorkerStory } from './testing/worker-story.ts';

const NOTICE = { notice: 'WAITING_FOR_KAFKA' };
const away = (story: WorkerStory): Partial<Heartbeat> => ({
  waiting: { code: 'KAFKA_UNREACHABLE', message: 'No broker answers.', since: story.began },
});
const backlogged = (stalledMs: number): Heartbeat['tasks'] => [
  { part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 9, lag: 4, stalledMs },
];

test('a broker that is away for 24 hours ends no run that was running, and replaces no worker', () => {
  const story = new WorkerStory().decides('spawn').alive().reports('running').decides('workerRunning');
  for (let hour = 0; hour < 24; hour++)
    for (let minute = 0; minute < 60; minute++)
      story
        .silentFor(seconds(59))
        .reports('running', { ...away(story), tasks: backlogged(minutes(hour * 60 + minute)) })
        .decides('nothing', NOTICE);
  story.reports('running').decides('nothing');
});

test('a broker that is away for 24 hours ends no run that was being started', () => {
  const story = new WorkerStory().decides('spawn').alive();
  for (let minute = 0; minute < 24 * 60; minute++)
    story.silentFor(seconds(59)).reports('starting', away(story)).decides('nothing', NOTICE);
  story.reports('starting').decides('nothing').reports('running').decides('workerRunning');
});

test('a destination that is away for a day is waited for as Kafka is, and is said to be what is missing', () => {
  const story = new WorkerStory().decides('spawn').alive().reports('running').decides('workerRunning');
  const waiting = { code: 'TARGET_UNREACHABLE', message: 'The server cannot be reached.', since: story.began };
  for (let minute = 0; minute < 24 * 60; minute++)
    story
      .silentFor(seconds(59))
      .reports('running', { waiting, tasks: backlogged(minutes(minute)) })
      .decides('nothing', { notice: 'WAITING_FOR_TARGET' });
  story.reports('running').decides('nothing');
});

test('reference data that the service does not give is waited for as Kafka is, and is said to be what is missing', () => {
  const story = new WorkerStory().decides('spawn').alive();
  const waiting = { code: 'REFERENCE_UNREACHABLE', message: 'No instance answers.', since: story.began };
  for (let minute = 0; minute < 24 * 60; minute++)
    story
      .silentFor(seconds(59))
      .reports('starting', { waiting })
      .decides('nothing', { notice: 'WAITING_FOR_REFERENCE' });
  story.reports('starting').decides('nothing').reports('running').decides('workerRunning');
});

test('workers that die every twenty minutes meanwhile do not add up', () => {
  const story = new WorkerStory().decides('spawn').alive();
  for (let death = 0; death < 72; death++) {
    for (let minute = 0; minute < 20; minute++)
      story.silentFor(seconds(59)).reports('starting', away(story)).decides('nothing', NOTICE);
    story.endedBy('SIGKILL').decides('nothing').silentFor(seconds(2)).decides('spawn').alive();
  }
});

test('workers that end because Kafka does not answer are started again however often they do', () => {
  const story = new WorkerStory().decides('spawn');
  const failure = { code: 'KAFKA_UNREACHABLE', message: 'No broker answers.', retryable: true };
  for (let attempt = 0; attempt < 24 * 60; attempt++)
    story
      .alive()
      .reports('failed', { failure })
      .exitedWith(1)
      .decides('nothing')
      .silentFor(minutes(1))
      .decides('spawn');
});

test('a restore that gets on is never late; one that stands still for ten minutes is', () => {
  const story = new WorkerStory().decides('spawn').alive();
  for (let minute = 0; minute < 120; minute++)
    story
      .silentFor(seconds(59))
      .reports('starting', { startProgress: minute * 1000 })
      .decides('nothing');
  for (let minute = 0; minute < 10; minute++)
    story.silentFor(seconds(58)).reports('starting', { startProgress: 119_000 }).decides('nothing');
  story
    .silentFor(seconds(59))
    .reports('starting', { startProgress: 119_000 })
    .decides('kill', { reason: 'WORKER_START_TIMEOUT' });
});

test('time spent waiting for Kafka does not count for the start', () => {
  const story = new WorkerStory().decides('spawn').alive();
  story.silentFor(minutes(0)).reports('starting', { startProgress: 7 }).decides('nothing');
  for (let minute = 0; minute < 30; minute++)
    story
      .silentFor(seconds(10))
      .reports('starting', { startProgress: 7, ...away(story) })
      .decides('nothing', NOTICE);
  story.reports('starting', { startProgress: 7 }).decides('nothing');
  for (let minute = 0; minute < 9; minute++)
    story.silentFor(seconds(59)).reports('starting', { startProgress: 7 }).decides('nothing');
});
