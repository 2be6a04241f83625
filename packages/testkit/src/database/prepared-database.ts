import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '@penstock/dev';

const SERVER = dirname(fileURLToPath(import.meta.resolve('@penstock/server/main')));
const run = promisify(execFile);

/** An unused database is of a version of the tables that nobody works on any more. */
const KEPT_MS = 7 * 24 * 3600_000;

/**
 * Puts an embedded database into `dataDir/database`, empty and up to date, as the first start of a service would make it:
 * copied, for making one takes the time of many starts. What the first start of a service itself is tested by goes
 * without. Does nothing where there is one. Resolves to `dataDir`.
 */
export const prepareDatabase = async (dataDir: string): Promise<string> => {
  const target = join(dataDir, 'database');
  if (existsSync(target)) return dataDir;
  const made = join(cacheFolder(), 'databases', versionOf());
  if (!existsSync(made)) await make(made);
  const now = new Date();
  utimesSync(made, now, now);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  cpSync(made, target, { recursive: true });
  return dataDir;
};

/** Changes with whatever a new database depends on: its migrations, how it is opened, and the package that it comes from. */
const versionOf = (): string => {
  const hash = createHash('sha256');
  const files = [
    ...globSync('../migrations/**/*.*', { cwd: SERVER })
      .sort()
      .map((file) => join(SERVER, file)),
    join(SERVER, 'store', 'embedded-store.ts'),
    fileURLToPath(import.meta.resolve('@electric-sql/pglite')),
  ];
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
};

/** It appears whole or not at all; of several that are made at once one stays. */
const make = async (made: string): Promise<void> => {
  const draft = `${made}.${randomUUID()}`;
  try {
    mkdirSync(draft, { recursive: true });
    await run(process.execPath, ['--no-node-snapshot', join(SERVER, 'operations', 'main.ts'), 'migrate'], {
      cwd: draft,
      env: { PATH: process.env.PATH, PENSTOCK_DATA: draft },
    });
    forgetUnused(dirname(made));
    if (!existsSync(made)) renameSync(join(draft, 'database'), made);
  } catch (error) {
    if (!existsSync(made)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};

const forgetUnused = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
};
