// npm test: every check and every test, one after the other, ending with the counts of node's test runner.
// npm test -- FILE …: these tests; each fetches what it needs when it needs it. npm test -- --lane unit: one lane.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DRIVER_PROJECT } from '../dev/src/java/driver-jar.ts';
import { resolveJars } from '../dev/src/java/jars.ts';
import { withMaven } from '../dev/src/java/maven.ts';
import { type Lane, laneOf, testFiles } from './lanes.ts';
import { TestFiles } from './run-test-files.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  options: { lane: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const isWhole = positionals.length === 0 && values.lane === undefined;
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

const run = (title: string, command: string, args: readonly string[]): void => {
  tell(`\n== ${title}`);
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (done.status === 0) return;
  process.stderr.write(`\n${title} failed (exit ${done.status ?? done.signal})\n`);
  process.exit(1);
};

/** The tests share the jars; fetched here, where it can be seen, rather than inside the first test. */
const fetchJars = async (lanes: ReadonlySet<Lane>): Promise<void> => {
  const sets = [
    ...(lanes.has('broker') || lanes.has('cluster') || lanes.has('browser') ? ['kafka'] : []),
    ...(lanes.has('cluster') ? ['yarn', 'hdfs', 'spark'] : []),
  ];
  for (const set of sets) {
    tell(`\n== jars of ${set}`);
    tell(await resolveJars(join(root, 'dev', 'maven', set), tell));
  }
};

const files = testFiles(root, positionals.length > 0 ? positionals : undefined).filter(
  (file) => values.lane === undefined || values.lane.includes(laneOf(file)),
);
if (files.length === 0) {
  process.stderr.write(`No test file matches ${[...positionals, ...(values.lane ?? [])].join(', ')}.\n`);
  process.exit(1);
}
const inLane = (...lanes: readonly Lane[]): string[] => files.filter((file) => lanes.includes(laneOf(file)));

try {
  if (isWhole) {
    run('checks: format, lint, types, import directions, generated files', 'npm', [
      ...['run', '--silent', 'check', '--', '--generated'],
    ]);
  }
  if (positionals.length === 0) await fetchJars(new Set(files.map(laneOf)));
  if (isWhole) {
    await withMaven(tell, async () =>
      run('tests of the Spark driver', 'mvn', ['-q', '-B', '-f', DRIVER_PROJECT, 'verify']),
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** Two of about the same length, so that only one of them loads the web framework, the store and their schemas. */
const SERVICE = ['server', 'modes', 'client', 'cli', 'console', 'expression', 'kafka', 'model']
  .map((name) => join(root, 'packages', name, 'src'))
  .concat(['bench', 'dev', 'scripts'].map((name) => join(root, name)));

const unitShards = (unit: readonly string[]): string[][] => {
  const isOfService = (file: string): boolean => SERVICE.some((folder) => file.startsWith(folder));
  return [unit.filter(isOfService), unit.filter((file) => !isOfService(file))];
};

const halves = (all: readonly string[]): string[][] =>
  [0, 1].map((rest) => all.filter((_file, index) => index % 2 === rest));

/** What takes longest begins first: at the end, one of two lanes would work on it while the other has nothing to do. */
const LONGEST = ['modes', 'modes-of-cut-plans'].map((name) => join(root, `tests/golden/modes/${name}.broker.test.ts`));
const longestFirst = (all: readonly string[]): string[] => [
  ...all.filter((file) => LONGEST.includes(file)),
  ...all.filter((file) => !LONGEST.includes(file)),
];

const MOST_SHOWN = 30;

// What one process of a test has read and compiled is not for the next one: most of a start goes there.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled');

const tests = new TestFiles(root);
const startedAt = Date.now();
const succeeded = [
  await tests.runTogether('tests that need nothing but Node', unitShards(inLane('unit'))),
  await tests.runTogether('tests of random cases and of recovery', halves(inLane('property', 'recovery'))),
  await tests.run('tests of processes, threads and limits of time', inLane('process'), 2),
  await tests.run('tests on a broker or a database', longestFirst(inLane('broker')), 2),
  // Each of these has a cluster or a browser to itself; two at a time would only measure how busy the machine is.
  await tests.run('tests in a browser', inLane('browser'), 1),
  await tests.run('tests on a cluster', inLane('cluster'), 1),
];
if (tests.failures.length > 0) tell(`\n== failed\n\n${tests.failures.join('\n\n')}`);
if (isWhole) tell(`\n== took longest\n\n${tests.longest(MOST_SHOWN).join('\n')}`);
tell(`\n== in all, ${Math.round((Date.now() - startedAt) / 1000)} s`);
for (const [name, count] of Object.entries(tests.counts)) tell(`${name} ${count}`);
process.exit(succeeded.every(Boolean) ? 0 : 1);
