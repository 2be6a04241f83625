import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** A call with the admin token; the parsed answer. */
  // biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
  call(method: string, path: string, body?: unknown): Promise<any>;
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
}

/** The service as people run it: a process of its own, on this port (0 takes a free one). */
export const startServiceProcess = async (options: {
  dataDir: string;
  port: number;
  bootstrapServers: string;
  env?: Record<string, string>;
}): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, ['--no-node-snapshot', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      PENSTOCK_DATA: options.dataDir,
      PENSTOCK_PORT: String(options.port),
      KAFKA_BOOTSTRAP_SERVERS: options.bootstrapServers,
      ...options.env,
    },
  });
  const url = await addressOf(child);
  return {
    child,
    url,
    call: async (method, path, body) => {
      const token =
        options.env?.PENSTOCK_ADMIN_TOKEN ?? readFileSync(join(options.dataDir, 'admin-token'), 'utf8').trim();
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return text === '' ? undefined : JSON.parse(text);
    },
    kill: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
};

/** From its log, which says where it listens; rejects with what it wrote when it ends instead. */
const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /"url":"(http[^"]+)","dataDir"/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
      output = output.slice(-20_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('exit', (code) => reject(new Error(`the service ended (${code}): ${output}`)));
  });

/** Asks again and again until the answer is right; the test runner's own limit is the limit. */
export const eventually = async <T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    await delay(50); // not a guess how long something takes: only not to ask without pause
  }
};
