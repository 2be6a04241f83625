import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NO_SUPERVISION } from '@penstock/modes';
import {
  AggregatedLogs,
  KeptLogs,
  NodeManagerLogs,
  ResourceManager,
  YarnLogs,
  type YarnSupervision,
} from '@penstock/modes/testing';
import { eq } from 'drizzle-orm';
import { hashToken, runTokenOf } from '../../../runs/run-token.ts';
import { runs } from '../../../store/schema.ts';
import { createEnosClient, documentOf } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const APPLICATION = 'application_1_0001';
const DRIVER = 'container_1_0001_01_000001';
const EXECUTOR = 'container_1_0001_01_000002';
const SECRET = 'very-secret-password';

const listen = async (t: TestContext, listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const json = (value: unknown): [string, string] => ['application/json', JSON.stringify(value)];

/** A ResourceManager and a NodeManager over HTTP, and what they were asked. */
const fakeCluster = async (t: TestContext) => {
  const asked: string[] = [];
  const answers = new Map<string, [type: string, body: string]>();
  const serve: RequestListener = (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(request.url ?? '');
    const [type, body] = answers.get(path) ?? json({ RemoteException: { message: 'not found' } });
    response.writeHead(answers.has(path) ? 200 : 404, { 'content-type': type }).end(body);
  };
  const node = await listen(t, serve);
  const manager = await listen(t, serve);
  const app = `/ws/v1/cluster/apps/${APPLICATION}/appattempts`;
  const attempt = { id: 1, appAttemptId: 'appattempt_1_0001_000001', containerId: DRIVER, nodeHttpAddress: node };
  answers.set(app, json({ appAttempts: { appAttempt: [attempt] } }));
  answers.set(
    '/ws/v1/cluster/nodes',
    json({ nodes: { node: [{ id: 'n', state: 'RUNNING', nodeHTTPAddress: node }] } }),
  );
  const logs = (containerId: string) => `/ws/v1/node/containers/${containerId}/logs`;
  const files = [
    { fileName: 'spark.log', fileSize: '70000' },
    { fileName: '../../etc/passwd', fileSize: '1' },
  ];
  for (const id of [DRIVER, EXECUTOR]) answers.set(logs(id), json({ containerLogsInfo: { containerLogInfo: files } }));
  const frame = (text: string) =>
    `Container: x on y\nLogAggregationType: LOCAL\n====\nLogType:spark.log\nLogLength:70000\nLogContents:\n${text}End of LogType:spark.log.This log file belongs to a running container.\n`;
  answers.set(`${logs(EXECUTOR)}/spark.log`, ['text/plain', frame(`connected with ${SECRET}\nworking\n`)]);
  const cluster = new YarnLogs({
    directory: new ResourceManager({ urls: [`http://${manager}`], user: 'penstock' }),
    nodes: new NodeManagerLogs({ user: 'penstock' }),
    aggregated: new AggregatedLogs(async () => ({ code: 2, output: '', errors: '' })),
    scheme: 'http',
  });
  return { asked, answers, cluster, nodeHost: node.split(':')[0] ?? '' };
};

/** A started pipeline of an organisation, its run remembered as given. */
const setUp = async (t: TestContext, supervision: (nodeHost: string) => Partial<YarnSupervision>) => {
  const fake = await fakeCluster(t);
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-log-routes-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const logs = { cluster: fake.cluster, secretsOf: () => ({ password: SECRET }) };
  const f = await createApiFixture(t, { dataDir, logs });
  const own = await f.enos.organization({ standaloneCu: 4 });
  const client = createEnosClient(f.enos, own);
  const org = { ...own, token: await client.token() };
  const body = { name: 'p', templateType: 1, messageChannel: 0, pipelineJson: documentOf() };
  const saved = await client.call('POST', 'streaming/pipeline/null', { query: `action=save&orgId=${org.orgId}`, body });
  const pipelineId: string = saved.json.data;
  const act = (action: string, query: { body?: unknown } = {}) =>
    client.call('POST', `streaming/pipeline/${pipelineId}`, { query: `action=${action}&orgId=${org.orgId}`, ...query });
  await act('release');
  assert.equal((await act('start', { body: { executionMode: 0, kafkaRate: 1000 } })).json.code, 0);
  const [run] = await f.deps.store.db.select().from(runs).where(eq(runs.pipelineId, pipelineId));
  const runId = run?.runId ?? '';
  const remembered = supervision(fake.nodeHost);
  const launcherState = JSON.stringify({ ...NO_SUPERVISION, launches: 1, ...remembered });
  const executionMode = remembered.launch === undefined ? 0 : 1;
  await f.deps.store.db.update(runs).set({ launcherState, executionMode, attempts: 1 }).where(eq(runs.runId, runId));
  const folder = join(dataDir, 'runs', runId);
  mkdirSync(folder, { recursive: true });
  return { ...f, ...fake, dataDir, folder, org, path: `pipelines/${pipelineId}/logs`, runId };
};

const onCluster = (nodeHost: string): Partial<YarnSupervision> => ({
  launch: { launchId: 'l', kind: 'cluster', host: 'here', at: 1, tag: 't', applicationId: APPLICATION },
  containers: [{ containerId: EXECUTOR, executorId: '1', host: nodeHost }],
});

test('the log of a worker is listed and shown from its end, for its own organisation only', async (t) => {
  const { call, folder, organization, org, path } = await setUp(t, () => ({}));
  writeFileSync(join(folder, 'worker.log'), `${'x'.repeat(100)}\nlast line with ${SECRET}\n`);
  writeFileSync(join(folder, 'spec-1.json'), '{}');
  const listed = await call('GET', path, undefined, org.token);
  assert.deepEqual(
    listed.json.files.map(({ logId, role, bytes }: Record<string, unknown>) => [logId, role, bytes]),
    [['worker.log', 'worker', 137]],
  );
  const shown = await call('GET', `${path}/worker.log?tailBytes=60`, undefined, org.token);
  assert.deepEqual([shown.status, shown.text], [200, 'last line with ******\n']);
  assert.match(String(shown.headers['content-type']), /^text\/plain/);
  for (const id of ['spec-1.json', '..%2Fworker.log', 'worker.log~x', `container_9_0009_01_000001~spark.log`])
    assert.equal((await call('GET', `${path}/${id}`, undefined, org.token)).status, 404, id);
  const other = await organization();
  assert.equal((await call('GET', path, undefined, other.token)).status, 404);
  assert.equal((await call('GET', `${path}/worker.log`, undefined, other.token)).status, 404);
  assert.equal((await call('GET', path, undefined, null)).status, 401);
});

test('the token of a run is hidden by what the database knows of it, also when the seal key is another by now', async (t) => {
  const { call, deps, folder, path, runId } = await setUp(t, () => ({}));
  const [own, other] = [runTokenOf(Buffer.alloc(32, 1), runId), runTokenOf(Buffer.alloc(32, 1), 'another')];
  await deps.store.db
    .update(runs)
    .set({ tokenHash: hashToken(own) })
    .where(eq(runs.runId, runId));
  writeFileSync(join(folder, 'worker.log'), `authorization: Bearer ${own}\n{"token":"${own}","id":"${other}"}\n`);
  assert.equal(
    (await call('GET', `${path}/worker.log`)).text,
    `authorization: Bearer ******\n{"token":"******","id":"${other}"}\n`,
  );
});

test('logs of driver and executors come from the nodes the ResourceManager names', async (t) => {
  const { asked, call, folder, path } = await setUp(t, onCluster);
  writeFileSync(join(folder, 'submit.log'), 'submitted\n');
  const { json: listed } = await call('GET', path);
  assert.deepEqual(
    listed.files.map(({ logId, role, executorId, attempt, source }: Record<string, unknown>) => [
      logId,
      role,
      executorId,
      attempt,
      source,
    ]),
    [
      ['submit.log', 'submit', null, null, 'service'],
      [`${DRIVER}~spark.log`, 'driver', null, 1, 'node'],
      [`${EXECUTOR}~spark.log`, 'executor', '1', 1, 'node'],
    ],
  );
  const shown = await call('GET', `${path}/${EXECUTOR}~spark.log?tailBytes=1000`);
  assert.equal(shown.text, 'connected with ******\nworking\n');
  assert.ok(asked.includes(`/ws/v1/node/containers/${EXECUTOR}/logs/spark.log?size=-1000&user.name=penstock`));
  assert.equal((await call('GET', `${path}/container_1_0002_01_000001~spark.log`)).status, 404);
});

test('an executor on a host the ResourceManager does not name is never asked for', async (t) => {
  const { asked, call, path } = await setUp(t, () => ({
    ...onCluster('elsewhere.example'),
  }));
  const { json: listed } = await call('GET', path);
  assert.deepEqual(
    listed.files.map(({ containerId }: { containerId: string }) => containerId),
    [DRIVER],
  );
  assert.ok(!asked.some((url) => url.includes(`${EXECUTOR}/`)));
});

test('logs that were kept are shown when the cluster has forgotten the application', async (t) => {
  const { answers, call, cluster, dataDir, deps, path, runId } = await setUp(t, onCluster);
  const kept = new KeptLogs(dataDir, runId);
  const application = { applicationId: APPLICATION, isOver: true, known: [] };
  // The driver's file is listed, and cannot be read: the others are kept all the same.
  const known = [{ containerId: EXECUTOR, executorId: '1', host: '127.0.0.1' }];
  assert.deepEqual(await cluster.keep({ ...application, known }, kept), { kept: 1, troubles: [] });
  answers.clear();
  await deps.store.db.update(runs).set({ endedAt: 5 }).where(eq(runs.runId, runId));
  const { json: listed } = await call('GET', path);
  assert.deepEqual(
    listed.files.map(({ logId, source }: Record<string, unknown>) => [logId, source]),
    [[`${EXECUTOR}~spark.log`, 'service']],
  );
  assert.equal((await call('GET', `${path}/${EXECUTOR}~spark.log`)).text, 'connected with ******\nworking\n');
});
