import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { hideSecrets } from '../pipelines/hide-secrets.ts';
import { type PreviewLimits, PreviewRunner } from './preview-runner.ts';

const request = { document: {}, facts: { pipelineId: 'p', orgId: 'o', messageChannel: 0 as const } };

/** A runner whose program is this text. */
const runnerOf = (t: TestContext, program: string, limits: Partial<PreviewLimits> = {}): PreviewRunner => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-preview-'));
  const file = join(dir, 'program.mjs');
  writeFileSync(file, program);
  const runner = new PreviewRunner(async () => file, {
    concurrent: 1,
    timeoutMs: 20_000,
    memoryMb: 64,
    residentMb: 2000,
    replyBytes: 1000,
    ...limits,
  });
  t.after(() => {
    runner.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return runner;
};

const fails = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;
const ECHO = `import { text } from 'node:stream/consumers';
const request = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify({ issues: [], stages: [], seen: { facts: request.facts, secret: process.env.DATABASE_URL ?? null } }));`;

test('a preview process gets the request and nothing of the environment', async (t) => {
  process.env.DATABASE_URL = 'postgres://u:hush@h/d';
  t.after(() => delete process.env.DATABASE_URL);
  const reply = await runnerOf(t, ECHO).run(request);
  assert.deepEqual(reply, { issues: [], stages: [], seen: { facts: request.facts, secret: null } });
});

test('a preview that takes too long, says too much, eats too much or crashes is ended, and the next one runs', async (t) => {
  await assert.rejects(
    runnerOf(t, 'setInterval(() => {}, 1000)', { timeoutMs: 300 }).run(request),
    fails('PREVIEW_TIMEOUT'),
  );
  await assert.rejects(runnerOf(t, "process.stdout.write('x'.repeat(1e6))").run(request), fails('PREVIEW_TOO_LARGE'));
  await assert.rejects(
    runnerOf(t, 'const all = []; for (;;) all.push(new Array(1000).fill({}))').run(request),
    (error) => fails('PREVIEW_CRASHED')(error) && /out of memory/.test(String(error)),
  );
  const crashing = runnerOf(t, 'process.exit(7)');
  await assert.rejects(crashing.run(request), /exit code 7/);
  await assert.rejects(crashing.run(request), fails('PREVIEW_CRASHED'));
});

test('more previews than allowed at once are refused, not queued', async (t) => {
  const runner = runnerOf(t, 'setInterval(() => {}, 1000)');
  const first = runner.run(request);
  await assert.rejects(runner.run(request), fails('PREVIEW_BUSY'));
  runner.close();
  await assert.rejects(first, fails('PREVIEW_CRASHED'));
});

test('values of secrets are hidden wherever they turn up', () => {
  const document = { stages: [{ configuration: [{ name: 'apiKey', value: 'hush-hush' }] }], password: 'secret-2' };
  const answer = { output: [{ a: 'it is hush-hush!', 'secret-2': [1, null, true] }] };
  assert.deepEqual(hideSecrets(answer, document), { output: [{ a: 'it is ******!', '******': [1, null, true] }] });
});

test('memory beside the heap of a preview counts as well', async (t) => {
  const program = `const all = []; setInterval(() => all.push(Buffer.alloc(20_000_000, 1)), 20);`;
  const runner = runnerOf(t, program, { residentMb: 300 });
  // Elsewhere nobody tells how much it is.
  if (process.platform === 'linux') await assert.rejects(runner.run(request), fails('PREVIEW_TOO_LARGE'));
});

test('previews of one organisation leave a place to the others', async (t) => {
  const runner = runnerOf(t, 'setInterval(() => {}, 1000)', { concurrent: 2 });
  const of = (orgId: string) => runner.run({ ...request, facts: { ...request.facts, orgId } });
  const running = [of('one')];
  await assert.rejects(of('one'), fails('PREVIEW_BUSY'));
  running.push(of('other'));
  await assert.rejects(of('third'), fails('PREVIEW_BUSY'));
  const ended = Promise.allSettled(running);
  runner.close();
  await ended;
});
