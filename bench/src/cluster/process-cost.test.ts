import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, parentOf } from './process-cost.ts';

/** The kernel's tick, in which CPU time is counted. */
const TICK_MS = 10;

test('CPU time of a process is what it says itself, and that of its threads is part of it', () => {
  const before = costOf(process.pid);
  const told = process.cpuUsage();
  const spentMs = (): number => {
    const { user, system } = process.cpuUsage(told);
    return (user + system) / 1000;
  };
  while (spentMs() < 300) JSON.parse(JSON.stringify(before));
  const spent = costOf(process.pid).cpuMs - before.cpuMs;
  // Read one after the other: a little passes in between, and both are rounded.
  assert.ok(spent >= 300 - 2 * TICK_MS && spent <= spentMs() + 2 * TICK_MS, `${spent} ms, told ${spentMs()} ms`);
  const { cpuMs, threads, rssMb, peakRssMb } = costOf(process.pid);
  const inThreads = [...threads.values()].reduce((sum, ms) => sum + ms, 0);
  assert.ok(inThreads > 0 && inThreads <= cpuMs + TICK_MS * threads.size);
  assert.ok(rssMb > 0 && peakRssMb >= rssMb);
});

test('the parent of this process is known, a process that has ended is an error', () => {
  assert.equal(parentOf(process.pid), process.ppid);
  assert.throws(() => costOf(2 ** 22 + 1), /ENOENT/);
});
