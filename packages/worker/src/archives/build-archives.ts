import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '@penstock/engine';
import { AppError, type JsonObject, messageOf } from '@penstock/model';
import { type Archive, ArchiveCache } from './archive-cache.ts';
import { type ArchiveEntry, writeArchive } from './archive-file.ts';
import { bundlePrograms } from './bundle-programs.ts';
import { nativeFiles, nativePackages } from './native-packages.ts';
import { neededRuntimes } from './needed-runtimes.ts';
import { pythonArchive } from './python-archive.ts';
import { sourceKey } from './source-key.ts';

export type { Archive } from './archive-cache.ts';

export interface ArchiveOptions {
  /** Folder that keeps them; made where it does not exist. Processes may share it. */
  readonly cacheDir: string;
  /** The pipeline they are for: it gets what its stages need beside the engine. */
  readonly document?: JsonObject;
  /** Hears a sentence before each step that takes a while; not called when everything is there or others make it. */
  readonly onProgress?: (message: string) => void;
}

export interface Archives {
  /** `range-main.js` and what it needs: unpacked to `./engine` of a container. */
  readonly engine: Archive;
  /** `bin/node`, the Node that runs this: unpacked to `./node` of a container. */
  readonly node: Archive;
  /** Python for scripts, for pipelines that have some: unpacked to `./python` of a container. */
  readonly python?: Archive;
}

/** With this file's own kind of name: TypeScript in the source tree, JavaScript in an installed package. */
const source = (path: string): string => fileURLToPath(new URL(`${path}${extname(import.meta.url)}`, import.meta.url));
/** The process of an executor, and the threads it starts. */
const PROGRAMS = {
  'range-main': source('../cluster/range-main'),
  'range-thread': source('../cluster/range-thread'),
};
const MAX_ATTEMPTS = 5;

/** By folder and what is needed. Whoever asks while archives are being made waits for those. */
const underWay = new Map<string, Promise<Archives>>();

/**
 * The archives (tar.gz) that bring the worker to machines that have only Java. They are made once for each state
 * of the sources and kept; finding out that they are there takes well under a second. Errors: `ARCHIVE_FAILED` where
 * one cannot be made, with the reason.
 */
export const buildArchives = (options: ArchiveOptions): Promise<Archives> => {
  const { cacheDir, document, onProgress = () => undefined } = options;
  const folder = resolve(cacheDir);
  const runtimes = document === undefined ? [] : neededRuntimes(document);
  const key = [folder, ...runtimes].join(' ');
  const made =
    underWay.get(key) ?? findOrMake(new ArchiveCache(folder), runtimes, onProgress).finally(() => underWay.delete(key));
  underWay.set(key, made);
  return made;
};

const findOrMake = async (
  cache: ArchiveCache,
  runtimes: readonly Runtime[],
  onProgress: (message: string) => void,
): Promise<Archives> => {
  try {
    const engine = await engineArchive(cache, onProgress);
    const node = await nodeArchive(cache, onProgress);
    return runtimes.includes('python')
      ? { engine, node, python: await pythonArchive(cache, onProgress) }
      : { engine, node };
  } catch (cause) {
    throw new AppError('ARCHIVE_FAILED', `The worker cannot be packed for the cluster: ${messageOf(cause)}`, {
      domain: 'internal',
      cause,
    });
  }
};

const engineArchive = async (cache: ArchiveCache, onProgress: (message: string) => void): Promise<Archive> => {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const key = await sourceKey();
    const found = await cache.find('engine', key);
    if (found !== undefined) return found;
    onProgress('Bundling the engine for the cluster');
    const entries = await engineEntries();
    // A bundle of sources that were changed meanwhile must not be kept under the key of the old ones.
    if ((await sourceKey()) === key) return cache.add('engine', key, (file) => writeArchive(file, entries));
  }
  throw new Error(`The sources changed during each of ${MAX_ATTEMPTS} attempts to bundle them.`);
};

const engineEntries = async (): Promise<readonly ArchiveEntry[]> => [
  { target: 'package.json', source: { content: '{ "private": true, "type": "module" }\n' } },
  ...(await bundlePrograms(PROGRAMS, Object.keys(nativePackages))),
  ...(await nativeFiles()),
];

const nodeArchive = async (cache: ArchiveCache, onProgress: (message: string) => void): Promise<Archive> => {
  if ((process.config.variables as { node_shared?: boolean }).node_shared === true)
    throw new Error(
      `${process.execPath} is not complete without its library libnode; use the Node of the npm package.`,
    );
  const binary = await realpath(process.execPath);
  const { size, mtimeMs } = await stat(binary);
  const facts = [process.version, process.platform, process.arch, size, mtimeMs].join(' ');
  const key = createHash('sha256').update(facts).digest('hex').slice(0, 16);
  const found = await cache.find('node', key);
  if (found !== undefined) return found;
  onProgress(`Packing Node ${process.version} for the cluster`);
  const entries = [{ target: 'bin/node', source: binary, isExecutable: true }];
  return cache.add('node', key, (file) => writeArchive(file, entries));
};
