import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '@penstock/testkit/service';
import { openStore } from '../../store/open-store.ts';
import { attack } from './hostile-requests.ts';
import { beat, type FarRun, makeFarRuns } from './run-heartbeats.ts';

/** Running pipelines in the embedded database of a service that is stopped and has made its keys. */
export const makeRunsIn = async (dataDir: string, count: number): Promise<FarRun[]> => {
  const key = Buffer.from(readFileSync(join(dataDir, 'seal-key'), 'utf8'), 'base64');
  const store = await openStore({ dataDir });
  try {
    return await makeFarRuns(store, key, count);
  } finally {
    await store.close();
  }
};

/** Of a process, in MiB, as Linux tells it: now, or the most there ever was. */
const memoryOf = (pid: number, field: 'VmRSS' | 'VmHWM'): number =>
  Math.round(
    Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024,
  );

/**
 * The highest resident memory (MiB) of a service that hears of each run every `everyMs`, over the second half of so
 * many rounds. Errors: `Error` where a heartbeat is refused.
 */
export const highestAtRest = async (
  service: ServiceProcess,
  runs: readonly FarRun[],
  rounds: number,
  everyMs = 0,
): Promise<number> => {
  let highest = 0;
  for (let sequence = 1; sequence <= rounds; sequence += 1) {
    const answers = await Promise.all(runs.map((run) => beat(service.baseUrl, run, sequence)));
    const refused = answers.find((status) => status !== 200);
    if (refused !== undefined) throw new Error(`a heartbeat was refused: ${refused}`);
    if (sequence > rounds / 2) highest = Math.max(highest, memoryOf(service.pid, 'VmRSS'));
    if (everyMs > 0) await delay(everyMs);
  }
  return highest;
};

/**
 * So many hostile requests of 8 MiB at once: the slowest answer of /healthz meanwhile (ms), the most memory there ever
 * was (MiB), and how the requests were answered. Errors: `Error` where /healthz answers anything but 200.
 */
export const underAttack = async (
  service: ServiceProcess,
  [run]: readonly FarRun[],
  requests: number,
): Promise<{ readonly slowestMs: number; readonly peakMb: number; readonly answers: Record<string, number> }> => {
  if (run === undefined) throw new Error('there is no run whose worker could attack');
  const adminToken = readFileSync(join(service.dataDir, 'admin-token'), 'utf8').trim();
  const latencies: number[] = [];
  const isOver = new AbortController();
  const looking = (async () => {
    while (!isOver.signal.aborted) {
      const from = performance.now();
      const answer = await fetch(`${service.baseUrl}/healthz`);
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`/healthz answers ${answer.status}`);
      latencies.push(performance.now() - from);
      await delay(50);
    }
  })();
  const answers = await attack(service.baseUrl, requests, { run, adminToken });
  await delay(500);
  isOver.abort();
  await looking;
  return { slowestMs: Math.round(Math.max(...latencies)), peakMb: memoryOf(service.pid, 'VmHWM'), answers };
};
