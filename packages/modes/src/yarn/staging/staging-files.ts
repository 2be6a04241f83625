import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '@penstock/model';
import { runHadoop } from '../hadoop/java-program.ts';
import type { YarnSettings } from '../yarn-settings.ts';

/**
 * Files in a file system of the cluster, by URI. Everybody may read what is written here, so that YARN keeps one copy
 * per node for all applications; secrets do not go this way. Several instances of the service may work on the same
 * files: each file appears whole, under a temporary name first.
 */
export interface StagingFiles {
  exists(uri: string): Promise<boolean>;
  /** Copies a local file. Where the URI exists it is left as it is: names carry the hash of their content. */
  put(localFile: string, uri: string): Promise<void>;
  /** Undefined where there is no such file. */
  read(uri: string): Promise<string | undefined>;
  /** Writes a text over whatever was there. */
  replace(uri: string, text: string): Promise<void>;
  /** Removes files and folders; those that do not exist are removed already. */
  remove(uris: readonly string[]): Promise<void>;
}

/** The files of this machine, or a mounted folder that all machines have (`file:` URIs). */
export const localFiles: StagingFiles = {
  exists: async (uri) => existsSync(pathOf(uri)),
  put: async (localFile, uri) => {
    const path = pathOf(uri);
    if (existsSync(path)) return;
    // Linked, not renamed: an application that has been submitted counts on the time of the file that is there.
    appear(path, (draft) => copyFileSync(localFile, draft), linkUnlessThere);
  },
  read: async (uri) => (existsSync(pathOf(uri)) ? readFileSync(pathOf(uri), 'utf8') : undefined),
  replace: async (uri, text) => appear(pathOf(uri), (draft) => writeFileSync(draft, text)),
  remove: async (uris) => {
    for (const uri of uris) rmSync(pathOf(uri), { recursive: true, force: true });
  },
};

/** Without decoding: Hadoop does not decode paths either. */
const pathOf = (uri: string): string => uri.replace(/^file:(\/\/(?=\/))?/, '');

const linkUnlessThere = (draft: string, path: string): void => {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};

const appear = (
  path: string,
  write: (draft: string) => void,
  settle: (draft: string, path: string) => void = renameSync,
): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const draft = `${path}.${randomUUID()}`;
  try {
    write(draft);
    chmodSync(draft, 0o644);
    settle(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
};

const SHELL = 'org.apache.hadoop.fs.FsShell';
const READABLE = ['-D', 'fs.permissions.umask-mode=022'];

/** Any file system that Hadoop knows, through Hadoop's own shell. Each call starts a JVM: about a second. */
export class HadoopFiles implements StagingFiles {
  readonly #settings: YarnSettings;

  constructor(settings: YarnSettings) {
    this.#settings = settings;
  }

  async exists(uri: string): Promise<boolean> {
    const { code, errors } = await this.#run('-test', '-e', uri);
    // A connection that fails makes it 1 as well, with words.
    if (code !== 0 && errors.includes('test: ')) throw shellFailed('-test', errors);
    return code === 0;
  }

  async put(localFile: string, uri: string): Promise<void> {
    if (await this.exists(uri)) return;
    await this.#must('-mkdir', '-p', dirname(uri));
    const draft = `${uri}.${randomUUID()}`;
    await this.#must('-put', localFile, draft);
    const moved = await this.#run('-mv', draft, uri);
    if (moved.code === 0) return;
    const isThere = await this.exists(uri);
    await this.remove([draft]);
    if (!isThere) throw shellFailed('-mv', moved.errors);
  }

  async read(uri: string): Promise<string | undefined> {
    if (!(await this.exists(uri))) return undefined;
    return (await this.#must('-cat', uri)).output;
  }

  async replace(uri: string, text: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-staging-'));
    try {
      const file = join(folder, 'text');
      writeFileSync(file, text);
      await this.#must('-mkdir', '-p', dirname(uri));
      await this.#must('-put', '-f', file, uri);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(uris: readonly string[]): Promise<void> {
    if (uris.length > 0) await this.#must('-rm', '-r', '-f', '-skipTrash', ...uris);
  }

  async #must(...command: string[]): Promise<{ output: string }> {
    const answer = await this.#run(...command);
    if (answer.code !== 0) throw shellFailed(command[0] ?? '', answer.errors);
    return answer;
  }

  #run(...command: string[]) {
    return runHadoop(this.#settings, SHELL, [...READABLE, ...command]);
  }
}

const shellFailed = (command: string, errors: string): AppError =>
  new AppError(
    'STAGING_FAILED',
    `The cluster's file system refuses "${command}": ${lastLine(errors)}. Check PENSTOCK_STAGING_DIR and its rights.`,
    { domain: 'external', retryable: true },
  );

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 500) || 'no reason given';
