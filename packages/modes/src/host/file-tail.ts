import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

export interface FileTail {
  readonly text: string;
  /** Of the whole file. */
  readonly bytes: number;
}

/** The end of a file, from the beginning of a line where it is not the whole; undefined where there is no such file. */
export const tailOf = (path: string, bytes: number): FileTail | undefined => {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r');
  try {
    const { size } = statSync(path);
    const buffer = Buffer.alloc(Math.min(bytes, size));
    const read = readSync(file, buffer, 0, buffer.length, Math.max(0, size - buffer.length));
    const text = buffer.subarray(0, read).toString('utf8');
    return { text: size > bytes ? text.slice(text.indexOf('\n') + 1) : text, bytes: size };
  } finally {
    closeSync(file);
  }
};
