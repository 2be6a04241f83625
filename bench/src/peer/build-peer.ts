import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder, findJava } from '@penstock/dev';

const PROJECT = fileURLToPath(new URL('../../kafka-streams', import.meta.url));

/** The class path of the Kafka Streams programs, built by Maven once per state of their sources. */
export const buildPeer = async (onProgress: (line: string) => void): Promise<string> => {
  findJava();
  const hash = createHash('sha256');
  for (const file of globSync(['pom.xml', 'src/**/*.java'], { cwd: PROJECT }).sort()) {
    hash.update(readFileSync(join(PROJECT, file)));
  }
  const folder = join(cacheFolder(), 'bench');
  const target = join(folder, `kafka-streams-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(target)) {
    onProgress('building the Kafka Streams programs with Maven (once)');
    mkdirSync(folder, { recursive: true });
    const draft = `${target}.${randomUUID()}`;
    try {
      await promisify(execFile)('mvn', [
        '-q',
        '-B',
        '-f',
        join(PROJECT, 'pom.xml'),
        `-Dpenstock.build=${draft}`,
        'package',
      ]);
      renameSync(draft, target);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return `${join(target, 'kafka-streams-bench-1.jar')}:${join(target, 'jars', '*')}`;
};
