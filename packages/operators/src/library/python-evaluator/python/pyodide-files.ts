import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** What is needed of the package, besides which it looks for nothing at run time. */
export const PYODIDE_FILES = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'] as const;

/** Where the files lie in a container of Cluster Mode, from its working directory: an archive of their own. */
export const SHIPPED_FOLDER = 'python';

export interface PyodideFiles {
  readonly loader: string;
  readonly module: string;
  readonly wasm: ArrayBuffer;
  readonly stdlib: ArrayBuffer;
}

/** Folder with the files of Pyodide: the installed package's, or what was shipped beside the engine. */
export const pyodideFolder = (): string => {
  try {
    return dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return resolve(SHIPPED_FOLDER);
  }
};

/** Reads Pyodide: 13 MB from disk, nothing from a network. Rejects where a file is missing. */
export const readPyodide = async (folder: string = pyodideFolder()): Promise<PyodideFiles> => {
  const [loader, module, wasm, stdlib] = await Promise.all(PYODIDE_FILES.map((name) => readFile(join(folder, name))));
  if (loader === undefined || module === undefined || wasm === undefined || stdlib === undefined)
    throw new Error('a file of Pyodide is missing');
  return {
    loader: loader.toString('utf8'),
    module: withoutItsAddress(module.toString('utf8')),
    wasm: bufferOf(wasm),
    stdlib: bufferOf(stdlib),
  };
};

const ADDRESS = 'import.meta.url';

/** A module in an isolate has no address, and this one asks for its own where it is loaded, without need of it. */
const withoutItsAddress = (source: string): string => {
  if (!source.includes(ADDRESS)) throw new Error(`Pyodide no longer asks for ${ADDRESS}; look at how it is loaded.`);
  return source.replaceAll(ADDRESS, '"file:///pyodide.asm.mjs"');
};

const bufferOf = ({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer =>
  (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
