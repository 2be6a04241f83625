import { randomUUID } from 'node:crypto';
import type { RunSpec } from '@penstock/model';
import type { Launcher, TerminateHow } from '@penstock/modes';
import type { ProcessExit, StandaloneEvidence, StandaloneLaunch } from '@penstock/modes/testing';

interface FakeProcess {
  readonly spec: RunSpec;
  readonly pid: number;
  exit?: ProcessExit;
}

/** Processes that exist only here: shared by the instances of a test as the process table of one host is. */
export class FakeHost {
  readonly processes = new Map<string, FakeProcess>();
  readonly asked: { launchId: string; how: TerminateHow }[] = [];
  /** Thrown by the next launches of these runs. */
  readonly broken = new Map<string, Error>();
  #nextPid = 1000;

  newPid(): number {
    return this.#nextPid++;
  }

  live(runId: string): FakeProcess[] {
    return [...this.processes.values()].filter(({ spec, exit }) => spec.runId === runId && exit === undefined);
  }

  launchesOf(runId: string): number {
    return [...this.processes.values()].filter(({ spec }) => spec.runId === runId).length;
  }

  end(runId: string, exit: ProcessExit = { code: null, signal: 'SIGKILL' }): void {
    for (const process of this.live(runId)) process.exit = exit;
  }
}

export class FakeLauncher implements Launcher<StandaloneLaunch, StandaloneEvidence> {
  readonly #host: FakeHost;

  constructor(host: FakeHost) {
    this.#host = host;
  }

  prepare(_runId: string, now: number): StandaloneLaunch {
    return { launchId: randomUUID(), kind: 'standalone', host: 'here', at: now };
  }

  async launch(record: StandaloneLaunch, spec: RunSpec): Promise<StandaloneLaunch> {
    const broken = this.#host.broken.get(spec.runId);
    if (broken !== undefined) throw broken;
    const pid = this.#host.newPid();
    this.#host.processes.set(record.launchId, { spec, pid });
    return { ...record, pid, processStartedAt: `start-of-${pid}` };
  }

  async evidence(record: StandaloneLaunch): Promise<StandaloneEvidence> {
    const process = this.#host.processes.get(record.launchId);
    if (process === undefined) return { kind: 'never-started' };
    if (process.exit !== undefined) return { kind: 'dead', exit: process.exit };
    return { kind: 'alive', pid: process.pid, processStartedAt: `start-of-${process.pid}` };
  }

  async terminate(record: StandaloneLaunch, how: TerminateHow): Promise<void> {
    this.#host.asked.push({ launchId: record.launchId, how });
    const process = this.#host.processes.get(record.launchId);
    if (how === 'kill' && process !== undefined) process.exit = { code: null, signal: 'SIGKILL' };
  }

  async tend(): Promise<void> {}
  async forget(): Promise<void> {}
}
