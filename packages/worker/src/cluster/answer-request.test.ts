import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RangeAnswer, RangeRequest } from '@penstock/model';
import { answerTo } from './answer-request.ts';

const layout = { sourcePartitions: 1, cuts: [], topics: { deadLetters: 'dead', state: 'state', cuts: [] } };
const run = { id: 7, kind: 'run', thread: 0, layout, kafkaRate: 10, ranges: [] };

const asking = () => {
  const asked: RangeRequest[] = [];
  const ask = async (request: RangeRequest): Promise<RangeAnswer> => {
    asked.push(request);
    return { id: request.id, ok: true, positions: [] };
  };
  return { asked, answer: (given: unknown) => answerTo(given, { ask }) };
};

test('a request is handed on as it came, with whatever a later driver adds', async () => {
  const { asked, answer } = asking();
  assert.deepEqual(await answer({ ...run, addition: 1 }), { id: 7, ok: true, positions: [] });
  assert.deepEqual(asked, [{ ...run, addition: 1 }]);
});

for (const [given, where] of [
  [{ ...run, ranges: [{ part: 0, partition: 0, from: -1, until: 5 }] }, '/ranges/0/from must be >= 0'],
  [{ ...run, thread: 'first' }, '/thread must be integer'],
  [{ ...run, layout: { ...layout, topics: {} } }, "/layout/topics must have required property 'deadLetters'"],
  [{ id: 7, kind: 'prepare' }, "/ must have required property 'purge'"],
] as const)
  test(`a request is refused for good, with the place that is wrong: ${where}`, async () => {
    const { asked, answer } = asking();
    const refusal = await answer(given);
    assert.ok(!refusal.ok && !refusal.error.retryable);
    assert.deepEqual([refusal.id, refusal.error.code], [7, 'MESSAGE_INVALID']);
    assert.ok(refusal.error.message.endsWith(`: ${where}.`), refusal.error.message);
    assert.deepEqual(asked, []);
  });

test('what is unknown is refused too; what nobody could be told of ends the line', async () => {
  const { answer } = asking();
  const refusal = await answer({ id: 8, kind: 'dance' });
  assert.ok(!refusal.ok && refusal.id === 8);
  for (const given of [null, 'hello', {}, { kind: 'hello' }, { kind: 'run', id: 'x' }])
    await assert.rejects(answer(given), { code: 'MESSAGE_INVALID' });
});
