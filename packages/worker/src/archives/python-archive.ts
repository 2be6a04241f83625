import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PYODIDE_FILES, pyodideFolder } from '@penstock/operators/pyodide-files';
import type { Archive, ArchiveCache } from './archive-cache.ts';
import { type ArchiveEntry, writeArchive } from './archive-file.ts';

/** Says of which version it is, and under which licence. */
const FILES = [...PYODIDE_FILES, 'package.json', 'README.md'];

/** Python for scripts: the files of Pyodide, unpacked to `./python` of a container. The same for all installations. */
export const pythonArchive = async (cache: ArchiveCache, onProgress: (message: string) => void): Promise<Archive> => {
  const folder = pyodideFolder();
  const hash = createHash('sha256').update(await readFile(join(folder, 'package.json')));
  const entries: ArchiveEntry[] = FILES.map((name) => ({ target: name, source: join(folder, name) }));
  for (const { target, source } of entries) hash.update(`\n${target} ${(await stat(String(source))).size}`);
  const key = hash.digest('hex').slice(0, 16);
  const found = await cache.find('python', key);
  if (found !== undefined) return found;
  onProgress('Packing Python for the cluster');
  return cache.add('python', key, (file) => writeArchive(file, entries));
};
