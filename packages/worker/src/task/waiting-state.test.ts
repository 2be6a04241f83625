import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { longestWaiting, WaitingState } from './waiting-state.ts';

const away = (message: string) => new AppError('KAFKA_UNREACHABLE', message, { domain: 'external', retryable: true });

test('waits since the first attempt that failed for Kafka, in the words of the last, until one works', () => {
  const clock = { now: () => 5 };
  const state = new WaitingState(clock);
  state.failed(away('first'));
  clock.now = () => 9;
  state.failed(away('second'));
  assert.deepEqual(state.current, { code: 'KAFKA_UNREACHABLE', message: 'second', since: 5 });
  state.worked();
  assert.equal(state.current, undefined);
});

test('other errors neither begin nor end it', () => {
  const state = new WaitingState({ now: () => 5 });
  const seen = [new Error('a bug'), away('no broker'), new AppError('DOCUMENT_INVALID', 'no', { domain: 'user' })].map(
    (error) => {
      state.failed(error);
      return state.current?.code;
    },
  );
  assert.deepEqual(seen, [undefined, 'KAFKA_UNREACHABLE', 'KAFKA_UNREACHABLE']);
});

test('of several the longest is told', () => {
  const waiting = (since: number) => ({ code: 'KAFKA_TIMEOUT', message: '', since });
  assert.equal(longestWaiting([undefined, waiting(7), waiting(3), undefined])?.since, 3);
  assert.equal(longestWaiting([undefined]), undefined);
});
