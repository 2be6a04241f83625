// npm test: every check and every test, one after the other, ending with the counts of node's test runner.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DRIVER_PROJECT } from '../dev/src/driver-jar.ts';
import { resolveJars } from '../dev/src/jars.ts';
import { withMaven } from '../dev/src/maven.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const only = process.argv.slice(2);

const run = (title: string, command: string, args: readonly string[]): void => {
  process.stdout.write(`\n== ${title}\n`);
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) {
    process.stderr.write(`\n${title} failed (exit ${done.status ?? done.signal})\n`);
    process.exit(1);
  }
};

const node = process.execPath;
if (only.length === 0) {
  run('format and lint', bin('biome'), ['check', '.']);
  run('types', bin('tsc'), ['--noEmit']);
  run('import directions', node, [
    bin('depcruise'),
    '--config',
    '.dependency-cruiser.json',
    'packages',
    'dev',
    'bench',
  ]);
}

// The tests share the jars; fetched here, where it can be seen, rather than inside the first test.
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  for (const set of ['kafka', 'yarn', 'hdfs', 'spark']) {
    tell(`\n== jars of ${set}`);
    tell(await resolveJars(join(root, 'dev', 'maven', set), tell));
  }
  if (only.length === 0) {
    await withMaven(tell, async () =>
      run('tests of the Spark driver', 'mvn', ['-q', '-B', '-f', DRIVER_PROJECT, 'verify']),
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

const patterns =
  only.length > 0
    ? only
    : ['packages/*/src/**/*.test.ts', 'dev/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'tests/**/*.test.ts'];
const files = globSync(patterns, { cwd: root }).sort();
run(`tests (${files.length} files)`, node, [
  '--no-node-snapshot',
  '--test',
  '--test-concurrency=2',
  '--test-timeout=600000',
  ...files,
]);
