import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PlanPart } from '../plan/plan.ts';
import { batchOfMessages, MemoryLog } from '../preview/memory-log.ts';
import { Task } from '../task/task.ts';
import { asking, scriptedHttp } from '../testing/look-ups.ts';
import { documentOf } from '../testing/operators.ts';
import { planOf, record, registryWith, testTopics, written } from '../testing/tasks.ts';
import { VirtualTime } from '../testing/virtual-time.ts';
import { LookUps } from './look-ups.ts';

const plan = planOf(
  documentOf(
    { name: 'source', operator: 'source' },
    {
      name: 'asks',
      operator: 'asking',
      from: ['source'],
      config: { policy: { retries: 1, concurrency: 3, maxEntries: 4 } },
    },
    { name: 'target', operator: 'target', from: ['asks'] },
  ),
  registryWith(asking),
);

/** What the service does with a key, whenever it is asked. */
const conduct = fc.constantFrom('answers', 'slow', 'nothing', 'refuses', 'fails', 'busy', 'hangs');
const KEYS = 8;

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);

const ERROR_OF: Readonly<Record<string, string>> = {
  refuses: 'PAGE_REFUSED',
  fails: 'PAGE_REFUSED',
  hangs: 'LOOK_UP_TIMEOUT',
};

test('whatever the service does, and wherever the task is made anew: order, one question per key and batch, the right errors', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(conduct, { minLength: KEYS, maxLength: KEYS }),
      fc.array(fc.integer({ min: 0, max: KEYS - 1 }), { minLength: 1, maxLength: 60 }),
      fc.array(step, { maxLength: 25 }),
      async (conducts, keys, steps) => {
        const time = new VirtualTime();
        const http = scriptedHttp(async ({ url }, signal, calls) => {
          const how = conducts[Number(url)];
          const of = (status: number, headers = {}) => ({ status, headers, body: `page ${url}` });
          if (how === 'hangs') await time.sleep(1e9, signal);
          if (how === 'slow') await time.sleep(20, signal);
          if (how === 'busy' && calls % 2 === 0) return of(429, { 'retry-after': '2' });
          return of(how === 'nothing' ? 404 : how === 'refuses' ? 403 : how === 'fails' ? 502 : 200);
        });
        const values = keys.map((key, at) => record({ ask: String(key), at }));
        const messages = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 0 }));
        const lookUps = new LookUps(http, time);
        const log = new MemoryLog();
        const open = () =>
          Task.open({
            ...{ plan, part: plan.parts[0] as PlanPart, partition: 0, runId: 'r', topics: testTopics, log, lookUps },
            clock: { now: () => 1000 },
            headersOf: () => [],
          });
        let task = await open();
        let [position, committed, kept] = [0, 0, 0];
        const send = async (count: number): Promise<void> => {
          const until = Math.min(position + count, messages.length);
          const before = http.asked.length;
          const batch = batchOfMessages('input', messages);
          if (until > position) await time.until(Promise.resolve(task.process(batch, position, until)));
          const asked = http.asked.slice(before);
          for (const key of new Set(asked)) {
            const again = ['fails', 'hangs', 'busy'].includes(conducts[Number(key)] ?? '');
            assert.ok(asked.filter((one) => one === key).length <= (again ? 2 : 1), `asked ${asked}`);
          }
          position = until;
        };
        const commit = async (): Promise<void> => {
          await task.commit({ topic: 'input', partition: 0, offset: position });
          committed = position;
          kept = log.messages.length;
        };
        for (const one of steps) {
          if (one.kind === 'send') await send(one.count);
          else if (one.kind === 'commit') await commit();
          else {
            await task.close();
            log.messages.length = kept; // a transaction that was not committed
            position = committed;
            task = await open();
          }
        }
        await send(messages.length);
        await commit();
        const isGood = (key: number) => ERROR_OF[conducts[key] ?? ''] === undefined;
        const expected = keys.flatMap((key, at) => {
          const answer = conducts[key] === 'nothing' ? null : `page ${key}`;
          return isGood(key) ? [{ at, answer: [answer] }] : [];
        });
        const output = written(log, 'output').map((text) => {
          const { at, answer } = JSON.parse(text ?? '') as { at: number; answer: unknown };
          return { at, answer };
        });
        assert.deepEqual(output, expected);
        const errors = log.messages
          .filter(({ topic }) => topic === 'dead')
          .map(({ value, headers }) => [
            (JSON.parse(String(value)) as { at: number }).at,
            String(headers.find(({ key }) => String(key) === 'penstock.code')?.value),
          ]);
        assert.deepEqual(
          errors,
          keys.flatMap((key, at) => (isGood(key) ? [] : [[at, ERROR_OF[conducts[key] ?? '']]])),
        );
        assert.ok(http.mostAtOnce() <= 3);
      },
    ),
    { numRuns: 60 },
  );
});
