import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { resolveJars } from '../java/jars.ts';
import { findJava } from '../java/java.ts';
import { HDFS_POM_FOLDER, startLocalHdfs } from './local-hdfs.ts';

const run = promisify(execFile);

test('files can be written, and are there after a stop and a new start', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-hdfs-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const shell = async (confDir: string, ...args: string[]): Promise<string> => {
    const classPath = `${confDir}:${join(await resolveJars(HDFS_POM_FOLDER), '*')}`;
    const { stdout } = await run(findJava(), ['-cp', classPath, 'org.apache.hadoop.fs.FsShell', ...args]);
    return stdout;
  };

  const first = await startLocalHdfs({ dir });
  t.after(() => first.stop());
  await shell(first.confDir, '-put', import.meta.filename, '/kept');
  await first.stop();

  const again = await startLocalHdfs({ dir });
  t.after(() => again.stop());
  assert.match(again.defaultFs, /^hdfs:\/\/127\.0\.0\.1:\d+$/);
  assert.match(await shell(again.confDir, '-cat', `${again.defaultFs}/kept`), /^import assert from/);
});
