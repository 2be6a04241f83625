import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findByLastArgument } from '../../host/process-identity.ts';
import { startSubmit, submitFailure } from './submit-process.ts';

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-submit-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
const reasonOf = (t: TestContext, log: string): string | undefined => {
  const file = join(folder(t), 'submit.log');
  writeFileSync(file, log);
  return submitFailure(file, 'tag-2')?.message;
};

test('the exceptions of this submission are the reason, not those of an earlier one', (t) => {
  const log = [
    '--- submission tag-1',
    'Exception in thread "main" java.lang.OutOfMemoryError',
    '--- submission tag-2',
    '2026 INFO Client: Preparing',
    'Exception in thread "main" java.net.ConnectException: Call From a to b failed',
    '\tat java.base/java.lang.Thread.run(Thread.java:840)',
    'Caused by: java.net.ConnectException: Connection refused',
    '\t... 12 more',
  ].join('\n');
  assert.equal(
    reasonOf(t, log),
    'YARN did not get the application: ' +
      'Exception in thread "main" java.net.ConnectException: Call From a to b failed | ' +
      'Caused by: java.net.ConnectException: Connection refused',
  );
});

test('without an exception its last words are', (t) => {
  assert.match(reasonOf(t, '--- submission tag-2\nfirst\nno space left\n') ?? '', /first \| no space left$/);
  assert.match(reasonOf(t, '--- submission tag-2\n') ?? '', /ended without a word/);
});

test('a submission that never began has no reason', (t) => {
  assert.equal(reasonOf(t, '--- submission tag-1\nfailed'), undefined);
  assert.equal(submitFailure('/nowhere/submit.log', 'tag-2'), undefined);
  assert.equal(submitFailure(undefined, 'tag-2'), undefined);
});

test('the program is found by its last argument while it runs, and its end is told', async (t) => {
  const dir = folder(t);
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>();
  const tag = `penstock-${process.pid}-submit-test`;
  const options = { env: { PATH: process.env.PATH }, cwd: dir, logFile: join(dir, 'submit.log'), tag, onEnd };
  const program = 'console.error("at work"); setInterval(() => {}, 1000)';
  const pid = await startSubmit({ ...options, command: process.execPath, args: ['-e', program, '--', tag] });
  assert.equal(findByLastArgument(tag)?.pid, pid);
  process.kill(pid, 'SIGKILL');
  await ended;
  assert.equal(findByLastArgument(tag), undefined);
  assert.match(readFileSync(options.logFile, 'utf8'), new RegExp(`^--- submission ${tag}\\n`));
});

test('a Java that is not there is said', async (t) => {
  const dir = folder(t);
  const options = { args: [], env: {}, cwd: dir, logFile: join(dir, 'submit.log'), tag: 'x', onEnd: () => undefined };
  await assert.rejects(startSubmit({ ...options, command: '/nowhere/bin/java' }), {
    code: 'JAVA_MISSING',
    retryable: false,
    message: /set JAVA_HOME/,
  });
});
