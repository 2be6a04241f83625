import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildDriverJar, resolveSparkJars, startLocalHdfs, startLocalYarn } from '@penstock/dev';
import type { ClusterResources, RunSpec } from '@penstock/model';
import { buildArchives } from '@penstock/worker/archives';
import { runHadoop } from './hadoop/java-program.ts';
import { setUpYarn } from './set-up-yarn.ts';
import type { ApplicationView, YarnLaunch } from './yarn-records.ts';

const RESOURCES: ClusterResources = {
  mode: 'cluster',
  server: 1,
  yarn: { workerCount: 1, master: 1, slave: 1.5 },
  advanced: { 'spark.executor.memoryOverhead': '900', 'spark.streaming.backpressure.enabled': 'true' },
};

const specOf = (runId: string, { tag = '', endpointsFile = '' }: YarnLaunch): RunSpec => ({
  runId,
  pipelineId: 'p',
  orgId: 'o',
  messageChannel: 0,
  document: {},
  // Nobody has to answer: the driver asks for its executors first.
  kafka: { bootstrapServers: '127.0.0.1:1' },
  threads: 2,
  memoryMb: 700,
  kafkaRate: 1,
  control: { endpointsFile, token: 'hush', urls: ['http://127.0.0.1:1'] },
  cluster: { tag, executors: 1 },
});

test('an application goes to a real YARN by way of HDFS, is seen and ended, and leaves no secrets', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-yarn-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const hdfs = await startLocalHdfs({ dir: join(dir, 'hdfs') });
  t.after(() => hdfs.stop());
  const yarn = await startLocalYarn({ dir: join(dir, 'yarn'), nodeManagers: 1, defaultFs: hdfs.defaultFs });
  t.after(() => yarn.stop());
  const settings = {
    hadoopConfDir: yarn.confDir,
    sparkJars: await resolveSparkJars(),
    driverJar: await buildDriverJar(() => undefined),
    sparkOnNodes: false,
    stagingDir: `${hdfs.defaultFs}/penstock`,
  };
  const mode = setUpYarn({
    settings,
    dataDir: join(dir, 'data'),
    host: 'here',
    installation: 'test',
    cu: { memoryMb: 1024, threads: 1 },
    archives: async (cacheDir, document) => ({ ...(await buildArchives({ cacheDir, document })) }),
    resourcesOf: async () => RESOURCES,
    ownUrl: () => 'http://127.0.0.1:1',
    clock: { now: () => Date.now() },
    log: { warn: (_facts, message) => t.diagnostic(message) },
  });
  const { launcher, resourceManager } = mode;
  const files = async (): Promise<string[]> => {
    const { output } = await runHadoop(settings, 'org.apache.hadoop.fs.FsShell', ['-ls', '-C', '-R', '/penstock']);
    return output.split('\n').filter((path) => /\.(?:json|gz|jar|zip|properties)$/.test(path));
  };
  /** The test runner's own limit is the limit. */
  const until = async (record: YarnLaunch, is: (app: ApplicationView) => boolean): Promise<ApplicationView> => {
    for (; ; await delay(200)) {
      const evidence = await launcher.evidence(record);
      if (evidence.kind === 'never-started') throw new Error(evidence.failure?.message ?? 'not submitted');
      if (evidence.kind === 'application' && is(evidence.application)) return evidence.application;
    }
  };

  assert.equal(await mode.whyNeverFits(RESOURCES), undefined);
  const tooMany = { ...RESOURCES, yarn: { ...RESOURCES.yarn, workerCount: 5 } };
  assert.match((await mode.whyNeverFits(tooMany)) ?? '', /can never have more than 8192 MiB/);

  const runId = randomUUID();
  const prepared = launcher.prepare(runId, Date.now());
  // Uploading Spark for the first time may take longer than a launch has.
  const record = await launcher.launch(prepared, specOf(runId, prepared)).catch(() => launchAgain());
  async function launchAgain(): Promise<YarnLaunch> {
    const next = launcher.prepare(runId, Date.now());
    return launcher.launch(next, specOf(runId, next));
  }
  const running = await until(record, ({ state, containers }) => state === 'RUNNING' && containers === 2);
  assert.equal(running.attempts, 1);
  const [attempt] = await resourceManager.attempts(running.applicationId);
  const containers = await resourceManager.containers(running.applicationId, attempt?.attemptId ?? '');
  assert.deepEqual(containers.map(({ memoryMb, vcores }) => [memoryMb, vcores]).sort(), [
    [1024, 1],
    [1536, 2],
  ]);
  // Spark takes the archives from where they are: nothing is uploaded for each application but what is its own.
  const whileRunning = await files();
  const archives = whileRunning.filter((path) => path.endsWith('.tar.gz'));
  assert.deepEqual(
    archives.map((path) => path.replace(/-[0-9a-f]+\.tar\.gz$/, '')),
    ['/penstock/archives/engine', '/penstock/archives/node', '/penstock/archives/spark'],
  );
  assert.ok(whileRunning.some((path) => /\.sparkStaging\/application_.*\/spec-.*\.json$/.test(path)));

  await launcher.terminate(record, 'kill');
  const ended = await until(record, ({ finishedAt }) => finishedAt > 0);
  assert.deepEqual([ended.state, ended.finalStatus], ['KILLED', 'KILLED']);
  await launcher.forget(runId);
  assert.deepEqual(
    (await files()).filter((path) => !path.startsWith('/penstock/archives/')),
    ['/penstock/control/test.json'],
  );
  assert.equal(existsSync(record.specFile ?? ''), false);
});
