import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, FlakyServer, firstAnswerTo, lastAnswerTo } from './flaky-server.ts';

/** The first number of which this becomes. */
const numberFor = (wanted: FirstAnswer): number => {
  for (let seq = 0; ; seq++) if (firstAnswerTo(seq) === wanted && lastAnswerTo(seq).status === 200) return seq;
};

test('it fails each kind of request the first time, and answers whoever asks again', async (t) => {
  const server = await FlakyServer.start();
  t.after(() => server.stop());
  const ask = async (seq: number, timeoutMs = 60_000): Promise<number | string> => {
    try {
      const response = await fetch(`${server.url}/readings/${seq}`, { signal: AbortSignal.timeout(timeoutMs) });
      if (response.ok) assert.deepEqual(await response.json(), { double: 2 * seq, text: `№ ${seq}` });
      return response.status;
    } catch (error) {
      return (error as Error).name;
    }
  };
  for (const [kind, first] of [
    ['answered', 200],
    ['unavailable', 503],
    ['too-many', 429],
    ['cut-off', 'TypeError'],
    ['never', 'TimeoutError'],
  ] as const) {
    const seq = numberFor(kind);
    assert.deepEqual([await ask(seq, kind === 'never' ? 300 : undefined), await ask(seq)], [first, 200], kind);
  }
  assert.deepEqual(server.failed, { unavailable: 1, 'too-many': 1, 'cut-off': 1, never: 1 });
  assert.equal(await ask(5), 410);
});

test('what it answers in the end has all kinds', () => {
  const statuses = new Set(Array.from({ length: 1000 }, (_, seq) => lastAnswerTo(seq).status));
  assert.deepEqual([...statuses].sort(), [200, 404, 410]);
});
