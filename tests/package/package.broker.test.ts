import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startLocalKafka } from '@penstock/dev';
import { consumer, documentOf, measurement, processor, producer } from '@penstock/testkit';
import { InstalledPackage } from './installed-package.ts';

const ORG = 'installed';
const SCRIPT = 'for (var i = 0; i < records.length; i++) { records[i].value.value *= 2; output.write(records[i]); }';
const folder = mkdtempSync(join(tmpdir(), 'penstock-installed-'));
const documentFile = join(folder, 'document.json');
let installed: InstalledPackage;

before(async () => {
  installed = await InstalledPackage.install(folder);
  const document = documentOf([
    consumer('', {}),
    processor('JavaScript', { script: SCRIPT }, 'EDHKafkaConsumer_01'),
    producer('', 'JavaScript_01'),
  ]);
  writeFileSync(documentFile, JSON.stringify(document));
});

after(() => {
  installed?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('the installed package serves its console, checks and previews a pipeline, and ends when told', async () => {
  // Nothing of this asks Kafka.
  const url = await installed.serve('127.0.0.1:9');
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  assert.match(await page.text(), /<script type="module"/);
  assert.equal((await fetch(`${url}/docs/js/scalar.js`)).status, 200);
  const own: unknown = JSON.parse(await installed.penstock(['orgs', 'create', ORG, '--id', ORG, '--json']));
  assert.partialDeepStrictEqual(own, { orgId: ORG });
  assert.match(await installed.penstock(['pipelines', 'validate', documentFile, '--org', ORG]), /is valid/);
  const records = join(folder, 'records.json');
  writeFileSync(records, `[${measurement({ value: 21 })}]`);
  const preview = await installed.penstock(['pipelines', 'preview', documentFile, '--records', records, '--org', ORG]);
  assert.match(preview, /JavaScript_01.*1 in, 1 out, 0 dropped, 0 errors\n.*"value":42/);
  assert.equal(await installed.stop(), 0);
});

test('the installed package tests pipelines of a folder without a service', async () => {
  const demo = fileURLToPath(new URL('../../dev/src/demo', import.meta.url));
  const project = join(folder, 'project');
  cpSync(join(demo, 'penstock.yaml'), join(project, 'penstock.yaml'));
  cpSync(join(demo, 'pipelines'), join(project, 'pipelines'), { recursive: true });
  assert.match(await installed.penstock(['test', project]), /^5 passed, 0 failed$/m);
});

test('the installed package looks after its database without the service', async () => {
  assert.match(await installed.penstock(['migrate', '--check']), /up to date/);
  await installed.penstock(['backup', 'kept.penstock']);
  const elsewhere = join(folder, 'restored');
  await installed.penstock(['restore', 'kept.penstock'], { PENSTOCK_DATA: elsewhere });
  assert.ok(existsSync(join(elsewhere, 'seal-key')));
});

test('the installed package runs a pipeline and is well', async (t) => {
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
  t.after(() => kafka.stop());
  const url = await installed.serve(kafka.bootstrapServers);
  await installed.penstock(['grants', 'set', 'standalone', '1', '--org', ORG]);
  const topics = await fetch(`${url}/api/v1/organizations/${ORG}/topics`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installed.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ partitions: 1 }),
  });
  assert.ok(topics.ok, `making topics was answered by ${topics.status}`);
  assert.match(await installed.penstock(['doctor']), /All is well/);
  await installed.penstock(['pipelines', 'save', documentFile, '--name', 'twice', '--org', ORG]);
  await installed.penstock(['pipelines', 'release', 'twice', '--org', ORG]);
  const started = await installed.penstock(['pipelines', 'start', 'twice', '--wait', '--org', ORG]);
  assert.match(started, /Running/);
  await installed.penstock(['pipelines', 'stop', 'twice', '--wait', '--org', ORG]);
  assert.equal(await installed.stop(), 0);
});

test('the installed package packs its worker for a cluster, with what is native in it', async () => {
  const cacheDir = join(folder, 'cluster');
  const module = JSON.stringify(installed.file('packages/worker/src/archives/build-archives.js'));
  const program = `
    const { buildArchives } = await import(${module});
    await buildArchives({ cacheDir: ${JSON.stringify(cacheDir)} });
  `;
  await promisify(execFile)(installed.node, ['--no-node-snapshot', '--input-type=module', '-e', program], {
    cwd: folder,
    env: {},
  });
  const engine = readdirSync(cacheDir).find((name) => name.startsWith('engine-'));
  const unpacked = join(folder, 'engine');
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', join(cacheDir, engine ?? ''), '-C', unpacked]);
  for (const name of ['range-main.js', 'range-thread.js', 'node_modules/isolated-vm', 'node_modules/@node-rs/crc32'])
    assert.ok(existsSync(join(unpacked, name)), name);
});

test('the installed package brings the driver of Cluster Mode', async () => {
  // Without the driver's jar this would be an error of the settings.
  const cluster = { HADOOP_CONF_DIR: join(folder, 'hadoop'), PENSTOCK_SPARK_JARS: join(folder, 'spark') };
  for (const path of Object.values(cluster)) mkdirSync(path);
  writeFileSync(join(cluster.HADOOP_CONF_DIR, 'yarn-site.xml'), '<configuration/>');
  writeFileSync(join(cluster.PENSTOCK_SPARK_JARS, 'spark-yarn_2.12.jar'), '');
  assert.match(await installed.penstock(['migrate', '--check'], cluster), /up to date/);
});
