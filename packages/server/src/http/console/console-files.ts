import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the built console. Bodies are kept as they are sent: the build has compressed them. */
export interface ConsoleFile {
  /** Below the root, with a slash in front. */
  readonly path: string;
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip?: Buffer;
  readonly brotli?: Buffer;
}

/** The built console: its page, and what the page asks for. */
export interface ConsoleFiles {
  readonly page: ConsoleFile;
  readonly assets: readonly ConsoleFile[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const COMPRESSED = /\.(br|gz)$/;

/**
 * Reads a built console into memory, where it stays: it is small, and what is not among these files cannot be asked
 * for, whatever an address says. Undefined where there is none. Errors: a file of a type that nobody declared.
 */
export const readConsole = (folder: string): ConsoleFiles | undefined => {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const assets = readdirSync(join(folder, 'assets'))
    .filter((name) => !COMPRESSED.test(name))
    .map((name) => readOne(folder, `/assets/${name}`));
  return { page: readOne(folder, '/index.html'), assets };
};

const readOne = (folder: string, path: string): ConsoleFile => {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`the built console has a file of an unknown type: ${path}`);
  const file = join(folder, path);
  return {
    path,
    type,
    plain: readFileSync(file),
    ...(existsSync(`${file}.gz`) ? { gzip: readFileSync(`${file}.gz`) } : {}),
    ...(existsSync(`${file}.br`) ? { brotli: readFileSync(`${file}.br`) } : {}),
  };
};
