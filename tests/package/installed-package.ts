import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Hopeless, until } from '@penstock/testkit';
import { killAllWorkers } from '@penstock/testkit/service';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACK = fileURLToPath(new URL('../../scripts/package.ts', import.meta.url));
const READY_MS = 90_000;
const run = promisify(execFile);

/** What is set for tests, npm and this source tree, and the tree's programs, do not reach the package. */
const strangersEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_|npm_|INIT_CWD|PENSTOCK_|KAFKA_|DATABASE_URL)/i.test(name)),
  ),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(ROOT))
    .join(delimiter),
});

/** The npm package, made of this source tree and installed as anybody would, into an empty folder. */
export class InstalledPackage {
  readonly folder: string;
  readonly dataDir: string;
  readonly #env: NodeJS.ProcessEnv;
  #service: ChildProcess | undefined;
  #log = '';

  private constructor(folder: string) {
    this.folder = folder;
    this.dataDir = join(folder, 'data');
    this.#env = { ...strangersEnvironment(), PENSTOCK_DATA: this.dataDir, PENSTOCK_PORT: '0' };
    process.once('exit', () => this.kill());
  }

  /** Packs and installs. `folder`: empty, and outside the source tree. */
  static async install(folder: string): Promise<InstalledPackage> {
    const made = await run(process.execPath, ['--no-node-snapshot', PACK, '--out', join(folder, 'packed')]);
    const installed = join(folder, 'installed');
    mkdirSync(installed);
    // Without it npm would look for a project in the folders above.
    writeFileSync(join(installed, 'package.json'), '{ "private": true }\n');
    const flags = ['--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
    await run('npm', ['install', made.stdout.trim(), ...flags], { cwd: installed, env: strangersEnvironment() });
    return new InstalledPackage(installed);
  }

  /** A file of the package. */
  file(...path: string[]): string {
    return join(this.folder, 'node_modules', 'penstock', ...path);
  }

  get adminToken(): string {
    return readFileSync(join(this.dataDir, 'admin-token'), 'utf8').trim();
  }

  /** The Node that came with it. */
  get node(): string {
    return join(this.folder, 'node_modules', '.bin', 'node');
  }

  /** A command of it: what it printed. Errors: its exit code is not 0; the message has what it said. */
  async penstock(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const program = join(this.folder, 'node_modules', '.bin', 'penstock');
    const { stdout } = await run(program, [...args], {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      timeout: READY_MS,
    });
    return stdout;
  }

  /** `penstock serve`, until it answers. The address. */
  async serve(bootstrapServers: string): Promise<string> {
    const child = spawn(join(this.folder, 'node_modules', '.bin', 'penstock'), ['serve'], {
      cwd: this.folder,
      env: { ...this.#env, KAFKA_BOOTSTRAP_SERVERS: bootstrapServers },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#service = child;
    this.#log = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString('utf8');
      });
    await once(child, 'spawn');
    return until('waiting for the installed service', READY_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Hopeless(`the service has ended: ${this.#log.slice(-3000)}`);
      const url = /"url":"(http[^"]+)","dataDir"/.exec(this.#log)?.[1];
      if (url === undefined) return undefined;
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5000) });
      return answer.ok ? url : undefined;
    });
  }

  /** Ends the service as `systemd` would: a signal to the process that was started, alone. Its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#service;
    if (child === undefined) throw new Error('the service was not started');
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await gone) as [number | null];
    this.#service = undefined;
    return code;
  }

  /** Leaves nothing behind. Synchronous, for exit hooks. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.#service ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    killAllWorkers(this.dataDir);
  }
}
