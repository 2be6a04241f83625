import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Issue, JsonValue, OwnLibrary } from '@penstock/model';
import {
  checkPackage,
  type LibraryPackage,
  ownLibraryOf,
  packageHash,
  packManifest,
  runPackageCases,
} from '@penstock/operators';
import { CommandFailure, ExitCode, usageFailure } from '../../failure.ts';
import { issueLines } from '../../issues.ts';
import { FileIssueError, issueText } from '../folder/file-issue.ts';
import { SourceFile } from '../folder/source-file.ts';

/** A library of operators as it is written: a folder with a manifest, or the one file of its package. */
export interface ReadLibrary {
  readonly library: LibraryPackage;
  readonly packed: JsonValue;
}

const MANIFEST = 'manifest.json';

/**
 * Reads a library: a folder with `manifest.json`, whose operators may name files beside it, or a package. Errors: exit
 * code 2 with all that is wrong with it.
 */
export const readLibrary = (cwd: string, path: string): ReadLibrary => {
  const packed = packOf(cwd, path);
  const { library, issues } = checkPackage(packed);
  if (library === undefined) throw notUsable(ExitCode.Usage, path, issues);
  return { library, packed };
};

/** Runs the cases of a library in the sandbox. Errors: exit code 1 with those that fail. */
export const testLibrary = async (path: string, { library }: ReadLibrary): Promise<number> => {
  const issues = await runPackageCases(library);
  if (issues.length > 0) throw notUsable(ExitCode.Failed, path, issues);
  return library.operators.reduce((sum, { cases }) => sum + cases.length, 0);
};

/** The libraries beside the pipelines of a project, in `libraries/`, as a run would have them. */
export const readOwnLibraries = (cwd: string, project: string): OwnLibrary[] => {
  const folder = join(resolve(cwd, project), 'libraries');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() || entry.name.endsWith('.json')) && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const { library, packed } = readLibrary(cwd, relative(cwd, join(folder, name)));
      return { library: ownLibraryOf(library), hash: packageHash(library), package: packed as OwnLibrary['package'] };
    });
};

const packOf = (cwd: string, path: string): JsonValue => {
  const root = resolve(cwd, path);
  if (!existsSync(root)) throw usageFailure(`${path} is not there.`);
  const file = statSync(root).isDirectory() ? join(root, MANIFEST) : root;
  const folder = dirname(file);
  const readValue = (at: string): JsonValue => {
    try {
      return new SourceFile(at, relative(cwd, at) || at).value;
    } catch (error) {
      if (!(error instanceof FileIssueError)) throw error;
      throw usageFailure(error.issues.map(issueText).join('\n'));
    }
  };
  return packManifest(readValue(file), (name) => {
    const at = resolve(folder, name);
    // A manifest may come from anybody: what it names is of its folder.
    if (relative(folder, at).startsWith('..')) throw usageFailure(`${path} names ${name}, which is not beside it.`);
    return /\.(json|ya?ml)$/.test(name) ? readValue(at) : textOf(at, name);
  });
};

const textOf = (at: string, name: string): string => {
  try {
    return readFileSync(at, 'utf8');
  } catch (error) {
    throw usageFailure(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const notUsable = (exitCode: ExitCode, path: string, issues: readonly Issue[]): CommandFailure =>
  new CommandFailure(
    exitCode,
    [`${path} cannot be used:`, ...issueLines(issues).map((line) => `  ${line}`)].join('\n'),
  );
