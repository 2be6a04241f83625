import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppError } from '@penstock/model';
import { buildDriverJar } from './driver-jar.ts';
import { resolveJars } from './jars.ts';

/** A cache and a pom of the test's own, and only the given programs on the PATH. */
const surroundings = (
  t: TestContext,
  programs: Record<string, string>,
): { pomDir: string; jars: string; dir: string } => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-jars-'));
  const before = {
    PATH: process.env.PATH,
    PENSTOCK_CACHE: process.env.PENSTOCK_CACHE,
    JAVA_HOME: process.env.JAVA_HOME,
  };
  t.after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(dir, { recursive: true, force: true });
  });
  const bin = join(dir, 'bin');
  const pomDir = join(dir, 'things');
  for (const folder of [bin, pomDir]) mkdirSync(folder);
  writeFileSync(join(pomDir, 'pom.xml'), '<project/>');
  for (const [name, script] of Object.entries({ java: JAVA_17, ...programs })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  process.env.PATH = bin;
  process.env.PENSTOCK_CACHE = join(dir, 'cache');
  delete process.env.JAVA_HOME;
  return { pomDir, jars: join(dir, 'cache', 'jars'), dir };
};

const JAVA_17 = `echo 'openjdk version "17.0.15" 2025-04-15' >&2`;

const failureOf = async (work: Promise<unknown>): Promise<{ code: string; message: string }> => {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof AppError);
    return { code: error.code, message: error.message };
  }
  return assert.fail('it succeeded');
};

test('jars are fetched once, whoever asks and however many at once', async (t) => {
  const { pomDir, jars, dir } = surroundings(t, {
    // Its last argument names the output folder.
    mvn: `for last; do :; done; out="\${last#*=}"; /bin/mkdir -p "$out"; echo jar > "$out/a.jar"; echo run >> "\${0%/*}/runs"`,
  });
  const folders = await Promise.all([resolveJars(pomDir), resolveJars(pomDir), resolveJars(pomDir)]);
  assert.equal(new Set(folders).size, 1);
  assert.match(basename(folders[0] ?? ''), /^things-[0-9a-f]{12}$/);
  assert.deepEqual(readdirSync(folders[0] ?? ''), ['a.jar']);
  assert.equal(readFileSync(join(dir, 'bin', 'runs'), 'utf8'), 'run\n');

  writeFileSync(join(pomDir, 'pom.xml'), '<project><!-- other --></project>');
  assert.notEqual(await resolveJars(pomDir), folders[0]);
  assert.equal(readdirSync(jars).length, 2);
});

test('a failure of Maven is one sentence and leaves nothing behind', async (t) => {
  const { pomDir, jars } = surroundings(t, {
    mvn: `echo "[ERROR] Could not transfer artifact x from/to central: Connection refused"; echo "[ERROR] more"; exit 1`,
  });
  const { code, message } = await failureOf(resolveJars(pomDir));
  assert.equal(code, 'DEV_MAVEN_OFFLINE');
  assert.match(message, /^Maven could not reach its repository .*: Could not transfer artifact x/);
  assert.deepEqual(readdirSync(jars), []);
});

test('a full disk, a missing Maven and an old Java are told as such', async (t) => {
  const { pomDir, dir } = surroundings(t, { mvn: 'echo "[ERROR] x: No space left on device"; exit 1' });
  assert.equal((await failureOf(resolveJars(pomDir))).code, 'DEV_DISK_FULL');
  rmSync(join(dir, 'bin', 'mvn'));
  assert.equal((await failureOf(resolveJars(pomDir))).code, 'DEV_MAVEN_MISSING');
  writeFileSync(join(dir, 'bin', 'java'), `#!/bin/sh\necho 'java version "1.8.0_292"' >&2\n`);
  assert.deepEqual(await failureOf(resolveJars(pomDir)), {
    code: 'DEV_JAVA_TOO_OLD',
    message: 'The Java on the PATH is version 8: install a JDK 17 or newer, or point JAVA_HOME at one.',
  });
});

test('the driver is built once per version of its sources, from a copy, and whole or not at all', async (t) => {
  // The argument behind -f is the pom; the build fails where a source says so.
  const { pomDir, dir } = surroundings(t, {
    mvn: `while [ "$1" != -f ]; do shift; done; at="\${2%/*}"; echo run >> "\${0%/*}/runs"
/bin/grep -rq broken "$at/src" && { echo "[ERROR] /x.java:[1,1] ';' expected"; exit 1; }
/bin/mkdir "$at/target" && /bin/cat "$at"/src/main/java/*.java > "$at/target/penstock-spark-driver.jar"`,
  });
  const sources = join(pomDir, 'src', 'main', 'java');
  mkdirSync(sources, { recursive: true });
  const source = (text: string): void => writeFileSync(join(sources, 'A.java'), text);
  const build = (): Promise<string> => buildDriverJar(undefined, pomDir);

  source('one');
  const jars = await Promise.all([build(), build()]);
  assert.equal(jars[0], jars[1]);
  assert.equal(readFileSync(jars[0] ?? '', 'utf8'), 'one');
  assert.equal(readFileSync(join(dir, 'bin', 'runs'), 'utf8'), 'run\n');

  source('two');
  assert.equal(readFileSync(await build(), 'utf8'), 'two');

  source('broken');
  assert.deepEqual(await failureOf(build()), {
    code: 'DEV_MAVEN_FAILED',
    message: "Maven could not build the Spark driver: /x.java:[1,1] ';' expected",
  });
  assert.equal(readdirSync(join(dir, 'cache', 'driver')).length, 2);
  assert.deepEqual(readdirSync(pomDir).sort(), ['pom.xml', 'src']);
});
