import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { cacheFolder } from '@penstock/dev';
import type { JsonObject, JsonValue, RunEvent, RunSpec } from '@penstock/model';
import { localPrograms } from '@penstock/worker/local-programs';
import type { GivenStore } from '../given-assets.ts';
import type { CompressedTime } from './compressed-time.ts';
import { ControlServer } from './control-server.ts';
import { hasRead } from './has-read.ts';

/** A real worker of Standalone Mode, started as the service starts it, under a control plane of its own, for tests. */
export class WorkerProcess {
  readonly control: ControlServer;
  readonly exited: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => void;

  private constructor(control: ControlServer, exited: Promise<number | null>, kill: (signal: NodeJS.Signals) => void) {
    this.control = control;
    this.exited = exited;
    this.kill = kill;
  }

  static async start(
    t: TestContext,
    bootstrapServers: string,
    run: { readonly pipelineId: string; readonly document: JsonObject } & Partial<RunSpec>,
    time?: CompressedTime,
    assets: GivenStore = {},
    references: Readonly<Record<string, JsonValue>> = {},
  ): Promise<WorkerProcess> {
    const kafkaRate = run.kafkaRate ?? 1_000_000;
    const control = await ControlServer.start(t, kafkaRate, assets, references);
    const spec: RunSpec = {
      runId: 'run',
      orgId: 'o1',
      messageChannel: 0,
      kafka: { bootstrapServers },
      threads: 1,
      memoryMb: 1024,
      kafkaRate,
      control: { endpointsFile: control.endpointsFile, token: 'token' },
      ...run,
    };
    const folder = await mkdtemp(join(tmpdir(), 'penstock-run-'));
    const file = join(folder, 'run.json');
    await writeFile(file, JSON.stringify(spec));
    const { main } = await localPrograms({ folder: join(cacheFolder(), 'programs') });
    const child = spawn(process.execPath, ['--no-node-snapshot', main, file], {
      env: { ...process.env, ...time?.env },
      stdio: ['ignore', process.env.PENSTOCK_TEST_VERBOSE ? 'inherit' : 'ignore', 'inherit'],
    });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    t.after(async () => {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    });
    return new WorkerProcess(control, exited, (signal) => child.kill(signal));
  }

  /** Resolves when it runs and has read what there is of its source: `hasRead`; rejects when it ends before. */
  async caughtUp(records = 0): Promise<void> {
    const isDone = this.control.heard((heartbeat) => heartbeat.phase === 'running' && hasRead(heartbeat, records));
    await Promise.race([isDone, this.endedEarly()]);
  }

  /** Orders it to pause and resolves to its exit code. */
  pause(): Promise<number | null> {
    this.control.reply = { ...this.control.reply, desired: 'pause' };
    return this.exited;
  }

  /** All it has told so far. */
  events(): readonly RunEvent[] {
    return this.control.heartbeats.flatMap(({ events }) => events);
  }

  /** Rejects when it ends: what is waited for will not come then. */
  async endedEarly(): Promise<never> {
    const code = await this.exited;
    throw new Error(`the worker ended with ${code}: ${JSON.stringify(this.control.heartbeats.at(-1)?.failure)}`);
  }
}
