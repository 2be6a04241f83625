import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { identityOf } from '@penstock/modes/process-identity';
import { tryLock } from './lock-file.ts';

const lockFile = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-lock-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'x.lock');
};

test('a lock is held by one at a time and free again when released', (t) => {
  const file = lockFile(t);
  const first = tryLock(file);
  assert.ok(first.held);
  assert.deepEqual(tryLock(file), { held: false, owner: identityOf(process.pid) });
  first.release();
  assert.ok(tryLock(file).held);
});

test('the lock of a process that is gone is taken over, also when its number is used again', (t) => {
  const file = lockFile(t);
  writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another boot:1' }));
  assert.ok(tryLock(file).held);
});

test('an unreadable lock is nobody’s', (t) => {
  const file = lockFile(t);
  writeFileSync(file, '{"pid":');
  assert.ok(tryLock(file).held);
});
