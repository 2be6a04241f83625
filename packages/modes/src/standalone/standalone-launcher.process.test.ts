import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError, type JsonObject, type RunSpec } from '@penstock/model';
import { findByLastArgument, isSameProcess, processStartOf } from '../host/process-identity.ts';
import { announceEndpoint, MAX_LOG_BYTES, readEndpoints, sweepRunFolders } from '../host/run-folder.ts';
import { StandaloneLauncher } from './standalone-launcher.ts';
import type { StandaloneEvidence, StandaloneLaunch } from './standalone-records.ts';

const TINY_WORKER = fileURLToPath(new URL('./testing/tiny-worker.ts', import.meta.url));

const specOf = (runId: string, document: JsonObject = {}): RunSpec => ({
  runId,
  pipelineId: 'p',
  orgId: 'o',
  messageChannel: 0,
  document,
  kafka: { bootstrapServers: 'nowhere:1', sasl: { mechanism: 'PLAIN', username: 'u', password: 'hush' } },
  threads: 1,
  memoryMb: 512,
  kafkaRate: 1,
  control: { endpointsFile: '/nowhere', token: 'token' },
});

const fixture = (t: TestContext) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-launcher-'));
  const create = (
    over: { host?: string; place?: string; workerMain?: () => Promise<string>; endpointsFile?: string } = {},
  ): StandaloneLauncher =>
    new StandaloneLauncher({
      dataDir,
      host: 'here',
      workerMain: async () => TINY_WORKER,
      endpointsFile: join(dataDir, 'endpoints.json'),
      ownUrl: () => 'http://own',
      ...over,
    });
  const launched: StandaloneLaunch[] = [];
  t.after(async () => {
    for (const record of launched) await create().terminate(record, 'kill');
    rmSync(dataDir, { recursive: true, force: true });
  });
  const launch = async (
    launcher: StandaloneLauncher,
    runId: string,
    document?: JsonObject,
  ): Promise<StandaloneLaunch> => {
    const record = await launcher.launch(launcher.prepare(runId, Date.now()), specOf(runId, document));
    launched.push(record);
    return record;
  };
  return { dataDir, create, launch };
};

/** Looks until the evidence is of this kind; the test runner's own limit is the limit. */
const until = async (launcher: StandaloneLauncher, record: StandaloneLaunch, kind: StandaloneEvidence['kind']) => {
  for (;;) {
    const evidence = await launcher.evidence(record);
    if (evidence.kind === kind) return evidence;
    await turn();
  }
};

const untilLogged = async (record: StandaloneLaunch, text: string): Promise<string> => {
  for (;;) {
    const log = readFileSync(record.logFile ?? '', 'utf8');
    if (log.includes(text)) return log;
    await turn();
  }
};

const aliveOf = async (launcher: StandaloneLauncher, record: StandaloneLaunch) => {
  const seen = await launcher.evidence(record);
  if (seen.kind !== 'alive') throw new Error(`the worker is ${seen.kind}`);
  return seen;
};

test('a worker is a process of its own session, known by pid and start, and ends when asked', async (t) => {
  const { create, launch } = fixture(t);
  const launcher = create();
  const record = await launch(launcher, 'run-1');
  const { pid = 0, processStartedAt = '' } = record;
  const { residentMb = 0, ...seen } = await aliveOf(launcher, record);
  assert.deepEqual(seen, { kind: 'alive', pid, processStartedAt });
  assert.ok(process.platform !== 'linux' || residentMb > 0);
  assert.equal(record.memoryMb, specOf('run-1').memoryMb);
  assert.ok(isSameProcess(pid, processStartedAt));
  const session = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[3];
  assert.equal(session, String(pid));
  await untilLogged(record, 'ready');
  await launcher.terminate(record, 'graceful');
  assert.deepEqual(await until(launcher, record, 'dead'), { kind: 'dead', exit: { code: 0, signal: null } });
});

test('how a worker ended is told by the instance that started it, and that it ended by any', async (t) => {
  const { create, launch } = fixture(t);
  const launcher = create();
  const failed = await launch(launcher, 'run-1', { exitCode: 3 });
  assert.deepEqual(await until(launcher, failed, 'dead'), { kind: 'dead', exit: { code: 3, signal: null } });
  const killed = await launch(launcher, 'run-2');
  await launcher.terminate(killed, 'kill');
  assert.deepEqual(await until(launcher, killed, 'dead'), { kind: 'dead', exit: { code: null, signal: 'SIGKILL' } });
  assert.deepEqual(await create().evidence(killed), { kind: 'dead' });
});

test('another instance of the service finds the worker again, also without its pid', async (t) => {
  const { create, launch } = fixture(t);
  const record = await launch(create(), 'run-1');
  const { pid, processStartedAt, ...intent } = record;
  const expected = { kind: 'alive', pid, processStartedAt };
  for (const known of [record, intent]) {
    const { residentMb: _, ...seen } = await aliveOf(create(), known);
    assert.deepEqual(seen, expected);
  }
  await create().terminate(intent, 'kill');
  assert.deepEqual(await until(create(), intent, 'never-started'), { kind: 'never-started' });
});

test('a pid that now belongs to another process is not taken for the worker', async (t) => {
  const { create } = fixture(t);
  const record = { ...create().prepare('run-1', 0), pid: process.pid, processStartedAt: 'some time ago' };
  assert.deepEqual(await create().evidence(record), { kind: 'dead' });
  await create().terminate(record, 'kill'); // and not signalled: this process is the one with that pid
});

test('a worker in another PID namespace of a host with the same name is out of sight, not dead', async (t) => {
  const { create } = fixture(t);
  const record = create({ place: 'another-namespace' }).prepare('run-1', 0);
  assert.deepEqual(await create().evidence({ ...record, pid: process.pid, processStartedAt: 'x' }), {
    kind: 'out-of-sight',
    host: 'here',
  });
});

test('a worker on another host is out of sight', async (t) => {
  const { create } = fixture(t);
  const record = create({ host: 'there' }).prepare('run-1', 0);
  assert.deepEqual(await create().evidence(record), { kind: 'out-of-sight', host: 'there' });
});

test('specs are for their owner only, one per run, and gone when the run is over; the log stays', async (t) => {
  const { create, launch } = fixture(t);
  const launcher = create();
  const first = await launch(launcher, 'run-1', { exitCode: 0 });
  const second = await launch(launcher, 'run-1', { exitCode: 0 });
  const folder = dirname(second.specFile ?? '');
  assert.ok(!existsSync(first.specFile ?? ''));
  assert.equal(statSync(second.specFile ?? '').mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  await until(launcher, second, 'dead');
  await launcher.forget('run-1');
  assert.deepEqual(readdirSync(folder), ['worker.log']);
});

test('a worker gets its memory limit and nothing of the environment that could be secret', async (t) => {
  process.env.DATABASE_URL = 'postgres://u:hush@h/d';
  t.after(() => delete process.env.DATABASE_URL);
  const { create, launch } = fixture(t);
  const log = await untilLogged(await launch(create(), 'run-1'), 'ready');
  assert.match(log, /--no-node-snapshot/);
  assert.match(log, /--max-old-space-size=307/);
  assert.match(log, /"secret":null/);
});

test('a log that has grown too large is cut, keeping one older part, while the worker goes on writing', async (t) => {
  const { create, launch } = fixture(t);
  const launcher = create();
  const record = await launch(launcher, 'run-1');
  await untilLogged(record, 'ready');
  const log = record.logFile ?? '';
  appendFileSync(log, 'x'.repeat(MAX_LOG_BYTES));
  await launcher.tend(record);
  assert.equal(statSync(log).size, 0);
  assert.ok(statSync(`${log}.1`).size > MAX_LOG_BYTES);
});

test('a worker program that is not there is no reason to try again', async (t) => {
  const { create, launch } = fixture(t);
  await assert.rejects(
    launch(create({ workerMain: async () => '/nowhere/main.ts' }), 'run-1'),
    (error) => error instanceof AppError && error.code === 'LAUNCH_PROGRAM_MISSING' && !error.retryable,
  );
});

test('folders of runs long over are swept, those of open runs are not', async (t) => {
  const { create, launch, dataDir } = fixture(t);
  const launcher = create();
  for (const runId of ['old', 'open', 'young']) {
    const record = await launch(launcher, runId, { exitCode: 0 });
    await until(launcher, record, 'dead');
  }
  for (const runId of ['old', 'open']) utimesSync(join(dataDir, 'runs', runId), 1, 1);
  sweepRunFolders(dataDir, new Set(['open']), 1000_000, Date.now());
  assert.deepEqual(readdirSync(join(dataDir, 'runs')), ['open', 'young']);
});

test('the addresses of the service are replaced in one step, the newest first, a few of them', (t) => {
  const { dataDir } = fixture(t);
  const file = join(dataDir, 'control-endpoints.json');
  for (const port of [1, 2, 3, 4, 5, 6, 3]) announceEndpoint(file, `http://127.0.0.1:${port}`);
  assert.deepEqual(
    readEndpoints(file).map((url) => url.at(-1)),
    ['3', '6', '5', '4', '2'],
  );
  assert.deepEqual(readdirSync(dataDir), ['control-endpoints.json']);
  writeFileSync(file, '{"urls": [');
  assert.deepEqual(readEndpoints(file), []);
});

test('the worker of an instance with another data folder is told of the one that looks after it now', async (t) => {
  const { create, launch, dataDir } = fixture(t);
  const endpointsFile = join(dataDir, 'of-the-other.json');
  const record = await launch(create({ endpointsFile }), 'run-1');
  announceEndpoint(endpointsFile, 'http://gone');
  await create().tend(record);
  assert.deepEqual(readEndpoints(endpointsFile), ['http://own', 'http://gone']);
});

test('there is no process by an argument nobody has', () => {
  assert.equal(findByLastArgument('/no/such/spec.json'), undefined);
  assert.equal(processStartOf(2 ** 30), undefined);
});
