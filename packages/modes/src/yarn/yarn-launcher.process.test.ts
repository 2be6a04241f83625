import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunSpec } from '@penstock/model';
import { ApplicationEnder } from './end-application.ts';
import { ResourceManager } from './resource-manager/resource-manager.ts';
import { Staging } from './staging/staging.ts';
import { localFiles } from './staging/staging-files.ts';
import { Submitter } from './submit/submitter.ts';
import { type FakeAnswer, notFound, startFakeResourceManager, yarnApp } from './testing/fake-resource-manager.ts';
import { YarnLauncher } from './yarn-launcher.ts';
import type { YarnLaunch } from './yarn-records.ts';

const ID = 'application_1_0001';
const RUN = '11111111-2222-3333-4444-555555555555';

/** A launcher whose ResourceManager knows the applications in `apps`, and whose submissions do what `java` says. */
const fixture = async (t: TestContext, over: { host?: string; java?: string } = {}) => {
  // First, so that it is closed whatever comes of the folder: node runs no further hook after one that failed.
  const fake = await startFakeResourceManager(t);
  const dir = mkdtempSync(join(tmpdir(), 'penstock-cluster-'));
  const javaHome = process.env.JAVA_HOME;
  t.after(() => {
    if (javaHome === undefined) delete process.env.JAVA_HOME;
    else process.env.JAVA_HOME = javaHome;
    rmSync(dir, { recursive: true, force: true });
  });
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'java'), `#!/bin/sh\n${over.java ?? 'exit 0'}\n`, { mode: 0o755 });
  process.env.JAVA_HOME = dir;
  const archive = join(dir, 'archive');
  writeFileSync(archive, 'archive');

  let apps: Record<string, unknown>[] = [];
  const answer = (path: string, query: URLSearchParams, method: string): FakeAnswer => {
    const tag = query.get('applicationTags');
    const states = query.get('states')?.split(',');
    const hasTag = (app: Record<string, unknown>) =>
      String(app.applicationTags)
        .split(',')
        .includes(tag ?? '');
    const isWanted = (app: Record<string, unknown>) => states?.includes(String(app.state)) ?? true;
    if (path === '/apps') return { body: { apps: { app: apps.filter((app) => hasTag(app) && isWanted(app)) } } };
    if (path === '/metrics')
      return { body: { clusterMetrics: { totalMB: 8192, availableMB: 512, totalVirtualCores: 8 } } };
    const app = apps.find(({ id }) => path.startsWith(`/apps/${id}`));
    if (app === undefined) return notFound;
    return { body: method === 'PUT' ? { state: 'KILLED' } : { app } };
  };
  fake.answer = answer;

  let now = 1_000_000;
  const clock = { now: () => now };
  const submitted = Promise.withResolvers<void>();
  const warnings: string[] = [];
  const log = { warn: (_facts: object, message: string) => void warnings.push(message) };
  const settings = { hadoopConfDir: '/conf', sparkJars: '/spark', driverJar: '/driver.jar', sparkOnNodes: true };
  const resourceManager = new ResourceManager({ urls: [fake.url], user: 'me' });
  const staging = new Staging(`file://${dir}/staging`, localFiles, 'here');
  const host = over.host ?? 'host-1';
  const common = { settings, installation: 'here', resourceManager, staging, log };
  const submitter = new Submitter({
    ...common,
    dataDir: dir,
    cacheDir: join(dir, 'cache'),
    cu: { memoryMb: 2048, threads: 1 },
    isLoopback: true,
    archives: async () => ({ engine: { file: archive, hash: 'e' }, node: { file: archive, hash: 'n' } }),
    resourcesOf: async () => ({
      mode: 'cluster',
      server: 1,
      yarn: { workerCount: 1, master: 1, slave: 1 },
      advanced: {},
    }),
    clock,
  });
  const launcher = new YarnLauncher({
    ...common,
    dataDir: dir,
    host,
    submitter,
    ender: new ApplicationEnder(common),
    ownUrl: () => 'http://own',
    announceEveryMs: 1000,
    clock,
    onSubmitted: () => submitted.resolve(),
  });
  return {
    dir,
    fake,
    launcher,
    warnings,
    submitted: submitted.promise,
    prepare: () => launcher.prepare(RUN, now),
    /** The ResourceManager's applications from now on; `answers` false: it does not answer. */
    know: (known: Record<string, unknown>[], answers = true) => {
      apps = known;
      fake.answer = answers ? answer : () => ({ status: 500, body: 'gone' });
      now += 1;
    },
    advance: (ms: number) => {
      now += ms;
    },
    asked: (method: string) => fake.calls.filter((call) => call.startsWith(method)),
  };
};

const specOf = ({ tag = '', endpointsFile = '' }: YarnLaunch): RunSpec => ({
  runId: RUN,
  pipelineId: 'p',
  orgId: 'o',
  messageChannel: 0,
  document: {},
  kafka: { bootstrapServers: 'nowhere:1', sasl: { mechanism: 'PLAIN', username: 'u', password: 'hush' } },
  threads: 1,
  memoryMb: 512,
  kafkaRate: 1,
  control: { endpointsFile, token: 'token' },
  cluster: { tag, executors: 1 },
});

const tagged = (record: YarnLaunch, over: Record<string, unknown> = {}) =>
  yarnApp({
    applicationTags: `penstock,penstock-installation-here,penstock-run-${RUN},${record.tag}`,
    ...over,
  });

test('a launch has names before anything happens', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  assert.match(record.tag ?? '', new RegExp(`^penstock-${RUN}-[0-9a-f]{8}$`));
  assert.equal(record.endpointsFile, `file://${f.dir}/staging/control/here.json`);
  assert.deepEqual([record.host, record.kind, record.at, f.fake.calls.length], ['host-1', 'cluster', 1_000_000, 0]);
  assert.equal(existsSync(join(f.dir, 'runs')), false);
});

test('a submission that comes to nothing says why, and its secrets are gone', async (t) => {
  const f = await fixture(t, { java: 'echo "Exception in thread main: no queue" >&2; exit 1' });
  const record = f.prepare();
  const launched = await f.launcher.launch(record, specOf(record));
  assert.ok((launched.pid ?? 0) > 0);
  await f.submitted;
  assert.deepEqual(await f.launcher.evidence(launched), {
    kind: 'never-started',
    failure: {
      code: 'SUBMISSION_FAILED',
      message: 'YARN did not get the application: Exception in thread main: no queue',
      retryable: true,
    },
  });
  assert.deepEqual(readdirSync(dirname(record.specFile ?? '')), ['submit.log']);
  assert.deepEqual(JSON.parse(readFileSync(join(f.dir, 'staging', 'control', 'here.json'), 'utf8')), {
    urls: ['http://own'],
  });
});

test('no secret is on the command line', async (t) => {
  const f = await fixture(t, { java: 'printf "%s\\n" "$@" > "$JAVA_HOME/args"' });
  const record = f.prepare();
  await f.launcher.launch(record, specOf(record));
  await f.submitted;
  const args = readFileSync(join(f.dir, 'args'), 'utf8');
  assert.ok(args.includes(record.tag ?? '?'));
  for (const secret of ['hush', 'token']) assert.ok(!args.split('\n').some((arg) => arg.includes(secret)), secret);
});

test('an application that is there already is not submitted again', async (t) => {
  const f = await fixture(t, { java: 'touch "$JAVA_HOME/submitted"' });
  const record = f.prepare();
  f.know([tagged(record)]);
  assert.equal((await f.launcher.launch(record, specOf(record))).applicationId, ID);
  assert.equal(existsSync(join(f.dir, 'submitted')), false);
});

test('an application of an earlier launch of the run is ended before there is another', async (t) => {
  const f = await fixture(t, { java: 'touch "$JAVA_HOME/submitted"' });
  f.know([tagged(f.prepare())]);
  const next = f.prepare();
  await assert.rejects(f.launcher.launch(next, specOf(next)), { code: 'APPLICATION_EXISTS', retryable: true });
  assert.deepEqual(f.asked('PUT'), [`PUT /apps/${ID}/state {"state":"KILLED"}`]);
  assert.equal(existsSync(join(f.dir, 'submitted')), false);
});

test('a submission that could not begin in time does not begin', async (t) => {
  const f = await fixture(t, { java: 'touch "$JAVA_HOME/submitted"' });
  const record = f.prepare();
  f.advance(60_001);
  await assert.rejects(f.launcher.launch(record, specOf(record)), { code: 'STAGING_SLOW', retryable: true });
  assert.equal(existsSync(join(f.dir, 'submitted')), false);
});

test('nothing is submitted while the ResourceManager cannot say what there is', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  f.know([], false);
  await assert.rejects(f.launcher.launch(record, specOf(record)), { code: 'CLUSTER_UNREACHABLE', retryable: true });
});

test('an application is seen by its tag, with what it waits for', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  f.know([tagged(record, { state: 'ACCEPTED', diagnostics: ' Queue is\n full ', amContainerLogs: undefined })]);
  assert.deepEqual(await f.launcher.evidence(record), {
    kind: 'application',
    application: {
      applicationId: ID,
      state: 'ACCEPTED',
      finalStatus: 'UNDEFINED',
      diagnostics: 'Queue is\n full',
      queue: 'root.default',
      attempts: 0,
      trackingUrl: 'http://rm/proxy/application_1_0001/',
      startedAt: 1000,
      finishedAt: 0,
      memoryMb: 6144,
      vcores: 3,
      containers: 3,
      waiting:
        'Waiting in queue "root.default" for the container of the driver. The cluster has 512 of 8192 MiB and 0 of 8 ' +
        'cores free. YARN says: Queue is full',
    },
  });
});

test('an ended application is seen by its tag and by its id', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  f.know([tagged(record, { state: 'FINISHED', finalStatus: 'SUCCEEDED' })]);
  for (const known of [record, { ...record, applicationId: ID }]) {
    const evidence = await f.launcher.evidence(known);
    assert.equal(evidence.kind === 'application' && evidence.application.finalStatus, 'SUCCEEDED');
  }
});

test('missing executors are waited for', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  const resourceRequests = [{ resourceName: '*', numContainers: 2, capability: { memory: 4096 } }];
  f.know([tagged(record, { resourceRequests })]);
  const evidence = await f.launcher.evidence(record);
  const waiting = evidence.kind === 'application' ? evidence.application.waiting : undefined;
  assert.match(
    waiting ?? '',
    /^Waiting for 2 more containers of 4096 MiB in queue "root.default"\. The cluster has 512/,
  );
});

test('an application that was accepted and is unknown now is lost', async (t) => {
  const f = await fixture(t);
  assert.deepEqual(await f.launcher.evidence({ ...f.prepare(), applicationId: ID }), {
    kind: 'lost',
    applicationId: ID,
  });
});

test('while the ResourceManager does not answer nothing is said', async (t) => {
  const f = await fixture(t);
  f.know([], false);
  for (const record of [f.prepare(), { ...f.prepare(), applicationId: ID }])
    assert.equal((await f.launcher.evidence(record)).kind, 'unreachable');
});

test('a launch whose program was never started never was; on another host it may be under way for a while', async (t) => {
  const f = await fixture(t);
  const own = f.prepare();
  const foreign = { ...own, host: 'host-2', place: 'host-2' };
  assert.deepEqual(await f.launcher.evidence(own), { kind: 'never-started' });
  assert.deepEqual(await f.launcher.evidence(foreign), { kind: 'submitting' });
  f.advance(180_001);
  assert.deepEqual(await f.launcher.evidence(foreign), { kind: 'never-started' });
});

test('a program at work is a submission, by its pid and without', async (t) => {
  // Nobody ever writes into the pipe, so the shell stays.
  const f = await fixture(t, { java: 'read -r line < "$JAVA_HOME/pipe"' });
  execFileSync('mkfifo', [join(f.dir, 'pipe')]);
  const record = f.prepare();
  const launched = await f.launcher.launch(record, specOf(record));
  for (const known of [launched, record]) assert.deepEqual(await f.launcher.evidence(known), { kind: 'submitting' });
  await f.launcher.terminate(launched, 'kill');
  await f.submitted;
  assert.equal((await f.launcher.evidence(launched)).kind, 'never-started');
});

test('a driver that runs is not killed by being asked to finish; one that waits is', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  f.know([tagged(record)]);
  await f.launcher.terminate({ ...record, applicationId: ID }, 'graceful');
  assert.deepEqual(f.asked('PUT'), []);
  await f.launcher.terminate({ ...record, applicationId: ID }, 'kill');
  assert.equal(f.asked('PUT').length, 1);
  const waiting = await fixture(t);
  waiting.know([tagged(record, { state: 'ACCEPTED' })]);
  await waiting.launcher.terminate(record, 'graceful');
  assert.equal(waiting.asked('PUT').length, 1);
});

test('what has ended is not killed', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  f.know([tagged(record, { state: 'KILLED' })]);
  await f.launcher.terminate(record, 'kill');
  assert.deepEqual(f.asked('PUT'), []);
});

test('only old applications of this installation without an open run are ended; what the ended left is removed', async (t) => {
  const f = await fixture(t);
  const known = f.prepare();
  const leftover = join(f.dir, 'staging', 'me', '.sparkStaging', 'application_1_0005');
  mkdirSync(leftover, { recursive: true });
  f.know([
    tagged(known, { id: 'application_1_0002' }),
    tagged(f.prepare(), { id: 'application_1_0003' }),
    tagged(f.prepare(), { id: 'application_1_0004', elapsedTime: 60_000 }),
    tagged(f.prepare(), { id: 'application_1_0005', state: 'KILLED', user: 'me', finishedTime: 5 }),
    yarnApp({ id: 'application_1_0006', applicationTags: 'penstock,penstock-installation-other' }),
    yarnApp({ id: 'application_1_0007', applicationTags: '' }),
  ]);
  await f.launcher.killUnknown(new Set([known.tag ?? '']));
  assert.deepEqual(f.asked('PUT'), ['PUT /apps/application_1_0003/state {"state":"KILLED"}']);
  assert.equal(existsSync(leftover), false);
});

test('what a run leaves is forgotten; where the cluster does not answer that is said, and left to the sweep', async (t) => {
  const f = await fixture(t);
  const record = f.prepare();
  const left = join(f.dir, 'staging', 'penstock', '.sparkStaging', ID);
  mkdirSync(left, { recursive: true });
  mkdirSync(dirname(record.specFile ?? ''), { recursive: true });
  writeFileSync(record.specFile ?? '', 'secret');
  f.know([tagged(record, { state: 'KILLED' })], false);
  await f.launcher.forget(RUN);
  assert.deepEqual([existsSync(record.specFile ?? ''), existsSync(left), f.warnings.length], [false, true, 1]);
  f.know([tagged(record, { state: 'KILLED' })]);
  await f.launcher.forget(RUN);
  assert.equal(existsSync(left), false);
});

test('drivers are told of an instance now and then, not at every look', async (t) => {
  const f = await fixture(t);
  const file = join(f.dir, 'staging', 'control', 'here.json');
  await f.launcher.tend(f.prepare());
  assert.ok(existsSync(file));
  rmSync(file);
  await f.launcher.tend(f.prepare());
  assert.equal(existsSync(file), false);
  f.advance(1000);
  await f.launcher.tend(f.prepare());
  assert.ok(existsSync(file));
});
