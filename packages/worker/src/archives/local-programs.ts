import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePrograms } from './bundle-programs.ts';
import { nativePackages, packageFolder } from './native-packages.ts';
import { sourceKey } from './source-key.ts';
import { workspaceFolder } from './workspace.ts';

export interface LocalProgramsOptions {
  /** Folder that keeps the bundles; made where it does not exist. Processes of one machine may share it. */
  readonly folder: string;
  /** Hears a sentence before a bundle is made; not called when it is there. */
  readonly onProgress?: (message: string) => void;
}

/** Paths of programs, to be run by `node --no-node-snapshot`. */
export interface LocalPrograms {
  /** The worker of a run: see `main.ts`. */
  readonly main: string;
  /** One preview: see `preview-main.ts`. */
  readonly preview: string;
}

/** With this file's own kind of name: TypeScript in the source tree, JavaScript in an installed package. */
const source = (path: string): string => fileURLToPath(new URL(`${path}${extname(import.meta.url)}`, import.meta.url));
/** The process of a run in Standalone Mode, the threads it starts, and a preview. */
const PROGRAMS = {
  main: source('../main'),
  'thread-main': source('../standalone/thread-main'),
  'preview-main': source('../preview/preview-main'),
};

/** The programs as the sources they are: what is run where there is no bundle. */
export const sourcePrograms: LocalPrograms = { main: PROGRAMS.main, preview: PROGRAMS['preview-main'] };

/** Packages that are loaded from where they are installed, and the package of the workspace that depends on them. */
const LINKED = { ...nativePackages, pyodide: 'operators' } as const;
/** A worker loads parts of its program late, so that what was launched lately must stay. */
const MAX_KEPT = 10;
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** By folder: whoever asks while a bundle is being made waits for it. */
const underWay = new Map<string, Promise<LocalPrograms>>();

/**
 * The worker's programs for this machine as one bundle, in a folder `programs-{key of the sources}` of its own. A start
 * from there loads a few files instead of three hundred, which was half of its CPU time, and a run keeps the program it
 * was started with when the sources change under it. Made once for each state of the sources, in about two seconds.
 * Rejects where a bundle cannot be made or written.
 */
export const localPrograms = ({
  folder,
  onProgress = () => undefined,
}: LocalProgramsOptions): Promise<LocalPrograms> => {
  const cache = resolve(folder);
  const made = underWay.get(cache) ?? findOrMake(cache, onProgress).finally(() => underWay.delete(cache));
  underWay.set(cache, made);
  return made;
};

const findOrMake = async (cache: string, onProgress: (message: string) => void): Promise<LocalPrograms> => {
  const key = await ownKey();
  const folder = join(cache, `programs-${key}`);
  const programs = { main: join(folder, 'main.js'), preview: join(folder, 'preview-main.js') };
  if (existsSync(folder)) {
    const now = new Date();
    await utimes(folder, now, now);
    return programs;
  }
  onProgress('Bundling the worker for this machine');
  await mkdir(cache, { recursive: true });
  await removeOld(cache);
  const unfinished = join(cache, `programs-${key}-${randomUUID()}.tmp`);
  try {
    await writePrograms(unfinished);
    // A bundle of sources that were changed meanwhile must not be kept under the key of the old ones.
    if ((await ownKey()) !== key) throw new Error('the sources were changed while they were bundled');
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster: the same key is the same program.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return programs;
};

/** Native packages are loaded from this very installation, so another one with the same sources has its own bundle. */
const ownKey = async (): Promise<string> =>
  createHash('sha256')
    .update(`${workspaceFolder}\n${await sourceKey()}`)
    .digest('hex')
    .slice(0, 16);

const writePrograms = async (folder: string): Promise<void> => {
  const entries = await bundlePrograms(PROGRAMS, Object.keys(LINKED));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  for (const { target, source: from } of entries)
    if (typeof from === 'object') await writeFile(join(folder, target), from.content);
  for (const [name, owner] of Object.entries(LINKED)) {
    const require = createRequire(join(workspaceFolder, 'packages', owner, 'package.json'));
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(packageFolder(require.resolve(name)), link);
  }
};

/** Keeps the bundles that were launched last, whatever their age: a run of an old one may still be under way. */
const removeOld = async (cache: string): Promise<void> => {
  const kept: { readonly path: string; readonly usedAt: number }[] = [];
  for (const name of await readdir(cache)) {
    if (!name.startsWith('programs-')) continue;
    const path = join(cache, name);
    const usedAt = (await stat(path).catch(undefinedWhereGone))?.mtimeMs;
    if (usedAt === undefined) continue;
    if (!name.endsWith('.tmp')) kept.push({ path, usedAt });
    else if (Date.now() - usedAt > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
  const old = kept.sort((a, b) => b.usedAt - a.usedAt).slice(MAX_KEPT - 1);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
};

const undefinedWhereGone = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
};
