import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ArchiveEntry } from './archive-file.ts';
import { workspaceFolder } from './workspace.ts';

/** Packages with native binaries, and the package of the workspace that depends on them. They travel as they are. */
export const nativePackages = { '@node-rs/crc32': 'kafka', 'isolated-vm': 'operators' } as const;

/** Loads packages and prints the path of every CommonJS module and binary this took. */
const TRACE = `
  const { createRequire } = require('node:module');
  for (const [name, from] of JSON.parse(process.argv[1])) createRequire(from)(name);
  process.stdout.write(JSON.stringify(Object.keys(require.cache)));
`;

const run = promisify(execFile);

/**
 * The files of the native packages that this Node needs on this platform: what loading them loads, found out by doing
 * so in a process of its own, with the `package.json` and licence of each package. Rejects where one cannot be loaded.
 */
export const nativeFiles = async (): Promise<readonly ArchiveEntry[]> => {
  const wanted = Object.entries(nativePackages).map(([name, owner]) => [
    name,
    join(workspaceFolder, 'packages', owner, 'package.json'),
  ]);
  const { stdout } = await run(process.execPath, ['--no-node-snapshot', '-e', TRACE, JSON.stringify(wanted)]);
  const files = new Set(JSON.parse(stdout) as string[]);
  for (const folder of new Set([...files].map(packageFolder))) {
    for (const name of await readdir(folder))
      if (/^(?:package\.json|licen[cs]e.*)$/i.test(name)) files.add(join(folder, name));
  }
  const byTarget = new Map<string, string>();
  for (const file of files) {
    const target = targetOf(file);
    const other = byTarget.get(target);
    if (other !== undefined) throw new Error(`${file} and ${other} cannot both be ${target} in the archive.`);
    byTarget.set(target, file);
  }
  return [...byTarget].map(([target, source]) => ({ target, source }));
};

/** Of a file inside an installed package: the package's folder. */
export const packageFolder = (file: string): string => {
  const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  if (folder === undefined || !existsSync(folder)) throw new Error(`${file} belongs to no package.`);
  return folder;
};

/** An installed package has its dependencies in its own folder or beside it. */
const besideFolder = dirname(workspaceFolder);
const roots = [
  `${workspaceFolder}/`,
  ...(basename(besideFolder) === 'node_modules' ? [`${dirname(besideFolder)}/`] : []),
];

/** Where a package was put for one package of the workspace, it goes to the top in the archive. */
const targetOf = (file: string): string =>
  file.slice(file.indexOf('node_modules/', roots.find((root) => file.startsWith(root))?.length ?? 0));
