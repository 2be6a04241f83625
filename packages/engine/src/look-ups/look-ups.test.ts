import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, LookUpCounters } from '@penstock/model';
import type { HttpAnswer } from '../ports.ts';
import { batchOfMessages } from '../preview/memory-log.ts';
import type { Task } from '../task/task.ts';
import { asking, askingTwice, scriptedHttp } from '../testing/look-ups.ts';
import { documentOf } from '../testing/operators.ts';
import { openTask, planOf, record, registryWith, written } from '../testing/tasks.ts';
import { VirtualTime } from '../testing/virtual-time.ts';
import { LookUps } from './look-ups.ts';

const planFor = (config: JsonObject = {}, onRecordError = 'TO_ERROR') =>
  planOf(
    documentOf(
      { name: 'source', operator: 'source' },
      { name: 'asks', operator: 'asking', from: ['source'], config: { stageOnRecordError: onRecordError, ...config } },
      { name: 'target', operator: 'target', from: ['asks'] },
    ),
    registryWith(asking),
  );

const source = { name: 'source', operator: 'source' };
const target = { name: 'target', operator: 'target', from: ['source'] };

const ok = (body: string): HttpAnswer => ({ status: 200, headers: {}, body });

const send = (task: Task, time: VirtualTime, urls: readonly (string | number | null)[]): Promise<void> => {
  const messages = urls.map((ask, at) => ({
    key: null,
    value: Buffer.from(record({ at, ...(ask === null ? {} : { ask }) })),
    timestamp: 0,
  }));
  return time.until(Promise.resolve(task.process(batchOfMessages('input', messages), 0, messages.length)));
};

const opened = async (
  answer: Parameters<typeof scriptedHttp>[0],
  config: JsonObject = {},
  more: { readonly isPreview?: boolean; readonly onRecordError?: string } = {},
) => {
  const time = new VirtualTime();
  const http = scriptedHttp(answer);
  const lookUps = new LookUps(http, time, { isPreview: more.isPreview ?? false });
  const { task, log } = await openTask(planFor(config, more.onRecordError), { lookUps });
  return {
    ...{ time, http, lookUps, task, log },
    send: (...urls: (string | number | null)[]) => send(task, time, urls),
    out: () => written(log, 'output').map((text) => (JSON.parse(text ?? '') as { answer: unknown }).answer),
    counted: (): LookUpCounters | undefined => task.counters().asks?.lookUps?.pages,
  };
};

test('each key of a batch is asked once, its records come in order, and what is known is not asked again', async () => {
  const stage = await opened(({ url }) => ok(url.toUpperCase()));
  await stage.send('a', 'b', 'a', null, 'c');
  await stage.send('c', 'a', 'd');
  assert.deepEqual(stage.http.asked, ['a', 'b', 'c', 'd']);
  assert.deepEqual(stage.out(), [['A'], ['B'], ['A'], [], ['C'], ['C'], ['A'], ['D']]);
  assert.deepEqual(stage.counted(), { hits: 3, misses: 4, failures: 0, requests: 4, requestMs: 0 });
});

test('answers live for their time, the answer that there is nothing for another', async () => {
  const stage = await opened(({ url }) => (url === 'none' ? { status: 404, headers: {}, body: '' } : ok(url)));
  await stage.send('a', 'none');
  stage.time.pass(10_000);
  await stage.send('a', 'none');
  stage.time.pass(50_000);
  await stage.send('a');
  assert.deepEqual(stage.http.asked, ['a', 'none', 'none', 'a']);
  assert.deepEqual(stage.out(), [['a'], [null], ['a'], [null], ['a']]);
});

test('what the service says is old is asked for anew; what is under way meanwhile answers who waits, and is not kept', async () => {
  const versions = new Map<string, number>();
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const stage = await opened(async ({ url }) => {
    const version = versions.get(url) ?? 0;
    if (url === 'slow') begun.resolve();
    if (url === 'slow' && version === 0) await held.promise;
    return ok(`${url}${version}`);
  });
  const change = (keys: readonly string[] | 'all') => {
    for (const key of ['a', 'b', 'slow']) versions.set(key, (versions.get(key) ?? 0) + 1);
    stage.http.change(keys);
  };
  await stage.send('a', 'b');
  change(['a', 'nobody asked']);
  await stage.send('a', 'b');
  change('all');
  await stage.send('a', 'b');
  versions.set('slow', 0);
  const waiting = stage.send('slow');
  await begun.promise;
  change(['slow']);
  held.resolve();
  await waiting;
  await stage.send('slow');
  assert.deepEqual(stage.out(), [['a0'], ['b0'], ['a1'], ['b0'], ['a2'], ['b2'], ['slow0'], ['slow1']]);
});

test('what is kept is bounded; answers of the batch in hand are there even so', async () => {
  const stage = await opened(({ url }) => ok(url), { policy: { maxEntries: 2 } });
  await stage.send('a', 'b', 'c');
  await stage.send('c', 'b', 'a');
  assert.deepEqual(stage.out(), [['a'], ['b'], ['c'], ['c'], ['b'], ['a']]);
  assert.deepEqual(stage.http.asked, ['a', 'b', 'c', 'a']);
  const small = await opened(({ url }) => ok(url.repeat(100)), { policy: { maxBytes: 500 } });
  await small.send('a', 'b', 'c');
  await small.send('c', 'a');
  assert.deepEqual(small.http.asked, ['a', 'b', 'c', 'a'], 'by bytes, too');
});

test('no more are asked at once than the look-up allows, over all tasks of a thread', async () => {
  const time = new VirtualTime();
  const http = scriptedHttp(async ({ url }) => {
    await time.sleep(20);
    return ok(url);
  });
  const lookUps = new LookUps(http, time);
  const [one, other] = [await openTask(planFor(), { lookUps }), await openTask(planFor(), { lookUps })];
  const urls = Array.from({ length: 20 }, (_, at) => `u${at}`);
  const begun = time.now();
  await Promise.all([send(one.task, time, urls), send(other.task, time, urls)]);
  assert.equal(http.mostAtOnce(), 4);
  assert.deepEqual(http.asked, urls, 'and tasks share what is under way');
  assert.equal(time.now() - begun, 100);
  for (const { log } of [one, other]) assert.equal(written(log, 'output').length, 20);
});

test('a failure that may pass is tried again after a pause, and a key that fails is an error of its records alone', async () => {
  const stage = await opened(({ url }, _signal, calls) =>
    url === 'bad' || (url === 'soon' && calls < 2) ? { status: 503, headers: {}, body: '' } : ok(url),
  );
  const begun = stage.time.now();
  await stage.send('bad', 'good', 'soon', 'bad', 7);
  assert.deepEqual(stage.out(), [['good'], ['soon']]);
  assert.equal(stage.http.asked.filter((url) => url === 'bad').length, 3);
  assert.equal(stage.time.now() - begun, 600, '200 and 400 ms');
  assert.deepEqual(stage.task.counters().asks?.errors, { PAGE_REFUSED: 2, ASK_NOT_VALID: 1 });
  assert.deepEqual(stage.counted(), { hits: 1, misses: 3, failures: 1, requests: 7, requestMs: 0 });
  await stage.send('bad');
  assert.equal(stage.http.asked.filter((url) => url === 'bad').length, 6, 'a failure is not kept');
});

test('a refusal that cannot pass is not tried again; discarded errors leave nothing', async () => {
  const stage = await opened(() => ({ status: 403, headers: {}, body: '' }), {}, { onRecordError: 'DISCARD' });
  await stage.send('a');
  assert.deepEqual(stage.http.asked, ['a']);
  assert.deepEqual(stage.task.counters().asks?.dropped, { 'discard:PAGE_REFUSED': 1 });
  assert.deepEqual(written(stage.log, 'dead'), []);
  const stopping = await opened(() => ({ status: 403, headers: {}, body: '' }), {}, { onRecordError: 'STOP_PIPELINE' });
  await assert.rejects(stopping.send('a'), { code: 'STAGE_STOPPED_PIPELINE' });
});

test('who hangs is given up after its time, and told to stop', async () => {
  const stopped: string[] = [];
  const stage = await opened(
    ({ url }, signal) => {
      if (url !== 'hangs') return ok(url);
      signal.addEventListener('abort', () => stopped.push(url));
      return new Promise(() => undefined);
    },
    { policy: { retries: 0, timeoutMs: 3000 } },
  );
  const begun = stage.time.now();
  await stage.send('hangs', 'a');
  assert.deepEqual(stage.out(), [['a']]);
  assert.deepEqual(stage.task.counters().asks?.errors, { LOOK_UP_TIMEOUT: 1 });
  assert.equal(stage.time.now() - begun, 3000);
  assert.deepEqual(stopped, ['hangs']);
  assert.equal(stage.counted()?.requestMs, 3000);
});

test('a service that asks to be left alone is, for all keys, and not for ever', async () => {
  const times: number[] = [];
  const stage = await opened(
    ({ url }, _signal, calls) => {
      times.push(stage.time.now() - begun);
      return url === 'a' && calls === 0 ? { status: 429, headers: { 'retry-after': '7' }, body: '' } : ok(url);
    },
    { policy: { concurrency: 1 } },
  );
  const begun = stage.time.now();
  await stage.send('a', 'b', 'c');
  assert.deepEqual(times, [0, 7000, 7000, 7000]);
  assert.deepEqual(stage.out(), [['a'], ['b'], ['c']]);
  times.length = 0;
  const once = await opened(
    ({ url }) => {
      times.push(once.time.now() - start);
      return url === 'a' ? { status: 429, headers: { 'retry-after': '7' }, body: '' } : ok(url);
    },
    { policy: { concurrency: 1, retries: 0 } },
  );
  const start = once.time.now();
  await once.send('a', 'b');
  assert.deepEqual(times, [0, 7000], 'also where who was told does not ask again');
  const long = await opened(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: '' }));
  await long.send('a');
  assert.deepEqual(long.http.asked, ['a']);
  assert.deepEqual(long.task.counters().asks?.errors, { PAGE_REFUSED: 1 });
});

test('what is asked for a record alone is asked for each, and not kept', async () => {
  const stage = await opened(({ url }, _signal, calls) => ok(`${url}${calls}`), { alone: true });
  await stage.send('a', 'a');
  await stage.send('a');
  assert.deepEqual(stage.out(), [['a0'], ['a1'], ['a2']]);
});

test('a preview asks, but changes nothing outside', async () => {
  const reading = await opened(({ url }) => ok(url), {}, { isPreview: true });
  await reading.send('a');
  assert.deepEqual(reading.out(), [['a']]);
  const changing = await opened(({ url }) => ok(url), { effects: true }, { isPreview: true });
  await changing.send('a');
  assert.deepEqual(changing.http.asked, []);
  assert.deepEqual(changing.task.counters().asks?.errors, { LOOK_UP_NOT_IN_PREVIEW: 1 });
});

test('a wait is given up without errors of records; who waits for the same in another task gets its answer', async () => {
  const time = new VirtualTime();
  const http = scriptedHttp(async ({ url }, signal) => {
    await time.sleep(500, signal);
    return ok(url);
  });
  const lookUps = new LookUps(http, time);
  const [one, other] = [await openTask(planFor(), { lookUps }), await openTask(planFor(), { lookUps })];
  const reason = new Error('drained');
  const first = send(one.task, time, ['a', 'b']);
  const second = send(other.task, time, ['a']);
  one.task.giveUp(reason);
  await assert.rejects(first, reason);
  await second;
  assert.deepEqual(one.task.counters().asks?.errors, {});
  assert.deepEqual(written(one.log, 'output'), []);
  assert.equal(written(other.log, 'output').length, 1);
  assert.deepEqual(http.asked.sort(), ['a', 'b']);
});

test('once waits were given up none begins any more', async () => {
  const stage = await opened(({ url }) => ok(url));
  const reason = new Error('drained');
  stage.task.giveUp(reason);
  await assert.rejects(stage.send('a'), reason);
  assert.deepEqual([stage.http.asked, written(stage.log, 'output')], [[], []]);
});

test('a stage that asks takes whole batches, and its task commits before it works', async () => {
  const { task } = await opened(({ url }) => ok(url));
  assert.deepEqual([task.isSlow, task.takesBatches, task.askedBytes], [true, true, 0]);
});

test('a task says how much was asked for its last records, not what was known', async () => {
  const stage = await opened(({ url }) =>
    url === 'none' ? { status: 404, headers: {}, body: '' } : ok(url.repeat(10)),
  );
  await stage.send('a', 'bc', 'a', 'none');
  assert.equal(stage.task.askedBytes, 30);
  await stage.send('a', 'd');
  assert.equal(stage.task.askedBytes, 10);
  assert.equal((await openTask(planOf(documentOf(source, target)))).task.askedBytes, undefined);
});

test('a task that is given no services makes errors, not an end', async () => {
  const { task, log } = await openTask(planFor());
  await task.process(
    batchOfMessages('input', [{ key: null, value: Buffer.from(record({ ask: 'a' })), timestamp: 0 }]),
    0,
    1,
  );
  assert.deepEqual(task.counters().asks?.errors, { LOOK_UP_SERVICE_MISSING: 1 });
  assert.deepEqual(written(log, 'output'), []);
});

test('a look-up behind another asks for what that has answered, each key once, and fails its own records', async () => {
  const time = new VirtualTime();
  const pages: Record<string, string> = { one: 'a b', two: 'b c', bad: 'x', none: '' };
  const http = scriptedHttp(({ url }) => {
    if (url === 'word:x') return { status: 400, headers: {}, body: '' };
    return ok(url.startsWith('word:') ? url.slice(5).toUpperCase() : (pages[url] ?? ''));
  });
  const document = documentOf(
    { name: 'source', operator: 'source' },
    { name: 'asks', operator: 'askingTwice', from: ['source'], config: { stageOnRecordError: 'TO_ERROR' } },
    { name: 'target', operator: 'target', from: ['asks'] },
  );
  const { task, log } = await openTask(planOf(document, registryWith(askingTwice)), {
    lookUps: new LookUps(http, time),
  });
  await send(task, time, ['one', 'two', null, 'bad', 'none']);
  await send(task, time, ['two']);
  assert.deepEqual(http.asked, ['one', 'two', 'bad', 'none', 'word:a', 'word:b', 'word:c', 'word:x']);
  const out = written(log, 'output').map((text) => (JSON.parse(text ?? '') as { answer: unknown }).answer);
  assert.deepEqual(out, [['A', 'B'], ['B', 'C'], [], [], ['B', 'C']]);
  assert.deepEqual(task.counters().asks?.errors, { WORD_REFUSED: 1 });
  const { pages: asked, words } = task.counters().asks?.lookUps ?? {};
  assert.deepEqual([asked?.misses, asked?.hits, words?.misses, words?.hits], [4, 1, 4, 3]);
});
