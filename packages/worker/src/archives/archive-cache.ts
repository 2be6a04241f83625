import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** An archive that is never written to again. */
export interface Archive {
  readonly file: string;
  /** First 16 hex digits of the SHA-256 of the file. */
  readonly hash: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Archives of older versions that nobody has asked for in this time are removed. */
const UNUSED_MS = 30 * DAY_MS;
/** A file that has been in the making for this long was left behind by a process that is gone. */
const ABANDONED_MS = DAY_MS;

/**
 * Archives in a folder, each named by what it was made of and by its own hash: `{name}-{key}-{hash}.tar.gz`. Several
 * processes may use one folder: a file has its name only when it is complete, and the same key gives the same bytes.
 */
export class ArchiveCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Finds the archive made of what `key` stands for. */
  async find(name: string, key: string): Promise<Archive | undefined> {
    await mkdir(this.#folder, { recursive: true });
    for (const found of (await readdir(this.#folder)).sort()) {
      const [, ofName, ofKey, hash] = ARCHIVE.exec(found) ?? [];
      if (ofName !== name || ofKey !== key || hash === undefined) continue;
      const file = join(this.#folder, found);
      if (await touch(file)) return { file, hash };
    }
    return undefined;
  }

  /** Keeps what `write` writes to the file it is given; it answers the file's hash. */
  async add(name: string, key: string, write: (file: string) => Promise<string>): Promise<Archive> {
    await this.#removeUnused();
    const unfinished = join(this.#folder, `${name}-${key}-${randomUUID()}.tmp`);
    try {
      const hash = await write(unfinished);
      const file = join(this.#folder, `${name}-${key}-${hash}.tar.gz`);
      await rename(unfinished, file);
      return { file, hash };
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async #removeUnused(): Promise<void> {
    const now = Date.now();
    for (const found of await readdir(this.#folder)) {
      const limit = ARCHIVE.test(found) ? UNUSED_MS : UNFINISHED.test(found) ? ABANDONED_MS : undefined;
      if (limit === undefined) continue;
      const file = join(this.#folder, found);
      const facts = await stat(file).catch(undefinedWhereGone);
      if (facts !== undefined && now - facts.mtimeMs > limit) await rm(file, { force: true });
    }
  }
}

const ARCHIVE = /^([a-z]+)-([0-9a-f]{16})-([0-9a-f]{16})\.tar\.gz$/;
const UNFINISHED = /^[a-z]+-[0-9a-f]{16}-[0-9a-f-]{36}\.tmp$/;

/** Marks a file as in use; false where another process has removed it. */
const touch = async (file: string): Promise<boolean> => {
  const now = new Date();
  return (await utimes(file, now, now).then(() => true, undefinedWhereGone)) ?? false;
};

const undefinedWhereGone = (error: unknown): undefined => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
};
