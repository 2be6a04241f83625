// npm test: every check and every test, one after the other, ending with the counts of node's test runner.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
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
  run('circles of folders', node, [bin('depcruise'), '--config', '.dependency-cruiser.folders.json', 'packages']);
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

const counts = { tests: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
const execArgv = ['--no-node-snapshot'];
const TEST_LIMIT_MS = 600_000;
/** Node limits single tests only: a file whose tests are over and that does not end would be waited for for ever. */
const FILE_LIMIT_MS = 900_000;

interface TestEvent {
  readonly type: string;
  readonly data: object;
}

/** Everything but the counts, which are given once for all files. */
async function* withoutCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) if (event.type !== 'test:diagnostic' || 'file' in event.data) yield event;
}

/** Runs a file on node's test runner and ends it where it does not end. Resolves to whether all of it passed. */
const testFile = async (file: string, show: (text: string) => void): Promise<boolean> => {
  const signal = AbortSignal.timeout(FILE_LIMIT_MS);
  const events: Readable = runTests({ files: [file], cwd: root, timeout: TEST_LIMIT_MS, signal, execArgv });
  let isSuccess = false;
  events.on('test:summary', (summary: { file?: string; success: boolean; counts: typeof counts }) => {
    if (summary.file !== undefined) return;
    isSuccess = summary.success;
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += summary.counts[name];
  });
  for await (const text of Readable.from(withoutCounts(events)).compose(spec)) show(String(text));
  if (signal.aborted) show(`${relative(root, file)} did not end within ${FILE_LIMIT_MS / 60_000} minutes\n`);
  return isSuccess;
};

/** Runs files, `lanes` at a time: one alone is shown as it goes, of several each is shown when it is over. */
const testPhase = async (title: string, files: readonly string[], lanes: number): Promise<boolean> => {
  if (files.length === 0) return true;
  tell(`\n== ${title} (${files.length} files)`);
  const waiting = [...files];
  let isSuccess = true;
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      let text = '';
      const show = (more: string): void => {
        if (lanes === 1) process.stdout.write(more);
        else text += more;
      };
      if (!(await testFile(file, show))) isSuccess = false;
      process.stdout.write(text);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return isSuccess;
};

/** Each of these has a cluster to itself; two at a time would only measure how busy the machine is. */
const ALONE = [
  'tests/cluster/**/*.test.ts',
  'dev/src/{yarn,hdfs}/*.test.ts',
  'dev/src/start*.test.ts',
  'packages/server/src/logs/yarn-logs.test.ts',
  'packages/server/src/launchers/cluster/*hdfs*.test.ts',
  'bench/src/chaos/**/*chaos*.test.ts',
];
const patterns =
  only.length > 0
    ? only
    : ['packages/*/src/**/*.test.ts', 'dev/src/**/*.test.ts', 'bench/src/**/*.test.ts', 'tests/**/*.test.ts'];
const alone = new Set(globSync(ALONE, { cwd: root }));
const [together, apart] = [false, true].map((isAlone) =>
  globSync(patterns, { cwd: root })
    .filter((file) => alone.has(file) === isAlone)
    .sort()
    .map((file) => join(root, file)),
) as [string[], string[]];

const startedAt = Date.now();
const succeeded = [await testPhase('tests', together, 2), await testPhase('tests on a cluster', apart, 1)];
tell(`\n== in all, ${Math.round((Date.now() - startedAt) / 1000)} s`);
for (const [name, count] of Object.entries(counts)) tell(`${name} ${count}`);
process.exit(succeeded.every(Boolean) ? 0 : 1);
