import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * True where a server could listen on this port of the loopback address now.
 */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/**
 * A free port below the range that systems hand out to outgoing connections, so that it is still free when a broker
 * that was killed wants it back. No other process gets it from here while this one lives: between the choice and the
 * moment a broker listens lie seconds in which its folder is prepared.
 */
export const findFreePort = async (): Promise<number> => {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(20_000, 32_000);
    if (claimPort(port) && (await isPortFree(port))) return port;
  }
  throw new Error('no free port found between 20000 and 32000');
};

/** A file per port that was given out, with the process it was given to. */
const claims = join(tmpdir(), `penstock-ports-${userInfo().uid}`);
const own = new Set<string>();
process.once('exit', () => {
  for (const file of own) rmSync(file, { force: true });
});

/** Takes a port for this process; false where a living process has it. */
export const claimPort = (port: number): boolean => {
  mkdirSync(claims, { recursive: true });
  const file = join(claims, String(port));
  if (own.has(file)) return false;
  if (!create(file)) {
    if (isAlive(ownerOf(file))) return false;
    rmSync(file, { force: true });
    if (!create(file)) return false;
  }
  own.add(file);
  return true;
};

const create = (file: string): boolean => {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Of one that is just being written, or just went, it is not known: undefined. */
const ownerOf = (file: string): number | undefined => {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

const isAlive = (pid: number | undefined): boolean => {
  if (pid === undefined) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};
