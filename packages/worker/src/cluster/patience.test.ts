import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withinPatience } from './patience.ts';

const never = new Promise<never>(() => undefined);

test('what is done in time is answered, and what fails in time is told', async () => {
  assert.equal(await withinPatience(Promise.resolve(7), () => undefined, 60_000), 7);
  await assert.rejects(
    withinPatience(Promise.reject(new Error('no')), () => undefined, 60_000),
    /no/,
  );
});

test('what takes longer is answered with a word that asks to be asked again', async () => {
  await assert.rejects(
    withinPatience(never, () => undefined, 1),
    { code: 'START_UNDER_WAY', retryable: true },
  );
});

test('what is waited for is named', async () => {
  const waiting = { code: 'KAFKA_UNREACHABLE', message: 'No broker answers.', since: 1 };
  await assert.rejects(
    withinPatience(never, () => waiting, 1),
    { code: 'KAFKA_UNREACHABLE', retryable: true, message: 'No broker answers.' },
  );
});
