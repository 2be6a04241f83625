import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, runMaven, withMaven } from './maven.ts';

/** Maven project of the Spark driver. */
export const DRIVER_PROJECT = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  '..',
  'cluster',
  'spark-driver',
);

const JAR = 'penstock-spark-driver.jar';

/**
 * The jar of the Spark driver, built from its sources by Maven (without its tests) when they have changed. The jar's
 * folder carries a hash of pom and sources; it appears complete or not at all; several processes may ask at once.
 */
export const buildDriverJar = async (
  onProgress: (line: string) => void = () => {},
  project: string = DRIVER_PROJECT,
): Promise<string> => {
  const folder = join(cacheFolder(), 'driver', hashOf(project));
  const jar = join(folder, JAR);
  if (existsSync(jar)) return jar;
  return withMaven(onProgress, async () => {
    if (!existsSync(jar)) {
      onProgress('building the Spark driver with Maven (once per version of its sources)');
      await build(project, folder);
    }
    return jar;
  });
};

const hashOf = (project: string): string => {
  const hash = createHash('sha256');
  for (const file of ['pom.xml', ...globSync('src/main/**/*.*', { cwd: project }).sort()]) {
    const content = readFileSync(join(project, file));
    hash.update(`${file}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
};

/** Built from a copy: somebody else may be at work in the project's own folder. */
const build = async (project: string, folder: string): Promise<void> => {
  const draft = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(draft, { recursive: true });
    cpSync(join(project, 'pom.xml'), join(draft, 'pom.xml'));
    cpSync(join(project, 'src', 'main'), join(draft, 'src', 'main'), { recursive: true });
    await runMaven('build the Spark driver', ['-f', join(draft, 'pom.xml'), 'package', '-Dmaven.test.skip=true']);
    // The jar takes the folder's place by one rename.
    const done = join(draft, 'done');
    mkdirSync(done);
    renameSync(join(draft, 'target', JAR), join(done, JAR));
    renameSync(done, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
};
