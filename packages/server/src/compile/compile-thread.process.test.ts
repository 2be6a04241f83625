import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompileThread } from './compile-thread.ts';
import type { CompileFacts } from './compiler.ts';

const facts = (orgId = 'o1'): CompileFacts => ({ pipelineId: 'p', orgId, messageChannel: 0, runsEverySource: true });

/** A thread that does what the document says: answers, never ends, fills its memory, or breaks. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, document: { what } }) => {
      if (what === 'loop') for (;;);
      if (what === 'fill') for (const all = []; ; ) all.push(new Array(100000).fill(what + all.length));
      if (what === 'fail') return parentPort.postMessage({ id, failure: 'TypeError: broken' });
      parentPort.postMessage({ id, outcome: { issues: [], sourceTopics: [what] } });
    });`)}`,
);
const limits = { timeoutMs: 30_000, inspectMs: 30_000, memoryMb: 32, waitingPerOrganization: 2, waiting: 3 };

test('a document that never ends is refused after its time, and the next is compiled all the same', async (t) => {
  const thread = new CompileThread({ ...limits, timeoutMs: 1500 }, program);
  t.after(() => thread.close());
  const [looping, next] = await Promise.all([
    thread.compile({ what: 'loop' }, facts()),
    thread.compile({ what: 'topic' }, facts()),
  ]);
  assert.deepEqual(
    looping.issues.map(({ code, message }) => [code, /1\.5 s/.test(message)]),
    [['DOCUMENT_TOO_COSTLY', true]],
  );
  assert.deepEqual(next.sourceTopics, ['topic']);
});

test('a document that fills the memory is refused, and what breaks is an error', async (t) => {
  const thread = new CompileThread(limits, program);
  t.after(() => thread.close());
  const { issues } = await thread.compile({ what: 'fill' }, facts());
  assert.match(issues[0]?.message ?? '', /more than 32 MiB/);
  await assert.rejects(thread.compile({ what: 'fail' }, facts()), /TypeError: broken/);
  assert.deepEqual((await thread.compile({ what: 'x' }, facts())).sourceTopics, ['x']);
});

test('an organisation that has much to check does not keep the others out', async (t) => {
  const thread = new CompileThread(limits, program);
  t.after(() => thread.close());
  const own = [1, 2, 3].map(() => thread.compile({ what: 'mine' }, facts('o1')));
  await assert.rejects(thread.compile({ what: 'mine' }, facts('o1')), { code: 'COMPILE_BUSY' });
  const other = thread.compile({ what: 'other' }, facts('o2'));
  await assert.rejects(thread.compile({ what: 'other' }, facts('o3')), { code: 'COMPILE_BUSY' });
  assert.deepEqual(
    (await Promise.all([...own, other])).map(({ sourceTopics }) => sourceTopics?.[0]),
    ['mine', 'mine', 'mine', 'other'],
  );
});

test('the engine of the thread says what is wrong with a document', async (t) => {
  const thread = new CompileThread();
  t.after(() => thread.close());
  const { issues, outline } = await thread.compile({ stages: [{ instanceName: 'x', stageName: 'none' }] }, facts());
  assert.equal(outline, undefined);
  assert.ok(issues.some(({ severity }) => severity === 'error'));
});

test('what operators take long to find out has a limit of its own', async (t) => {
  const inspecting = new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ id, document: { what } }) => {
        parentPort.postMessage({ id, isInspecting: true });
        if (what === 'loop') for (;;);
        parentPort.postMessage({ id, outcome: { issues: [], sourceTopics: [what] } });
      });`)}`,
  );
  const thread = new CompileThread({ ...limits, inspectMs: 700 }, inspecting);
  t.after(() => thread.close());
  const { issues } = await thread.compile({ what: 'loop' }, facts());
  assert.match(issues[0]?.message ?? '', /longer than 0\.7 s/);
  assert.deepEqual((await thread.compile({ what: 'topic' }, facts())).sourceTopics, ['topic']);
});
