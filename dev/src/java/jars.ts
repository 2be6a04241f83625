import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, runMaven, withMaven } from './maven.ts';

/** The pom of Spark's jars. */
export const SPARK_POM_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'maven', 'spark');

/**
 * The folder with the jars that `<pomDir>/pom.xml` asks for, fetched by Maven on first use. The folder's name carries
 * a hash of the pom, and it appears complete or not at all; several processes may ask at once.
 */
export const resolveJars = async (pomDir: string, onProgress: (line: string) => void = () => {}): Promise<string> => {
  const pom = join(pomDir, 'pom.xml');
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const target = join(cacheFolder(), 'jars', `${basename(pomDir)}-${hash}`);
  if (existsSync(target)) return target;
  return withMaven(onProgress, async () => {
    if (!existsSync(target)) {
      onProgress(`fetching the jars of ${basename(pomDir)} with Maven (once per machine)`);
      await copyJars(pom, target);
    }
    return target;
  });
};

/** The folder with the jars of Spark that Cluster Mode submits with. */
export const resolveSparkJars = (onProgress?: (line: string) => void): Promise<string> =>
  resolveJars(SPARK_POM_FOLDER, onProgress);

const copyJars = async (pom: string, target: string): Promise<void> => {
  const draft = `${target}.${randomUUID()}`;
  try {
    await runMaven('fetch the jars', [
      '-f',
      pom,
      // By its full name, and asking again after a failure: else Maven's answer without a network is about prefixes.
      '-U',
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ]);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};
