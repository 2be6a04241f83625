import { test } from 'node:test';
import type { Heartbeat } from '@penstock/model';
import { minutes, seconds } from '../../supervision/testing/story.ts';
import { ApplicationStory } from '../testing/application-story.ts';

const NOTICE = { notice: 'WAITING_FOR_KAFKA' };
const away = (story: ApplicationStory): Partial<Heartbeat> => ({
  waiting: { code: 'KAFKA_UNREACHABLE', message: 'No broker answers.', since: story.began },
});

const driverStarts = (): ApplicationStory =>
  new ApplicationStory().decides('spawn').accepted().decides('nothing', { notice: 'WAITING_FOR_CLUSTER' }).driverRuns();

test('a broker that is away for 24 hours ends no application that was being started', () => {
  const story = driverStarts();
  for (let minute = 0; minute < 24 * 60; minute++)
    story.silentFor(seconds(59)).reports('starting', away(story)).decides('nothing', NOTICE);
  story.reports('starting').decides('nothing').reports('running').decides('workerRunning');
});

test('a broker that is away for 24 hours ends no application that was running', () => {
  const story = driverStarts().reports('running').decides('workerRunning');
  const backlogged = (stalledMs: number): Heartbeat['tasks'] => [
    { part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 9, lag: 4, stalledMs },
  ];
  for (let minute = 0; minute < 24 * 60; minute++)
    story
      .silentFor(seconds(59))
      .reports('running', { ...away(story), tasks: backlogged(minutes(minute)) })
      .decides('nothing', NOTICE);
  story.reports('running').decides('nothing');
});

test('attempts that YARN starts anew meanwhile wait as the first did', () => {
  const story = driverStarts();
  for (let attempt = 1; attempt < 50; attempt++) {
    story.driverRuns(attempt);
    for (let minute = 0; minute < 30; minute++)
      story.silentFor(seconds(59)).reports('starting', away(story)).decides('nothing', NOTICE);
  }
});

test('a restore that gets on is never late; one that stands still for ten minutes is', () => {
  const story = driverStarts();
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
    .decides('kill', { reason: 'DRIVER_START_TIMEOUT', notice: 'DRIVER_START_TIMEOUT' });
});
