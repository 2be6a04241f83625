import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { workspaceFolder } from './workspace.ts';

const SCOPE = '@penstock/';
/** What fixes the dependencies: in the source tree, and in an installed package. */
const LOCKS = ['package-lock.json', 'package.json'];

/**
 * 16 hex digits that change whenever the engine's archive may: with the sources of the worker and of every package it
 * builds on, with the dependencies, and with the Node and the platform that native dependencies are chosen for.
 * Tests do not count. Some 10 ms: this is asked before every launch.
 */
export const sourceKey = async (workspace: string = workspaceFolder): Promise<string> => {
  const hash = createHash('sha256');
  hash.update([process.version, process.platform, process.arch].join(' '));
  for (const file of await sourceFiles(workspace)) {
    const content = await readFile(join(workspace, file));
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
};

/** By path within the workspace, sorted. */
const sourceFiles = async (workspace: string): Promise<readonly string[]> => {
  const lock = LOCKS.find((name) => existsSync(join(workspace, name)));
  if (lock === undefined) throw new Error(`${workspace} has neither ${LOCKS.join(' nor ')}.`);
  const files = [lock];
  for (const name of await packagesBelow('worker', workspace)) {
    files.push(`packages/${name}/package.json`);
    const sources = glob('src/**/*', { cwd: join(workspace, 'packages', name), withFileTypes: true });
    for await (const entry of sources) {
      if (entry.isFile() && !entry.name.endsWith('.test.ts'))
        files.push(relative(workspace, join(entry.parentPath, entry.name)));
    }
  }
  return files.sort();
};

/** Folders of a package of the workspace and of all that it builds on. */
const packagesBelow = async (
  name: string,
  workspace: string,
  known = new Set<string>(),
): Promise<ReadonlySet<string>> => {
  known.add(name);
  const { dependencies = {} } = JSON.parse(
    await readFile(join(workspace, 'packages', name, 'package.json'), 'utf8'),
  ) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) {
    const below = dependency.slice(SCOPE.length);
    if (dependency.startsWith(SCOPE) && !known.has(below)) await packagesBelow(below, workspace, known);
  }
  return known;
};
