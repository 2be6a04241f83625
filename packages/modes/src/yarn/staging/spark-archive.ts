import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { packTar } from 'modern-tar/fs';

/** A local file and the hash of its content, in hex: what has one name and hash is uploaded once. */
export interface Archive {
  readonly file: string;
  readonly hash: string;
}

/**
 * Spark's jars in one tar.gz, made in `cacheDir` unless it is there: for clusters whose nodes have no Spark. Jars are
 * compressed already, so no time is spent on compressing them again.
 */
export const sparkArchive = async (sparkJars: string, cacheDir: string): Promise<Archive> => {
  const jars = readdirSync(sparkJars)
    .filter((name) => name.endsWith('.jar'))
    .sort();
  const hash = await hashOf(jars.map((name) => [name, join(sparkJars, name)]));
  const file = join(cacheDir, `spark-${hash}.tar.gz`);
  if (existsSync(file)) return { file, hash };
  mkdirSync(cacheDir, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    await pipeline(
      packTar(jars.map((name) => ({ type: 'file', source: join(sparkJars, name), target: name, mode: 0o644 }))),
      createGzip({ level: constants.Z_BEST_SPEED }),
      createWriteStream(draft, { flags: 'wx' }),
    );
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return { file, hash };
};

const hashOf = async (files: readonly (readonly [name: string, path: string])[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const [name, path] of files) {
    hash.update(`${name}\n`);
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  }
  return hash.digest('hex').slice(0, 16);
};
