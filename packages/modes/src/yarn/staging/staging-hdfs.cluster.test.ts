import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveSparkJars, startLocalHdfs } from '@penstock/dev';
import { runHadoop } from '../hadoop/java-program.ts';
import { Staging } from './staging.ts';
import { HadoopFiles } from './staging-files.ts';

test('on a real HDFS archives are uploaded once, for all to read; addresses are replaced; leftovers go', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-hdfs-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const hdfs = await startLocalHdfs({ dir: join(dir, 'hdfs') });
  t.after(() => hdfs.stop());
  const settings = {
    hadoopConfDir: hdfs.confDir,
    sparkJars: await resolveSparkJars(),
    driverJar: '/none.jar',
    sparkOnNodes: true,
  };
  const file = join(dir, 'archive');
  writeFileSync(file, 'content', { mode: 0o600 });
  const files = new HadoopFiles(settings);
  const uri = `${hdfs.defaultFs}/user/me/penstock`;
  const list = async (folder: string): Promise<string[]> => {
    const args = ['-ls', folder];
    const { output } = await runHadoop(settings, 'org.apache.hadoop.fs.FsShell', args);
    return output.split('\n').filter((line) => line.startsWith('-'));
  };

  // Two instances of the service at the same time.
  const [first] = await Promise.all(
    [1, 2].map(() => new Staging(uri, files, 'here').archive('node', { file, hash: 'abc' })),
  );
  assert.equal(first, `${uri}/archives/node-abc.tar.gz`);
  const uploaded = await list(`${uri}/archives`);
  assert.equal(uploaded.length, 1);
  assert.match(uploaded[0] ?? '', /^-rw-r--r-- .*\/node-abc\.tar\.gz$/);
  assert.equal(await files.read(first ?? ''), 'content');
  // The time of the file is part of what applications were told.
  await new Staging(uri, files, 'here').archive('node', { file, hash: 'abc' });
  assert.deepEqual(await list(`${uri}/archives`), uploaded);

  const staging = new Staging(uri, files, 'here');
  await staging.announce('http://a:1');
  await staging.announce('http://b:1');
  assert.deepEqual(JSON.parse((await files.read(staging.endpointsUri)) ?? ''), { urls: ['http://b:1', 'http://a:1'] });

  const left = `${uri}/me/.sparkStaging/application_1_0001`;
  await files.put(file, `${left}/run.json`);
  await staging.removeApplications([
    { id: 'application_1_0001', user: 'me' },
    { id: 'application_1_0002', user: 'me' },
  ]);
  assert.equal(await files.exists(left), false);

  // Away is not the same as absent.
  await hdfs.stop();
  await assert.rejects(files.put(file, `${uri}/archives/other`), { code: 'STAGING_FAILED', retryable: true });
});
