import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CONSOLE_FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where the built console is; the service reads it there. */
export const DIST_FOLDER = join(CONSOLE_FOLDER, 'dist');
/** What a build was made from, beside what it made. */
export const STAMP = 'built-from.txt';

const ROOT = dirname(dirname(CONSOLE_FOLDER));
const SOURCES = [
  'package-lock.json',
  'packages/console/index.html',
  'packages/console/build/**/*.ts',
  'packages/console/src/**/*',
  'packages/client/src/**/*.ts',
];

/** A digest of everything a build is made from. By content: a checkout changes times and nothing else. */
export const digestOfSources = (): string => {
  const digest = createHash('sha256');
  const files = globSync(SOURCES, { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name) && !entry.parentPath.endsWith('/testing'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) digest.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  return digest.digest('hex');
};
