import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** What is in a folder: a directory has no bytes. */
type Entry = readonly [path: string, bytes: number | null];

/**
 * A folder as one file: a line of JSON that lists what is in it, then the bytes of its files, all of it compressed in a
 * window as large as the whole, since a database keeps the same pages several times.
 */
export const packFolder = (folder: string): Buffer => {
  const entries: Entry[] = [];
  const parts: Buffer[] = [];
  for (const found of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name).slice(folder.length + 1);
    if (found.isDirectory()) entries.push([path, null]);
    if (!found.isFile()) continue;
    const bytes = readFileSync(join(folder, path));
    entries.push([path, bytes.length]);
    parts.push(bytes);
  }
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(entries)}\n`), ...parts]);
  return brotliCompressSync(whole, {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
    },
  });
};

/** Makes the folder anew from what `packFolder` made of it. */
export const unpackFolder = (packed: Buffer, folder: string): void => {
  const whole = brotliDecompressSync(packed);
  const end = whole.indexOf(10);
  let at = end + 1;
  for (const [path, bytes] of JSON.parse(whole.toString('utf8', 0, end)) as readonly Entry[]) {
    const target = join(folder, path);
    mkdirSync(bytes === null ? target : dirname(target), { recursive: true, mode: 0o700 });
    if (bytes === null) continue;
    writeFileSync(target, whole.subarray(at, at + bytes), { mode: 0o600 });
    at += bytes;
  }
};
