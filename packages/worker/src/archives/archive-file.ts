import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packTar, type TarSource } from 'modern-tar/fs';

/** A file of an archive: its path there, and either the file it is copied from or its content. */
export interface ArchiveEntry {
  readonly target: string;
  readonly source: string | { readonly content: string | Uint8Array };
  readonly isExecutable?: boolean;
}

/**
 * Writes a new tar.gz, on disk when this resolves, and answers the first 16 hex digits of its SHA-256. The same
 * entries make the same bytes: they are sorted, and neither times nor owners of the files go in.
 */
export const writeArchive = async (file: string, entries: readonly ArchiveEntry[]): Promise<string> => {
  const sorted = [...entries].sort((a, b) => (a.target < b.target ? -1 : 1));
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(
    packTar(sorted.map(tarSource)),
    createGzip(),
    hashed,
    createWriteStream(file, { flags: 'wx', flush: true }),
  );
  return hash.digest('hex').slice(0, 16);
};

const tarSource = ({ target, source, isExecutable = false }: ArchiveEntry): TarSource => {
  const header = {
    target,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    mode: isExecutable ? 0o755 : 0o644,
  };
  return typeof source === 'string'
    ? { type: 'file', source, ...header }
    : { type: 'content', content: source.content, ...header };
};
