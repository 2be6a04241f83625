import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@penstock/dev';

const START = fileURLToPath(new URL('../../dev/src/start.ts', import.meta.url));
const PAGE_END = 'Ctrl-C stops everything';

/** What `npm start` brings up: a real Kafka, the service with the built console, and a pipeline at work. */
export class Demo {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #output = '';

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString('utf8');
        child.emit('output');
      });
  }

  static async start(): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), 'penstock-console-test-'));
    const args = ['--no-node-snapshot', START, '--data', folder, '--port', String(await findFreePort())];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const demo = new Demo(child, folder);
    try {
      const ended = once(child, 'exit');
      while (!demo.#output.includes(PAGE_END)) {
        const [code] = await Promise.race([once(child, 'output'), ended]);
        if (code !== undefined) throw new Error(`npm start ended before it had shown its page:\n${demo.#output}`);
      }
      return demo;
    } catch (error) {
      await demo.stop();
      throw error;
    }
  }

  /** The link it prints, which signs in once. */
  get signInLink(): string {
    const link = /Sign in\s+(\S+)/.exec(this.#output)?.[1];
    if (link === undefined) throw new Error(`no sign-in link was printed:\n${this.#output}`);
    return link;
  }

  get facts(): {
    readonly baseUrl: string;
    readonly orgId: string;
    readonly pipelineId: string;
    readonly kafkaBootstrapServers: string;
  } {
    return JSON.parse(readFileSync(join(this.#folder, 'demo.json'), 'utf8'));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGINT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
