import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimedTooMuch } from './claimed-memory.ts';

const claims = [{ name: 'python', perThreadMb: 184 }];

test('a start whose worker has not the memory that stages claim is told the numbers', () => {
  assert.equal(claimedTooMuch(claims, { threads: 1, memoryMb: 364 }), undefined);
  assert.equal(
    claimedTooMuch(claims, { threads: 1, memoryMb: 363 }),
    'A worker of this size has 363 MiB for 1 thread, and the pipeline needs 364 MiB: 130 MiB for the worker, and for each thread 50 MiB and what its stages claim (python 184 MiB). Ask for more, or lower the memory limits of these stages.',
  );
  assert.match(
    claimedTooMuch(claims, { threads: 2, memoryMb: 512 }) ?? '',
    /for 2 threads, and the pipeline needs 598 MiB/,
  );
});

test('without claims every size is enough', () => {
  assert.equal(claimedTooMuch([], { threads: 8, memoryMb: 1 }), undefined);
});
